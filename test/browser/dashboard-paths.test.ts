/**
 * The dashboard in Chromium, used by a tester who does not read its code. Each test begins at the overview and finds its own way;
 * the API then shows the effect.
 */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { answers, startReceiver, status, type Answer } from '../receiver.js'
import { skip, skipVariant, surfer } from './chromium.js'

const { started, open } = surfer()

t.test('finds why a request got a 422', { skip: skipVariant }, async t => {
  const { call } = started()
  const page = await open(t, '/')
  await page.getByRole('link', { name: 'Requests', exact: true }).click()
  await page.locator('#calls').waitFor()
  await page.locator('#live-state[data-state=live]').waitFor()

  // The program under test makes a mistake while the page is open.
  await call('GET', '/products')
  const { status } = await call('POST', '/payments', { body: paymentBody({ product_cart: [{ product_id: 'pdt_ebook', quantity: -2 }] }) })
  t.equal(status, 422)
  const row = page.getByRole('row', { name: /POST \/payments/ })
  await row.waitFor()
  t.match(await row.innerText(), 'product_cart[0].quantity', 'it arrives by itself, with its reason')

  await page.getByLabel('Status').selectOption('422')
  await page.waitForURL(/status=422/)
  t.equal(await page.locator('#calls tbody tr').count(), 1)
  await page.getByRole('link', { name: 'POST /payments' }).click()
  const why = await page.locator('.js #why').innerText()
  t.match(why, 'INVALID_REQUEST_BODY')
  t.match(why, 'product_cart[0].quantity')
  t.match(why, 'must be >= 0')
  t.match(why, 'Sent: -2')
  t.match(await page.locator('#curl').innerText(), /curl .*-X/)
})

t.test('makes a payment fail', { skip: skipVariant }, async t => {
  const { get } = started()
  const page = await open(t, '/')
  await page.getByRole('link', { name: 'New payment', exact: true }).click()
  await page.getByLabel('Product').selectOption('pdt_ebook')
  await page.getByLabel('Existing customer').selectOption('cus_ada')
  await page.getByRole('button', { name: 'Create', exact: false }).first().click()
  await page.waitForURL(/\/dashboard\/payments\/pay_/)
  const id = /pay_\w+/.exec(page.url())?.[0] ?? ''

  await page.getByLabel('Fail with error code').selectOption('INSUFFICIENT_FUNDS')
  await page.getByRole('button', { name: 'Fail', exact: true }).click()
  await page.locator('#done').waitFor()
  t.match(await get(`/payments/${id}`), { status: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  t.match(await page.locator('.js #timeline').innerText(), 'INSUFFICIENT_FUNDS')

  // The customer may try again: the link is still open, and another tab shows it.
  const [tab] = await Promise.all([page.waitForEvent('popup'), page.locator('#open-link').click()])
  await tab.getByRole('button', { name: /Pay/ }).first().waitFor()
})

t.test('replays a webhook', { skip }, async t => {
  const { call, pay, get } = started()
  let answer: Answer = status(500)
  const receiver = await startReceiver(t, (response, received) => { answer(response, received) })
  await call('POST', '/_emulator/clock', { body: { frozen: true } }) // // so that no attempt is made by itself
  t.teardown(() => call('POST', '/_emulator/reset'))
  await call('POST', '/webhooks', { body: { url: receiver.url } })
  const { payment_id: id } = await pay(paymentBody())
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })

  const page = await open(t, '/')
  const failing = page.locator('#deliveries').getByRole('link', { name: 'payment.succeeded' })
  await failing.waitFor()
  await failing.click()
  t.match(await page.locator('.js #try-1').innerText(), '500')
  t.equal(receiver.received.length, 1)

  // The program is fixed.
  answer = answers.ok
  await page.getByRole('button', { name: 'Retry now' }).click()
  await page.locator('#try-2').waitFor()
  t.match(await page.locator('.js #try-2').innerText(), '200')
  t.match(await page.locator('#delivery-head').innerText(), 'succeeded')

  await page.locator('#facts').getByRole('link', { name: /^evt_|^msg_/ }).click()
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.locator('#done').waitFor()
  await get('/_emulator/idle')
  t.equal(receiver.received.length, 3)
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  t.equal(new Set(ids).size, 1, 'the same event, as a program recognises it')
  await page.locator('#sent-to tbody tr').nth(1).waitFor()
})

t.test('moves the clock past the expiry of a link', { skip }, async t => {
  const { call, pay, get } = started()
  t.teardown(() => call('POST', '/_emulator/reset'))
  const { payment_id: id, payment_link: link } = await pay(paymentBody({ payment_link: true }))
  const path = new URL(link ?? '').pathname
  const customer = await open(t, path)
  t.equal(await customer.getByRole('button', { name: /Pay/ }).first().isVisible(), true)

  const page = await open(t, '/')
  await page.getByTestId('clock').click()
  await page.waitForURL(/\/dashboard\/controls$/)
  await page.getByRole('button', { name: 'Until payment links expire' }).click()
  await page.locator('#done').waitFor()
  t.match(await page.locator('.js #done').innerText(), 'moved forward by 1 day 1 minute')
  t.match(await page.getByTestId('clock').innerText(), /Moved \+1 d/)
  t.match(await page.locator('#clock-now').innerText(), /1 day 1 minute ahead/)
  const { offset_ms: offset } = await get<{ offset_ms: number }>('/_emulator/clock')
  t.ok(offset > 86_400_000)

  const answer = await customer.reload()
  t.equal(answer?.status(), 410)
  t.match(await customer.locator('main').innerText(), /expired/i)

  await page.goto(new URL(`/dashboard/payments/${id}`, page.url()).href)
  t.match(await page.locator('#actions').innerText(), 'expired')
})
