/** Checkout sessions and static links in real Chromium: complete payments, live prices, without scripts, by keyboard, in the dark. */
import t from 'tap'
import type { Page } from 'playwright-core'
import type { Body, Reply, Schemas } from '../../src/contract/operations.js'
import { isThorough } from '../effort.js'
import { CHECKED, checkEverywhere, skip, skipVariant, stopTime, surfer } from './chromium.js'

const { started, open } = surfer()

type SessionBody = Body<'POST /checkouts'>

async function session (changes: Partial<SessionBody> = {}): Promise<{ id: string, path: string }> {
  const body = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...changes }
  const { json } = await started().call('POST', '/checkouts', { body })
  const { session_id: id, checkout_url: url } = json as Reply<'POST /checkouts'>
  return { id, path: new URL(url ?? '').pathname }
}

async function paymentOf (id: string): Promise<Required<Schemas['PaymentResponse']>> {
  const { payment_id: paymentId } = await started().get<{ payment_id: string }>(`/checkouts/${id}`)
  return await started().get(`/payments/${paymentId}`)
}

async function fillDetails (page: Page): Promise<void> {
  await page.fill('#name', 'Nina New')
  await page.fill('#email', `nina${Math.random()}@example.com`)
  await page.fill('#street', '1 Main St')
  await page.fill('#city', 'Springfield')
  await page.fill('#zipcode', '62701')
  await page.fill('#state', 'IL')
}

const due = (page: Page, amount: string) => page.waitForSelector(`[data-testid="amount-due"]:text-is("${amount}")`)

async function shopAnswers (page: Page): Promise<void> {
  await page.route('https://shop.example/**', route => route.fulfill({ body: '<h1 id="landed">Thanks</h1>', contentType: 'text/html' }))
}

t.test('completes a session: details, a code, another country and currency, the card, back to the shop', { skip }, async t => {
  const { id, path } = await session({ return_url: 'https://shop.example/thanks?order=7' })
  const page = await open(t, path)
  await shopAnswers(page)
  t.notOk(await page.isVisible('#update'), 'with scripts the total updates itself')
  await page.fill('#city', 'Berlin')
  await page.fill('#discount-code', 'nope')
  await page.click('#apply-code')
  await page.waitForSelector('#discount-code-problem')
  t.equal(await page.inputValue('#discount-code'), 'nope')
  await page.fill('#discount-code', 'save10')
  await page.press('#discount-code', 'Enter')
  await due(page, '$17.99')
  t.equal(await page.isVisible('#discount-code-problem'), false)
  await page.selectOption('#country', 'DE')
  await due(page, '$21.41')
  await page.selectOption('#currency', 'EUR')
  await due(page, '€18.41')
  t.equal(await page.inputValue('#city'), 'Berlin', 'typed values remain')
  await page.click('#remove-SAVE10')
  await due(page, '€20.46')
  await fillDetails(page)
  await page.click('.js .chip:has-text("succeeds")')
  await stopTime(page)
  await page.click('#pay')
  await page.waitForSelector('.js #status[data-status="succeeded"]')
  t.match(await paymentOf(id), { status: 'succeeded', currency: 'EUR', total_amount: 2046, billing: { country: 'DE' } })
  await page.clock.runFor(5000)
  await page.waitForSelector('#landed')
  t.match(page.url(), /\/thanks\?order=7&payment_id=pay_\w+&status=succeeded&email=nina/)
})

t.test('completes a session without scripts', { skip }, async t => {
  const { id, path } = await session({ discount_codes: ['SAVE10'] })
  const page = await open(t, path, { javaScriptEnabled: false })
  await page.fill('#discount-code', 'FLAT5')
  await page.selectOption('#country', 'DE')
  await page.click('#update')
  await due(page, '$15.46')
  await page.selectOption('#currency', 'EUR')
  await page.click('#apply-code')
  await page.click('#remove-FLAT5')
  await fillDetails(page)
  await page.fill('#card-number', '4000000000000127')
  await page.fill('#card-expiry', '06/99')
  await page.fill('#card-cvc', '12')
  await page.press('#zipcode', 'Enter')
  await page.waitForSelector('#card-cvc-problem')
  t.equal(await page.inputValue('#city'), 'Springfield')
  await page.fill('#card-cvc', '123')
  await page.click('#pay')
  await page.waitForSelector('text=The payment was not completed')
  t.equal(await page.inputValue('#card-number'), '4000000000000127', 'on a wrong code, only the code is asked again')
  t.equal(await page.inputValue('#card-expiry'), '06/99')
  t.equal(await page.inputValue('#card-cvc'), '')
  await page.fill('#card-number', '4242424242424242')
  await page.fill('#card-cvc', '123')
  await page.click('#pay')
  await page.waitForSelector('#status[data-status="succeeded"]')
  await page.goBack()
  await page.goBack()
  await page.waitForSelector('#status[data-status="succeeded"]')
  t.match(await paymentOf(id), { total_amount: 1841, currency: 'EUR' })
})

t.test('updates the total on the button, keeps the typed card and does not send it for a price', { skip }, async t => {
  const { id, path } = await session()
  const page = await open(t, path)
  await page.click('.chip:has-text("3-D Secure")')
  const bodies: string[] = []
  page.on('request', request => { bodies.push(request.postData() ?? '') })
  await page.selectOption('#country', 'DE')
  await due(page, '$23.79')
  t.match(await page.textContent('#pay'), 'Pay $23.79')
  t.equal(await page.inputValue('#card-number'), '4000 0027 6000 3184')
  const sent = bodies.flatMap(body => [...new URLSearchParams(body)])
  t.strictSame(sent.filter(([name]) => name === 'action'), [['action', 'reprice']])
  const isOfCard = ([name, value]: [string, string]) => ['number', 'cvc'].includes(name) || value.includes('4000 0027 6000 3184')
  t.strictSame(sent.filter(isOfCard), [], 'a new price needs no card')
  await fillDetails(page)
  await page.click('#pay')
  await page.click('#approve')
  await page.waitForSelector('#status[data-status="succeeded"]')
  t.match(await paymentOf(id), { status: 'succeeded', total_amount: 2379, card_last_four: '3184' })
})

t.test('works by keyboard alone, typed quickly or slowly, and keeps the focus when the price changes', { skip: skipVariant }, async t => {
  for (const delay of isThorough ? [0, 120] : [120]) {
    const { id, path } = await session({ minimal_address: true })
    const page = await open(t, path)
    await page.focus('#name')
    await page.keyboard.type('Nina New')
    await page.keyboard.press('Tab')
    await page.keyboard.type('keys')
    await page.keyboard.press('Tab')
    t.match(await page.textContent('#email-problem'), 'Enter an e-mail address')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('End')
    await page.keyboard.type('@example.com')
    t.equal(await page.isVisible('#email-problem'), false, 'a solved problem goes at once')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    t.equal(await page.evaluate('document.activeElement?.id'), 'country')
    await page.keyboard.type('Ger', { delay })
    t.equal(await page.inputValue('#country'), 'DE', 'the letters find one country, though every key asks for a price')
    await page.keyboard.press('Tab')
    await due(page, '$23.79')
    t.equal(await page.evaluate('document.activeElement?.id'), 'zipcode')
    t.equal(await page.inputValue('#country'), 'DE')
    await page.keyboard.type('10117')
    await page.click('.js .chip:has-text("succeeds")')
    await page.press('#card-cvc', 'Enter')
    await page.waitForSelector('#status[data-status="succeeded"]')
    t.match(await paymentOf(id), { billing: { country: 'DE', zipcode: '10117' }, total_amount: 2379 })
  }
})

t.test('loses nothing that is typed while prices are requested', { skip }, async t => {
  const { path } = await session({ product_cart: [{ product_id: 'pdt_donation', quantity: 1 }] })
  const page = await open(t, path)
  let release = (): void => {}
  let asked = 0
  await page.route(`**${path}`, async (route, request) => {
    if (request.method() === 'POST' && ++asked === 1) await new Promise<void>(resolve => { release = resolve })
    await route.continue()
  })
  await page.fill('#amount-0', '40')
  await page.fill('#discount-code', 'save10')
  await page.click('#apply-code')
  await page.fill('#name', 'Nina')
  await page.selectOption('#country', 'FR')
  await page.fill('#card-number', '4242')
  t.equal(asked, 1, 'requests wait for each other')
  await page.evaluate('focused = document.activeElement')
  release()
  await page.waitForSelector('#remove-SAVE10')
  await page.locator('body:not([aria-busy])').waitFor()
  await due(page, '$43.20')
  t.equal(await page.evaluate('document.activeElement === focused'), true, 'the field itself remains')
  t.strictSame(await Promise.all(['amount-0', 'discount-code', 'name', 'country', 'card-number'].map(id => page.inputValue(`#${id}`))),
    ['40', '', 'Nina', 'FR', '4242'])
})

t.test('keeps a discount code that is not applied, or refused, when other fields appear beside it', { skip: skipVariant }, async t => {
  const { path } = await session({ product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], feature_flags: { allow_currency_selection: true } })
  const page = await open(t, path)
  t.equal(await page.locator('#currency').count(), 0)
  await page.fill('#discount-code', 'later')
  await page.evaluate('codeField = document.getElementById("discount-code")')
  await page.selectOption('#country', 'DE')
  await page.waitForSelector('#currency')
  t.equal(await page.evaluate('codeField === document.getElementById("discount-code")'), true, 'the field itself remains')
  t.equal(await page.inputValue('#discount-code'), 'later')
  await page.click('#apply-code')
  await page.waitForSelector('#discount-code-problem')
  await page.selectOption('#currency', 'EUR')
  await page.locator('[data-testid="amount-due"]', { hasText: '€' }).waitFor()
  t.ok(await page.locator('#discount-code-problem').isVisible(), 'the reason stays')
  await page.fill('#discount-code', 'late')
  await page.selectOption('#country', 'US')
  await page.waitForSelector('#currency', { state: 'detached' })
  t.equal(await page.locator('#discount-code-problem').count(), 0, 'until the code changes')
  t.equal(await page.inputValue('#discount-code'), 'late')
})

t.test('with two steps, details and codes can be changed on the second, and nothing typed is lost', { skip }, async t => {
  const { id, path } = await session({
    product_cart: [{ product_id: 'pdt_donation', quantity: 1 }],
    feature_flags: { single_page: false },
    custom_fields: [{ key: 'size', label: 'Size', field_type: 'text' }]
  })
  const page = await open(t, path)
  await page.fill('#amount-0', '40')
  await page.fill('#custom-0', 'XL')
  await fillDetails(page)
  await page.click('#continue')
  await page.fill('#card-number', '4242424242424242')
  await page.fill('#discount-code', 'NOPE')
  await page.click('#apply-code')
  await page.waitForSelector('#discount-code-problem')
  await page.fill('#discount-code', 'save10')
  await page.click('#apply-code')
  await page.waitForSelector('#remove-SAVE10')
  await due(page, '$36.00')
  t.match(await page.inputValue('#card-number'), /^4242/)
  await page.click('#change-details')
  await page.waitForSelector('#continue')
  t.strictSame(await Promise.all(['amount-0', 'custom-0', 'city'].map(id => page.inputValue(`#${id}`))), ['40.00', 'XL', 'Springfield'])
  await page.fill('#city', 'Shelbyville')
  await page.click('#continue')
  await page.click('.js .chip:has-text("succeeds")')
  await page.click('#pay')
  await page.waitForSelector('#status[data-status="succeeded"]')
  t.match(await paymentOf(id), {
    total_amount: 3600, billing: { city: 'Shelbyville' }, custom_field_responses: [{ key: 'size', value: 'XL' }]
  })
})

t.test('continues when a price request fails', { skip: skipVariant }, async t => {
  const { id, path } = await session()
  const page = await open(t, path)
  let asked = 0
  await page.route(`**${path}`, async (route, request) => {
    if (request.postData()?.includes('action=reprice') !== true) return await route.continue()
    if (++asked === 1) await route.abort() // // the others are still pending when the page is left
  })
  await page.selectOption('#country', 'DE')
  await page.locator('body:not([aria-busy])').waitFor()
  t.equal(asked, 1)
  await fillDetails(page)
  await page.click('.js .chip:has-text("succeeds")')
  await page.click('#pay')
  await page.waitForSelector('text=The total is now $23.79')
  await page.click('#pay')
  await page.waitForSelector('#status[data-status="succeeded"]')
  t.match(await paymentOf(id), { billing: { country: 'DE' }, total_amount: 2379 })
})

t.test('moves the focus to problems', { skip }, async t => {
  const { path } = await session({ custom_fields: [{ key: 'ok', label: 'I agree', field_type: 'boolean', required: true }] })
  const page = await open(t, path)
  await page.click('#pay')
  await page.waitForSelector('#error-summary:focus')
  await page.click('#error-summary a[href="#custom-0"]')
  await page.waitForSelector('#custom-0:focus')
  t.equal(await page.locator(':focus').count(), 1)
})

t.test('sells a static link', { skip: skipVariant }, async t => {
  const page = await open(t, '/buy/pdt_donation?quantity=2&fullName=Stan&disableFullName=true&metadata_from=mail')
  await page.fill('#amount-0', '7.50')
  await page.press('#amount-0', 'Tab')
  await due(page, '$15.00')
  await page.fill('#email', 'stan@example.com')
  await page.fill('#street', '1 Main St')
  await page.fill('#city', 'Springfield')
  await page.fill('#zipcode', '62701')
  await page.fill('#state', 'IL')
  await page.click('.js .chip:has-text("succeeds")')
  await page.click('#pay')
  await page.waitForSelector('#status[data-status="succeeded"]')
  const paymentId = await page.textContent('.js [data-testid="payment-id"]')
  t.match(await started().get(`/payments/${paymentId}`), { total_amount: 1500, metadata: { from: 'mail' }, customer: { name: 'Stan' } })
})

t.test('applies a theme, and dark mode by preference', { skip: skipVariant }, async t => {
  const theme = { dark: { bg_primary: '#123456', button_primary: '#ffcc00' }, light: { bg_primary: '#ffeedd' } }
  const colour = (page: Page, what: string) => page.evaluate<string>(`getComputedStyle(document.querySelector('${what}')).backgroundColor`)
  const { path } = await session({ customization: { theme: 'dark', theme_config: theme } })
  const dark = await open(t, path, { colorScheme: 'light' })
  t.equal(await colour(dark, 'body'), 'rgb(18, 52, 86)')
  t.equal(await colour(dark, '#pay'), 'rgb(255, 204, 0)')
  t.equal(await colour(dark, '.monogram'), 'rgb(255, 204, 0)')
  const { path: other } = await session({ customization: { theme: 'system', theme_config: theme } })
  t.equal(await colour(await open(t, other, { colorScheme: 'light' }), 'body'), 'rgb(255, 238, 221)')
  t.equal(await colour(await open(t, other, { colorScheme: 'dark' }), 'body'), 'rgb(18, 52, 86)')
  const { path: plain } = await session({ customization: { theme: 'light' } })
  t.equal(await colour(await open(t, plain, { colorScheme: 'dark' }), 'body'), 'rgb(244, 245, 248)')
})

const FULL: Partial<SessionBody> = {
  product_cart: [{ product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_donation', quantity: 1 }],
  discount_codes: ['SAVE10'],
  cancel_url: 'https://shop.example/cart',
  customer: { customer_id: 'cus_grace' },
  show_saved_payment_methods: true,
  billing_address: { country: 'DE' },
  feature_flags: { allow_customer_editing_country: true },
  custom_fields: [
    { key: 'size', label: 'Size', field_type: 'dropdown', options: ['S', 'M'], required: true },
    { key: 'start', label: 'Start', field_type: 'date' },
    { key: 'site', label: 'Your site', field_type: 'url', placeholder: 'https://' },
    { key: 'ok', label: 'I agree', field_type: 'boolean', required: true }
  ]
}

t.test('is accessible and does not overflow', { skip }, async t => {
  const { path, id } = await session(FULL)
  const page = await open(t, path, CHECKED)
  await page.click('#business summary')
  await checkEverywhere(t, page, 'details')
  await page.fill('#discount-code', 'NOPE')
  await page.click('#apply-code')
  await page.waitForSelector('#discount-code-problem')
  await checkEverywhere(t, page, 'a refused code')
  await page.click('#pay')
  await page.waitForSelector('#custom-0-problem')
  await checkEverywhere(t, page, 'details with errors')
  const steps = await session({ ...FULL, feature_flags: { single_page: false } })
  await page.goto(new URL(steps.path, page.url()).href)
  await checkEverywhere(t, page, 'two steps')
  const { clock } = started().emulator.sandbox
  const now = clock.now()
  t.teardown(() => { clock.moveTo(now) })
  clock.moveTo(now + 25 * 3_600_000_000)
  await page.goto(new URL(`/session/${id}`, page.url()).href)
  await page.waitForSelector('#expired')
  await checkEverywhere(t, page, 'an expired session')
})
