/** The hosted pages in real Chromium: by mouse, by keyboard, without scripts, on a phone, in the dark. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { isTried } from '../effort.js'
import { paymentBody, type PaymentBody } from '../helper.js'
import { CHECKED, checkEverywhere, skip, skipVariant, stopTime, surfer, type OpenOptions } from './chromium.js'

/** As text, because nothing here is compiled for a browser. */
const FOCUSED = 'document.activeElement?.id'
const HOSTILE = '<img src=x onerror=alert(1)>'

const { started, open: openPage } = surfer()

interface OpenPayment {
  page: Page
  paymentId: string
  status (): Promise<unknown>
}

/** A new payment, and the path of its page. */
async function payment (body: Partial<PaymentBody> = {}) {
  const { payment_id: paymentId, payment_link: link } = await started().pay(paymentBody({ payment_link: true, ...body }))
  return {
    paymentId,
    path: new URL(link ?? '').pathname,
    status: async () => (await started().get<{ status: string }>(`/payments/${paymentId}`)).status
  }
}

/** A new payment's page in a new browser context. */
async function open (test: Test, body: Partial<PaymentBody> = {}, options: OpenOptions = {}): Promise<OpenPayment> {
  const { path, ...made } = await payment(body)
  return { ...made, page: await openPage(test, path, options) }
}

/** Freezes the emulator's clock until the test ends; returns a function that sets it. */
function stopClock (test: Test): (us: number) => void {
  const { clock } = started().emulator.sandbox
  const now = clock.now()
  test.teardown(() => { clock.moveTo(now, { frozen: false }) })
  clock.moveTo(now, { frozen: true })
  return us => { clock.moveTo(now + us) }
}

async function fillCard (page: Page, number: string): Promise<void> {
  await page.fill('#card-number', number)
  await page.fill('#card-expiry', '06/99')
  await page.fill('#card-cvc', '123')
}

async function isShown (page: Page, status: string): Promise<void> {
  await page.waitForSelector(`#status[data-status="${status}"]`)
  await page.waitForLoadState()
}

/** A shop on another origin, whose own URL redirects to yet another. */
async function shop (test: Test): Promise<{ url: string, landed: string[], leadsTo: string[] }> {
  const landed: string[] = []
  const server: Server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    const isFirst = request.headers.host?.startsWith('localhost') === true
    if (isFirst) return response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url}` }).end()
    if (request.url?.startsWith('/thanks') === true) landed.push(request.url)
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1 id="landed">Thanks</h1>')
  })
  await new Promise<void>(resolve => server.listen(0, resolve))
  test.teardown(() => { server.close() })
  const { port } = server.address() as AddressInfo
  const leadsTo = ['localhost', '127.0.0.1'].map(host => `http://${host}:${port}/`)
  return { url: `http://localhost:${port}/thanks?order=7`, landed, leadsTo }
}

t.test('pays by mouse: one click fills in a test card', { skip }, async t => {
  const { page, status } = await open(t)
  await page.click('#test-cards summary')
  await page.click('[data-testid="use-5555555555554444"]')
  t.equal(await page.inputValue('#card-number'), '5555 5555 5555 4444')
  await page.click('#pay')
  await isShown(page, 'succeeded')
  t.equal(await status(), 'succeeded')
  t.equal(await page.textContent('[data-testid="paid-with"]'), 'Mastercard •••• 4444')
  await page.goBack()
  await isShown(page, 'succeeded')
})

t.test('pays by keyboard: everything is reached with Tab, digits are grouped, Enter pays', { skip }, async t => {
  const { page, status } = await open(t)
  const press = async (id: string) => {
    for (let presses = 0; presses < 40; presses++) {
      if (await page.evaluate(FOCUSED) === id) return
      await page.keyboard.press('Tab')
    }
    t.fail(`#${id} was not reached`)
  }
  await press('card-number')
  await page.keyboard.type('4242424242424242')
  t.equal(await page.inputValue('#card-number'), '4242 4242 4242 4242')
  t.equal(await page.getAttribute('#card-brands', 'data-brand'), 'visa')
  await press('card-expiry')
  await page.keyboard.type('0120')
  await page.keyboard.press('Tab')
  t.equal(await page.textContent('#card-expiry-problem'), 'This card has expired.', 'a field is checked when it is left')
  await page.fill('#card-expiry', '')
  await page.focus('#card-expiry')
  await page.keyboard.type('0699')
  t.equal(await page.isVisible('#card-expiry-problem'), false)
  t.equal(await page.inputValue('#card-expiry'), '06/99')
  await press('card-cvc')
  await page.keyboard.type('123')
  await page.keyboard.press('Enter')
  await isShown(page, 'succeeded')
  t.equal(await status(), 'succeeded')
})

t.test('moves the focus to a wrong field, shows a decline, and takes another card', { skip }, async t => {
  const { page, status } = await open(t)
  await fillCard(page, '4111 1111 1111 1111')
  await page.click('#pay')
  await page.waitForSelector('#error-summary:focus')
  t.equal(await page.inputValue('#card-number'), '')
  await page.click('#error-summary a')
  await page.waitForSelector('#card-number:focus')
  await fillCard(page, '4000 0000 0000 9979')
  await page.click('#pay')
  await page.waitForSelector('text=The payment was not completed')
  t.equal(await status(), 'failed')
  t.notMatch(await page.textContent('#error-summary'), /stolen/i)
  await fillCard(page, '4242 4242 4242 4242')
  await page.dblclick('#pay')
  await isShown(page, 'succeeded')
})

t.test('handles 3-D Secure: refused, then approved', { skip: skipVariant }, async t => {
  const { page, status } = await open(t)
  await page.click('.chip:has-text("3-D Secure")')
  await page.click('#pay')
  await page.click('#refuse')
  await page.waitForSelector('#error-summary')
  t.equal(await status(), 'failed')
  await page.click('.js .chip:has-text("3-D Secure")')
  await page.click('#pay')
  await page.waitForSelector('[data-testid="challenge"]')
  await page.reload()
  await page.click('#approve')
  await isShown(page, 'succeeded')
  t.equal(await status(), 'succeeded')
})

t.test('ends every test card as listed, and reveals only what customers may see', { skip }, async t => {
  const { testCards, failureCodes } = started().emulator.sandbox.reference
  stopClock(t)
  const { page } = await open(t)
  const isFirst = ({ outcome }: { outcome: string }, index: number) => testCards.findIndex(card => card.outcome === outcome) === index
  for (const card of testCards.filter((card, index) => isFirst(card, index) || isTried(index, 0, 4))) {
    const { path, status } = await payment()
    await page.goto(new URL(path, page.url()).href)
    await fillCard(page, card.number)
    await page.click('#pay')
    if (card.outcome === 'failed') {
      const shown = failureCodes[card.error_code ?? '']?.customer_message ?? 'a code without a text'
      t.ok((await page.textContent('.js #error-summary'))?.includes(shown), card.label)
      t.ok(await page.isVisible('#pay'), 'another card can be tried')
    } else if (card.outcome === 'requires_customer_action') {
      await page.waitForSelector('[data-testid="challenge"]')
    } else {
      await isShown(page, card.outcome)
    }
    t.equal(await status(), card.outcome, card.label)
  }
})

t.test('shows an expired link and takes no payment, even from a form that was open before', { skip }, async t => {
  const { page, status } = await open(t)
  await fillCard(page, '4242 4242 4242 4242')
  await started().call('POST', '/_emulator/clock', { body: { advance_ms: 25 * 3_600_000 } })
  await page.click('#pay')
  await page.waitForSelector('text=expired')
  t.equal(await page.isVisible('#pay'), false)
  await page.reload()
  await page.waitForSelector('text=expired')
  t.equal(await status(), 'requires_payment_method')
})

t.test('pays with a scanned UPI code, and with an express button', { skip }, async t => {
  const { page, status } = await open(t, {
    billing: { country: 'IN' }, product_cart: [{ product_id: 'pdt_template_inr', quantity: 1 }], customer: { customer_id: 'cus_asha' }
  })
  await page.click('label[for="method-upi"]')
  t.ok(await page.isVisible('#upi-code'))
  await page.click('#upi-scanned')
  await page.click('#back')
  await page.waitForSelector('#method-upi:checked')
  await page.click('#express-google_pay')
  await page.click('#approve')
  await isShown(page, 'succeeded')
  t.equal(await status(), 'succeeded')
})

t.test('shows a long order in short, on a phone only on demand', { skip: skipVariant }, async t => {
  const cart = Array.from({ length: 100 }, () => ({ product_id: 'pdt_ebook', quantity: 1 }))
  const { page } = await open(t, { product_cart: cart }, { viewport: { width: 390, height: 844 } })
  const heightOf = () => page.evaluate<number>('document.documentElement.scrollHeight')
  t.ok(await heightOf() < 2000, 'the card is near')
  t.equal(await page.locator('[data-testid="line"]:visible').count(), 0)
  await page.click('.unfold')
  t.equal(await page.locator('[data-testid="line"]:visible').count(), 4)
  await page.click('.more summary')
  t.equal(await page.locator('[data-testid="line"]:visible').count(), 100)
})

t.test('pays with a wallet: chosen, left, chosen again, approved', { skip: skipVariant }, async t => {
  const { page, status } = await open(t)
  await page.click('label[for="method-google_pay"]')
  t.notOk(await page.isVisible('#card-number'))
  await page.click('#pay')
  await page.click('#back')
  await page.waitForSelector('#pay')
  t.equal(await status(), 'requires_payment_method')
  await page.click('label[for="method-google_pay"]')
  await page.click('#pay')
  await page.click('#approve')
  await isShown(page, 'succeeded')
})

t.test('follows a payment that settles later, even if the customer stays', { skip }, async t => {
  stopClock(t)
  const { page } = await open(t, { return_url: 'https://shop.example/thanks' })
  await page.click('.chip:has-text("settles later")')
  await page.click('#pay')
  await isShown(page, 'processing')
  await page.click('[data-stay]')
  await page.waitForURL('**/status/*/processing?stay=yes')
  await started().call('POST', '/_emulator/clock', { body: { advance_ms: 5000 } })
  await isShown(page, 'succeeded')
  t.notOk(await page.isVisible('#pay'))
})

t.test('works without scripts, and returns to the shop', { skip }, async t => {
  const { url, landed, leadsTo } = await shop(t)
  const { page } = await open(t, { return_url: url }, { javaScriptEnabled: false, leadsTo })
  t.notOk(await page.isVisible('.with-script'), 'no button that needs scripts')
  await page.click('#test-cards summary')
  t.match(await page.textContent('#test-cards'), '4000 0027 6000 3184')
  await page.click('label[for="method-apple_pay"]')
  t.notOk(await page.isVisible('#card-number'))
  await page.click('label[for="method-card"]')
  await fillCard(page, '4000 0027 6000 3184')
  await page.click('#pay')
  await page.click('#approve')
  await page.waitForSelector('#status[data-status="succeeded"], #landed') // // the status page redirects by itself after five seconds
  await page.waitForSelector('#landed')
  t.match(landed[0], /^\/thanks\?order=7&payment_id=pay_\w+&status=succeeded&email=ada%40example\.com$/)
})

t.test('counts down with scripts, and can stop', { skip }, async t => {
  const { url, landed, leadsTo } = await shop(t)
  const [leaving, staying] = await Promise.all([open(t, { return_url: url }, { leadsTo }), open(t, { return_url: url }, { leadsTo })])
  for (const { page } of [staying, leaving]) {
    await stopTime(page)
    await page.click('#cancel')
    await isShown(page, 'cancelled')
  }
  await staying.page.click('[data-stay]')
  await leaving.page.clock.runFor(4000)
  t.equal(await leaving.page.textContent('[data-seconds]'), '1 second')
  t.strictSame(landed, [])
  await leaving.page.clock.runFor(1000)
  await leaving.page.waitForSelector('#landed')
  t.match(landed, [/status=cancelled/])
  await staying.page.clock.runFor(10_000)
  t.equal(await staying.page.isVisible('[data-countdown]'), false)
  t.equal(landed.length, 1)
  await staying.page.click('#return-link')
  await staying.page.waitForSelector('#landed')
})

t.test("redirects immediately with redirect_immediately, through the shop's own redirects", { skip: skipVariant }, async t => {
  const { url, landed, leadsTo } = await shop(t)
  const { page } = await open(t, { return_url: url, redirect_immediately: true }, { leadsTo })
  await page.click('.chip:has-text("3-D Secure")')
  await page.click('#pay')
  await page.click('#approve')
  await page.waitForSelector('#landed')
  t.match(landed[0], 'status=succeeded')
  const app = await open(t, { return_url: 'myapp://paid', redirect_immediately: true }, { leadsTo: ['myapp:'] })
  await app.page.click('.chip:has-text("succeeds")')
  await app.page.click('#pay', { noWaitAfter: true })
  while (await app.status() !== 'succeeded') await app.page.waitForTimeout(20)
  await app.page.waitForTimeout(300) // // long enough for a violation of the page's policy, which `open` reports
  t.equal(await app.status(), 'succeeded')
})

t.test('shows that a link has expired', { skip: skipVariant }, async t => {
  const setClock = stopClock(t)
  const { page, paymentId, status } = await open(t)
  setClock(25 * 3_600_000_000)
  await page.click('.chip:has-text("succeeds")')
  await page.click('#pay')
  await page.waitForSelector('#expired')
  t.equal(await status(), 'requires_payment_method', paymentId)
})

t.test('escapes a hostile name', { skip }, async t => {
  const { page } = await open(t, { customer: { email: 'eve@example.com', name: HOSTILE } })
  t.equal(await page.textContent('[data-testid="customer-name"]'), HOSTILE)
  t.equal(await page.inputValue('#card-name'), HOSTILE)
  t.equal(await page.locator('img').count(), 0)
})

t.test('is accessible and does not overflow', { skip }, async t => {
  const body: Partial<PaymentBody> = {
    customer: { customer_id: 'cus_grace' },
    show_saved_payment_methods: true,
    require_phone_number: true,
    discount_codes: ['STACK01']
  }
  const { page } = await open(t, body, CHECKED)
  await page.click('label[for="method-card"]')
  await page.click('#test-cards summary')
  await checkEverywhere(t, page, 'checkout')
  await page.click('#pay')
  await page.waitForSelector('#error-summary')
  await checkEverywhere(t, page, 'checkout with errors')
  await page.click('.js .chip:has-text("3-D Secure")')
  await page.click('#pay')
  await page.waitForSelector('#approve')
  await checkEverywhere(t, page, 'challenge')
  await page.click('#approve')
  await isShown(page, 'succeeded')
  await checkEverywhere(t, page, 'status')
})
