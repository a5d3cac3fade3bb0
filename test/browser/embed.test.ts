/**
 * The embedded checkout in real Chromium: a merchant's page on another origin opens it with the script from /sdk, receives its
 * events, and gets the customer back. Only the frame and the page around it can send each other messages.
 */
import type { BrowserContextOptions } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Body, Reply } from '../../src/contract/operations.js'
import { CHECKED, PHONE, checkEverywhere, skip, skipVariant, stopTime, surfer } from './chromium.js'
import { type ShopEvent, SHOP, type Shop, type Settings, serve, fillDetails, pay, settledHeight, names, amounts } from './merchant.js'

const { started, origin, open } = surfer()

interface ShopOptions extends BrowserContextOptions {
  /** Whether time passes in the pages. If not, `page.clock.runFor()` moves it. */
  time?: 'passes' | 'stopped'
}

/** `settings` may depend on the URL of the shop. */
async function shop (
  test: Test, given: Settings | ((origin: string) => Promise<Settings>), { time = 'passes', ...options }: ShopOptions = {}
): Promise<Shop> {
  const pages: Record<string, string> = { '/thanks': '<h1 id="landed">Thanks</h1>' }
  const origin = await serve(test, pages)
  const settings = typeof given === 'function' ? await given(origin) : given
  pages['/'] = SHOP(`${new URL(settings.checkoutUrl).origin}/sdk/index.js`, settings)
  const page = await open(test, origin, options)
  page.on('console', message => {
    const isOfStatus = /status of 4(?:04|10)/.test(message.text())
    if (!isOfStatus) test.notMatch(message.type(), /warning|error/, message.text())
  })
  if (time === 'stopped') await stopTime(page)
  await page.click('#buy')
  const events = () => page.evaluate<ShopEvent[]>('JSON.parse(sessionStorage.events ?? "[]")')
  return {
    page,
    origin,
    events,
    async frame () {
      const element = await page.waitForSelector('#dodo-checkout-iframe')
      const frame = await element.contentFrame()
      if (frame === null) throw new Error('the frame is empty')
      await frame.waitForSelector('main')
      await frame.waitForLoadState()
      return frame
    },
    async waitFor (type) {
      await page.waitForFunction(`JSON.parse(sessionStorage.events ?? '[]').some(event => event.event_type === '${type}')`)
      return (await events()).find(({ event_type: name }) => name === type) ?? { event_type: '', data: {} }
    }
  }
}

async function session (changes: Partial<Body<'POST /checkouts'>> = {}): Promise<{ id: string, checkoutUrl: string }> {
  const { host } = new URL(await origin())
  const body = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...changes }
  const { json } = await started().call('POST', '/checkouts', { body, headers: { host } })
  const { session_id: id, checkout_url: url } = json as Reply<'POST /checkouts'>
  return { id, checkoutUrl: String(url) }
}

t.test('completes the overlay checkout, sends its events in order, and returns', { skip }, async t => {
  let id = ''
  const { page, origin, frame, events, waitFor } = await shop(t, async origin => {
    const made = await session({ return_url: `${origin}/thanks?order=7`, feature_flags: { single_page: false } })
    id = made.id
    return made
  })
  const checkout = await frame()
  await waitFor('checkout.form_ready')
  t.equal(await page.evaluate('DodoPaymentsCheckout.DodoPayments.Checkout.isOpen()'), true)
  t.equal(await page.getAttribute('#dodo-checkout-iframe', 'sandbox'),
    'allow-same-origin allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox', 'a frame that can\'t lead away')
  await checkout.selectOption('#country', 'DE')
  await checkout.waitForSelector('[data-testid="amount-due"]:text-is("$23.79")')
  await checkout.selectOption('#country', 'US')
  await checkout.waitForSelector('[data-testid="amount-due"]:text-is("$19.99")')
  await fillDetails(checkout)
  await checkout.fill('#email', 'not an address')
  await checkout.click('#continue')
  await checkout.waitForSelector('#email-problem')
  await checkout.fill('#email', 'nina@example.com')
  await checkout.click('#continue')
  await checkout.waitForSelector('#payment-form')
  await pay(checkout, 'declined')
  await checkout.waitForSelector('text=The payment was not completed')
  await pay(checkout)
  await page.waitForSelector('#landed')
  t.match(page.url(), new RegExp(`^${origin}/thanks\\?order=7&payment_id=pay_\\w+&status=succeeded&email=nina`))
  const sent = await events()
  t.strictSame(names(sent).filter(name => name !== 'breakdown'), [
    'opened', 'form_ready', 'customer_details_submitted', 'payment_page_opened', 'pay_button_clicked', 'status',
    'pay_button_clicked', 'status', 'redirect'
  ], 'and nothing of the details that were refused')
  t.strictSame(amounts(sent).map(message => message?.['total']).slice(0, 3), [1999, 2379, 1999], 'for every new price')
  t.strictSame(amounts(sent)[1], {
    subTotal: 1999, discount: 0, tax: 380, total: 2379, currency: 'USD', finalTotal: 2379, finalTotalCurrency: 'USD'
  })
  const statuses = sent.filter(({ event_type: type }) => type === 'checkout.status').map(({ data }) => data.message)
  t.strictSame(statuses, [{ status: 'failed' }, { status: 'succeeded' }])
  t.match(sent.at(-1), { data: { message: { redirect_to: page.url() }, products: [] } })
  t.ok(sent.every(({ data: { timestamp } }) => Number.isInteger(timestamp)), 'each with its time')
  t.match(await started().get(`/checkouts/${id}`), { payment_status: 'succeeded' })
})

t.test('leaves the redirect to the shop', { skip: skipVariant }, async t => {
  const { checkoutUrl } = await session({ return_url: 'https://shop.example/thanks', minimal_address: true })
  const { page, origin, frame, events, waitFor } = await shop(t, { checkoutUrl, options: { manualRedirect: true, payButtonText: 'Pay now' } })
  const checkout = await frame()
  await checkout.fill('#name', 'Nina New')
  await checkout.fill('#email', 'nina@example.com')
  await checkout.fill('#zipcode', '62701')
  await checkout.waitForSelector('#pay:text-is("Pay now")')
  await pay(checkout, '3-D Secure')
  await checkout.click('#approve')
  const { data } = await waitFor('checkout.redirect_requested')
  t.match(data.message?.['redirect_to'], /^https:\/\/shop\.example\/thanks\?payment_id=pay_\w+&status=succeeded/)
  t.strictSame(names(await events()).slice(-3), ['customer_details_submitted', 'status', 'redirect_requested'])
  t.notOk(names(await events()).includes('redirect'))
  await checkout.waitForSelector('#status[data-status="succeeded"]')
  await page.waitForTimeout(300)
  t.equal(new URL(page.url()).origin, origin, 'there was no redirect')
  await checkout.click('#return-link')
  await page.waitForFunction('events.filter(({ event_type: type }) => type === "checkout.redirect_requested").length === 2')
  t.equal(new URL(checkout.url()).pathname.startsWith('/overlay/status/'), true, 'not of the frame either')
})

t.test('can be closed by the customer and by the shop', { skip }, async t => {
  const { checkoutUrl } = await session({ cancel_url: 'https://shop.example/cart' })
  const { page, frame, events, waitFor } = await shop(t, { checkoutUrl })
  const checkout = await frame()
  await checkout.focus('#name')
  await page.keyboard.press('Escape')
  await waitFor('checkout.closed')
  await page.waitForSelector('#dodo-checkout-outer-div', { state: 'detached' })
  t.equal(await page.evaluate('DodoPaymentsCheckout.DodoPayments.Checkout.isOpen()'), false)
  t.equal(await page.evaluate('document.activeElement.id'), 'buy', 'the focus is where it was')
  await page.click('#buy')
  await (await frame()).waitForSelector('#pay')
  await page.evaluate('DodoPaymentsCheckout.DodoPayments.Checkout.close()')
  t.equal(await page.isVisible('#dodo-checkout-iframe'), false)
  t.equal(names(await events()).filter(name => name === 'closed').length, 2)
  await page.click('#buy')
  await (await frame()).click('#close-checkout')
  await page.waitForSelector('#dodo-checkout-outer-div', { state: 'detached' })
  await page.click('#buy')
  await page.route('https://shop.example/**', route => route.fulfill({ body: '<h1 id="cart">Cart</h1>', contentType: 'text/html' }))
  await (await frame()).click('#back-link')
  await page.waitForSelector('#cart')
})

t.test("is as high as its content when it is a part of the shop's page", { skip: skipVariant }, async t => {
  const { checkoutUrl } = await session()
  const { page, frame, events } = await shop(t, { checkoutUrl, displayType: 'inline' }, { viewport: PHONE })
  const checkout = await frame()
  await checkout.waitForSelector('#pay')
  const fits = `(() => {
    const { height } = document.querySelector('#here iframe').getBoundingClientRect()
    return height > 500 && height < 5000 ? height : null
  })()`
  await page.waitForFunction(fits)
  const height = await settledHeight(t, page, checkout)
  t.equal(await checkout.isVisible('#close-checkout'), false)
  await checkout.click('#business summary')
  await page.waitForFunction(`document.querySelector('#here iframe').getBoundingClientRect().height > ${height}`)
  await checkout.click('#business summary')
  await page.waitForFunction(`document.querySelector('#here iframe').getBoundingClientRect().height <= ${height + 1}`)
  const kinds = await page.evaluate<string[]>('raw.filter(({ kind }) => kind === "[dodo-iframe-resize]").map(({ type }) => type)')
  t.equal(kinds[0], 'child-ready')
  t.ok(kinds.includes('size'))
  t.strictSame(names(await events()).toSorted(), ['breakdown', 'form_ready', 'opened', 'payment_page_opened'])
})

t.test('notifies a shop without a timer that the checkout has expired', { skip: skipVariant }, async t => {
  const { emulator: { sandbox } } = started()
  const now = sandbox.clock.now()
  t.teardown(() => { sandbox.clock.moveTo(now, { frozen: false }) })
  sandbox.clock.moveTo(now, { frozen: true }) // // even on a slow machine, the session expires exactly at `end`
  const end = now + 24 * 3_600_000_000
  const { checkoutUrl } = await session()
  const open = await shop(t, { checkoutUrl, options: { showTimer: false } })
  const checkout = await open.frame()
  await checkout.waitForSelector('#pay')
  t.equal(await checkout.isVisible('#timer'), false)
  sandbox.clock.moveTo(end - 2_000_000)
  // A page asks the server again when its time is over. In real time, a slow machine would load it again and again.
  const late = await shop(t, { checkoutUrl, options: { showTimer: false } }, { time: 'stopped' })
  await (await late.frame()).waitForSelector('#pay')
  sandbox.clock.moveTo(end)
  await late.page.clock.runFor(3000)
  await (await late.frame()).waitForSelector('#expired')
  await late.waitFor('checkout.link_expired')
  t.strictSame(names(await late.events()), ['opened', 'form_ready', 'payment_page_opened', 'breakdown', 'link_expired'])
  const timed = await shop(t, { checkoutUrl })
  await (await timed.frame()).waitForSelector('#expired')
  t.strictSame(names(await timed.events()), ['opened'], 'where the timer is shown, the page itself is enough')
})

t.test('shows the timer', { skip }, async t => {
  const { checkoutUrl } = await session()
  const { frame } = await shop(t, { checkoutUrl })
  const timer = await (await frame()).waitForSelector('#timer:has-text("Expires in 23:5")')
  t.ok(await timer.isVisible())
})

t.test('reports an unknown session as an error', { skip }, async t => {
  const { checkoutUrl } = await session()
  const missing = checkoutUrl.replace(/cks_.*/, 'cks_000000000000000000000')
  const { waitFor, events } = await shop(t, { checkoutUrl: missing })
  const { data } = await waitFor('checkout.error')
  t.match(data.message, /Checkout not found/)
  t.strictSame(names(await events()), ['opened', 'error'])
})

t.test('ignores messages of other frames and pages', { skip }, async t => {
  const { checkoutUrl } = await session()
  const { page, frame, events, waitFor } = await shop(t, { checkoutUrl, displayType: 'inline' })
  const checkout = await frame()
  await checkout.waitForSelector('#pay')
  await waitFor('checkout.breakdown')
  const before = await events()
  const height = await settledHeight(t, page, checkout)
  const fakes = `[
    { event_type: 'checkout.status', data: { message: { status: 'succeeded' } } },
    { event_type: 'checkout.redirect', data: { message: { redirect_to: 'https://evil.example/' } } },
    { event_type: 'checkout.closed', data: {} },
    { kind: '[dodo-iframe-resize]', type: 'size', height: 7, width: 7 }
  ]`
  const body = `<script>
    for (const fake of ${fakes}) parent.postMessage(fake, '*')
    parent.frames[0].postMessage({ kind: '[dodo-iframe-resize]', type: 'parent-ping' }, '*')
    parent.postMessage('done', '*')
  </script>`
  const stranger = 'https://shop.example'
  await page.route(`${stranger}/**`, route => route.fulfill({ body, contentType: 'text/html' }))
  const count = await page.evaluate<number>('raw.length')
  await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: '${stranger}/' }))`)
  await page.waitForFunction('raw.includes("done")')
  // The page itself, and a frame of the checkout's origin that was not opened by the script, are strangers, too.
  await page.evaluate(`for (const fake of ${fakes}) window.postMessage(fake, '*')`)
  await page.waitForTimeout(300)
  t.strictSame(await events(), before, 'the shop got no event')
  const later = await page.evaluate<Array<{ type?: string }>>(`raw.slice(${count})`)
  t.notOk(later.some(({ type }) => type === 'child-ready'), 'the frame sent no answer')
  t.equal(await page.evaluate('document.querySelector("#here iframe").getBoundingClientRect().height'), height)
  t.equal(await page.evaluate('DodoPaymentsCheckout.DodoPayments.Checkout.isOpen()'), true)
})

t.test('refuses to redirect to a script', { skip }, async t => {
  const { checkoutUrl } = await session()
  const { page, frame, events } = await shop(t, { checkoutUrl })
  const checkout = await frame()
  await checkout.waitForSelector('#pay')
  const urls = ['javascript:alert(1)', 'data:text/html,x', 'x', `https://shop.example/${'x'.repeat(2048)}`, 7]
  for (const url of urls) {
    const message = { event_type: 'checkout.redirect', data: { message: { redirect_to: url } } }
    await checkout.evaluate(`parent.postMessage(${JSON.stringify(message)}, '*')`)
  }
  await page.waitForFunction('events.filter(({ event_type: type }) => type === "checkout.error").length === 5')
  t.equal(names(await events()).at(-1), 'error')
  t.equal(await page.isVisible('#dodo-checkout-iframe'), true)
})

t.test('explains why a checkout cannot be opened', { skip: skipVariant }, async t => {
  const { checkoutUrl, id } = await session()
  const { page } = await shop(t, { checkoutUrl })
  const refused = (call: string) => page.evaluate<string>(
    `(() => { try { DodoPaymentsCheckout.DodoPayments.${call}; return 'nothing' } catch (error) { return error.message } })()`)
  t.match(await refused('Initialize({})'), /mode/)
  t.match(await refused('Initialize({ mode: "test", displayType: "popup" })'), /displayType/)
  t.match(await refused('Checkout.open({ products: [] })'), /checkoutUrl/)
  t.match(await refused('Checkout.open({ checkoutUrl: "ftp://x/12345678" })'), /http/)
  t.match(await refused(`Checkout.open({ checkoutUrl: "${checkoutUrl}/more" })`), /session/)
  t.match(await refused('Initialize({ mode: "test", displayType: "inline" })'), /nothing/)
  t.match(await refused(`Checkout.open({ checkoutUrl: "${checkoutUrl}", elementId: "nowhere" })`), /nowhere/)
  const built = (call: string) => page.evaluate<string>(`DodoPaymentsCheckout.DodoPayments.Checkout.buildUrl(${call})`)
  t.equal(await built(`"${checkoutUrl}", "inline", { showTimer: false, themeConfig: { dark: { bgPrimary: '#000' }, radius: '2px' } }`),
    `${checkoutUrl.replace('/session', '/inline/session')}?showTimer=false&theme_dark_bgPrimary=%23000&theme_radius=2px`)
  t.equal(await built(`"https://x.example/~ci/session/${id}"`), `https://x.example/~ci/overlay/session/${id}`)
  t.equal(await built('"https://x.example/A2345678"'), 'https://x.example/overlay/A2345678')
  t.equal(await built(`"https://x.example/inline/session/${id}"`), `https://x.example/overlay/session/${id}`)
})

t.test('is accessible in the frame', { skip }, async t => {
  const { checkoutUrl } = await session()
  for (const displayType of ['overlay', 'inline'] as const) {
    const { page, frame } = await shop(t, { checkoutUrl, displayType }, CHECKED)
    const checkout = await frame()
    await checkout.waitForSelector('#pay')
    await checkEverywhere(t, page, displayType, checkout)
  }
})
