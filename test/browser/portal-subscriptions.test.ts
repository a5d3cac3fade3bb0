/** Subscriptions in the customer portal, and their pages in the dashboard, in Chromium. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { collect, plan } from '../resources/collection-calls.js'
import { send } from '../resources/product-calls.js'
import { CHECKED, checkEverywhere, checkViews, skip, skipVariant, surfer, type OpenOptions } from './chromium.js'

const { started, open: openPage } = surfer()

let plans: Promise<[string, string]> | undefined

/** Two plans of a collection, in a shop that allows everything in the portal. */
function shop () {
  plans ??= (async () => {
    const emulate = started()
    const { product_id: cheap } = await plan(emulate, { name: 'Team, monthly', description: 'Cancel at any time' }, { price: 2900 })
    const { product_id: dear } = await plan(emulate, { name: 'Organization, monthly', description: 'With an administrator' }, { price: 9900 })
    await collect(emulate, [[cheap, dear]])
    await emulate.call('PATCH', '/_emulator/settings', { body: { portal_pause: true, portal_change_plan: true } })
    return [cheap, dear] as [string, string]
  })()
  return plans
}

/** A new customer with a subscription. */
async function subscribe (): Promise<{ id: string, customerId: string }> {
  const [cheap] = await shop()
  const emulate = started()
  const { customer_id: customerId } = await send<{ customer_id: string }>(emulate, 'POST /customers', { name: 'Nina', email: 'nina@example.com' })
  const { subscription_id: id, payment_id: paymentId } = await send<{ subscription_id: string, payment_id: string }>(emulate, 'POST /subscriptions', {
    product_id: cheap, quantity: 1, customer: { customer_id: customerId }, billing: { country: 'DE' }
  })
  await emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { card: '4242424242424242' } })
  return { id, customerId }
}

async function openPortal (test: Test, options: OpenOptions = {}): Promise<{ page: Page, id: string }> {
  const { id, customerId } = await subscribe()
  const { link } = await send<{ link: string }>(started(), `POST /customers/${customerId}/customer-portal/session`)
  return { page: await openPage(test, new URL(link).pathname, options), id }
}

const state = (page: Page, status: string) => page.locator(`#subscription[data-status="${status}"]`).waitFor()

t.test('a customer changes the plan, pauses and cancels, with the keyboard and without scripts', { skip }, async t => {
  const [, dear] = await shop()
  for (const javaScriptEnabled of [true, false]) {
    const { page, id } = await openPortal(t, { javaScriptEnabled })
    await page.locator('[data-testid="subscription"] a').click()
    await page.locator(`#change-to-${dear}`).click()
    await page.locator('#confirm-change').waitFor()
    t.match(await page.textContent('[data-testid="due-now"]'), /^€|^\$/)
    await page.focus('#confirm-change')
    await page.keyboard.press('Enter')
    await page.getByText('The plan was changed.').waitFor()
    await page.click('#pause-now')
    await state(page, 'paused')
    await page.click('#resume-now')
    await state(page, 'active')
    await page.click('#cancel-question')
    await page.selectOption('#feedback', 'unused')
    await page.fill('#comment', 'Thank you')
    await page.click('#language-picker summary')
    await page.click('#language-de')
    await page.locator('html[lang=de] #comment').waitFor()
    t.equal(await page.inputValue('#comment'), 'Thank you', 'another language keeps the comment')
    t.equal(await page.inputValue('#feedback'), 'unused')
    await page.click('#language-picker summary')
    await page.click('#language-en')
    await page.locator('html[lang=en] #comment').waitFor()
    await page.click('#confirm-cancel')
    await page.locator('#undo').waitFor()
    await page.reload()
    await page.click('#undo')
    await page.locator('#cancel-question').waitFor()
    await page.click('#cancel-question')
    await page.check('#when-now')
    await page.click('#confirm-cancel')
    await state(page, 'cancelled')
    t.match(await started().get(`/subscriptions/${id}`), { status: 'cancelled', product_id: dear })
  }
})

t.test('a customer enters a new payment method, and returns', { skip: skipVariant }, async t => {
  const { page, id } = await openPortal(t)
  await page.locator('[data-testid="subscription"] a').click()
  await page.click('#use-new')
  await page.locator('.js #card-number').fill('4000 0000 0000 0341')
  await page.fill('#card-expiry', '12/34')
  await page.fill('#card-cvc', '123')
  await page.click('#pay')
  await page.locator('#return-link').click()
  await state(page, 'active')
  t.match(await page.innerText('#method'), '0341')
  await started().call('POST', `/_emulator/subscriptions/${id}/renew`)
  await page.reload()
  await state(page, 'on_hold')
  await page.locator('#use-new', { hasText: 'with a new method' }).waitFor()
})

t.test('is accessible and does not overflow', { skip }, async t => {
  const [, dear] = await shop()
  const { page, id } = await openPortal(t, CHECKED)
  await checkEverywhere(t, page, 'portal-with-subscription')
  await page.locator('[data-testid="subscription"] a').click()
  await page.locator('.js #cancel-question').click()
  await checkEverywhere(t, page, 'portal-subscription')
  await page.locator(`#change-to-${dear}`).click()
  await page.locator('.js #confirm-change').waitFor()
  await checkEverywhere(t, page, 'portal-change')
  await page.goBack()
  await page.click('#use-new')
  await page.locator('.js #card-number').waitFor()
  await checkEverywhere(t, page, 'method-update')
  await started().call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: {} })
  await started().call('POST', `/_emulator/subscriptions/${id}/renew`)
  await page.goBack()
  await page.reload()
  await state(page, 'on_hold')
  await checkEverywhere(t, page, 'portal-on-hold')
  const { id: other } = await subscribe()
  for (const [path, name] of [['', 'subscriptions'], [`/${other}`, 'subscription'], [`/${other}/change-plan`, 'change-plan']] as const) {
    await page.goto(new URL(`/dashboard/subscriptions${path}`, page.url()).href)
    await page.locator('.js main').waitFor()
    if (name === 'change-plan') {
      await page.getByLabel('Product').selectOption(dear)
      await page.click('#preview-change')
      await page.locator('.js #preview').waitFor()
    }
    await checkViews(t, page, `dashboard-${name}`)
  }
})
