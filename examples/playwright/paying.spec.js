import { expect, test } from './test.js'

test('a customer pays an order', async ({ page, emulator, checkout, shop }) => {
  await page.goto(shop.url)
  await page.getByRole('button', { name: 'Buy the e-book' }).click()
  expect(await checkout.pay(page, { card: '4242424242424242', email: 'nina@example.com' })).toEqual({ status: 'succeeded' })
  await expect(emulator).toHaveDelivered('payment.succeeded', { data: { customer: { email: 'nina@example.com' } }, count: 1 })
  await page.goto(shop.url)
  await expect(page.getByText('1 order is paid')).toBeVisible()
})

test('a declined card', async ({ page, emulator, checkout, shop }) => {
  await page.goto(shop.url)
  await page.getByRole('button', { name: 'Buy the e-book' }).click()
  expect(await checkout.pay(page, { card: '4000000000000002' })).toEqual({ status: 'failed' })
  await expect(emulator).toHaveDelivered('payment.failed')
})

test('a card with 3-D Secure', async ({ page, checkout, shop }) => {
  await page.goto(shop.url)
  await page.getByRole('button', { name: 'Buy the e-book' }).click()
  expect(await checkout.pay(page, { card: '4000002760003184' })).toEqual({ status: 'succeeded' })
})
