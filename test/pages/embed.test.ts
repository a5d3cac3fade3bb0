/** The embedded checkout, request by request: its paths, its options, and input that must not reach its pages. */
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import type { Reply as ApiReply } from '../../src/contract/operations.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'
import { injectForm } from './refilled.js'

const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
const HTML = { accept: 'text/html' }
const HOSTILE = '"><script>alert(1)</script>'

interface Shown {
  status: number
  /** The page as sent, and with its entities decoded. */
  html: string
  text: string
  location: string
  headers: Record<string, unknown>
}

interface Opened extends TestEmulator {
  visit (url: string): Promise<Shown>
  /** Sends the fields with the token of the page at that URL. */
  send (url: string, fields: Record<string, string>): Promise<Shown>
  session (body?: object): Promise<string>
}

function open (test: Test, options = {}): Opened {
  const started = startEmulator(test, options)
  const inject = async (request: object): Promise<Shown> => {
    const { statusCode: status, body: html, headers } = await injectForm(started.emulator.app, request)
    const text = html.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
    return { status, html, text, headers, location: String(headers['location'] ?? '') }
  }
  const visit = (url: string) => inject({ url, headers: HTML })
  return {
    ...started,
    visit,
    async send (url, fields) {
      const token = /name="token" value="([^"]+)"/.exec((await visit(url)).text)?.[1] ?? ''
      return await inject({ method: 'POST', url, headers: FORM, payload: new URLSearchParams({ token, ...fields }).toString() })
    },
    async session (body = {}) {
      const cart = [{ product_id: 'pdt_ebook', quantity: 1 }]
      const { json } = await started.call('POST', '/checkouts', { body: { product_cart: cart, ...body } })
      return (json as ApiReply<'POST /checkouts'>).session_id
    }
  }
}

const DETAILS = {
  action: 'continue',
  full_name: 'Nina New',
  email: 'nina@example.com',
  country: 'US',
  street: '1 Main St',
  city: 'Springfield',
  state: 'IL',
  zipcode: '62701',
  codes: '[]'
}
const CARD = { action: 'pay', method: 'card', number: '4242424242424242', expiry: '06/99', cvc: '123', name: 'Nina New' }

t.test('answers', async t => {
  for (const kind of ['overlay', 'inline']) {
    t.test(`the whole checkout below /${kind}, with its options`, async t => {
      const { session, visit, send, get } = open(t)
      const id = await session({ return_url: 'https://shop.example/thanks', feature_flags: { redirect_immediately: true } })
      const url = `/${kind}/session/${id}`
      const shown = await visit(`${url}?manualRedirect=true`)
      t.equal(shown.status, 200)
      t.match(shown.text, `data-embed="${kind}"`)
      t.match(shown.text, `action="${url}"`)
      t.match(shown.text, /src="\/assets\/embed\.js\?v=\w+" defer/)
      t.equal(shown.text.includes('id="close-checkout"'), kind === 'overlay', 'an overlay can be closed')
      t.equal(shown.headers['x-frame-options'], undefined)
      t.match(shown.headers['content-security-policy'], /frame-ancestors \*/)
      t.match(shown.headers['content-security-policy'], /script-src 'self';/)

      const sent = await send(`${url}?manualRedirect=true&from=details`, DETAILS)
      t.equal(sent.status, 303)
      t.match(sent.location, new RegExp(`^/${kind}/\\w{8}\\?manualRedirect=true&from=details$`))
      const paid = await send(sent.location, CARD)
      t.match(paid.location, new RegExp(`^/${kind}/status/\\w{8}/succeeded\\?`), "a frame stays; it can't lead to the merchant")
      const end = await visit(paid.location)
      t.match(end.text, 'data-status="succeeded"')
      t.match(end.text, 'data-manual-redirect="true"')
      t.match(end.text, /data-leave-url="https:\/\/shop\.example\/thanks\?payment_id=pay_\w+&status=succeeded/)
      t.match(end.text, /href="\/invoices\/payments\/pay_/, 'the invoice has its usual address')
      t.match(await get(`/checkouts/${id}`), { payment_status: 'succeeded' })
      t.match((await visit(`${url}?manualRedirect=true`)).location, new RegExp(`^/${kind}/\\w{8}\\?manualRedirect=true$`))
    })
  }

  t.test("a payment's link, a static link and a short link, too", async t => {
    const { pay, session, visit, send } = open(t)
    const { payment_link: link } = await pay(paymentBody({ payment_link: true }))
    const path = new URL(String(link)).pathname
    t.match((await visit(`/overlay${path}`)).text, `action="/overlay${path}"`)
    const buy = '/inline/buy/pdt_ebook?quantity=2'
    const shown = await visit(`${buy}&showTimer=false&from=details`)
    t.match(shown.text, 'action="/inline/buy/pdt_ebook?quantity=2"')
    const sent = await send(`${buy}&showTimer=false&from=details`, DETAILS)
    t.match(sent.location, /^\/inline\/\w{8}\?showTimer=false&from=details$/)
    const id = await session({ short_link: true })
    t.match((await visit(`/overlay/session/${id}`)).status, 200)
  })

  t.test('with the amounts in minor units, again for every price', async t => {
    const { session, visit, send } = open(t)
    const url = `/overlay/session/${await session({ discount_codes: ['SAVE10'] })}`
    const numbers = ({ text }: Shown) =>
      JSON.parse(/data-breakdown="(\{.*?\})"/.exec(text)?.[1] ?? '') as unknown
    t.strictSame(numbers(await visit(url)), {
      subTotal: 1999, discount: 200, tax: 0, total: 1799, currency: 'USD', finalTotal: 1799, finalTotalCurrency: 'USD'
    })
    t.strictSame(numbers(await send(url, { action: 'reprice', country: 'DE', currency: 'EUR', codes: '["SAVE10"]' })), {
      subTotal: 1719, discount: 172, tax: 294, total: 1841, currency: 'EUR', finalTotal: 1841, finalTotalCurrency: 'EUR'
    })
  })

  t.test('with its options: the timer, the badge, the button text, the theme', async t => {
    const { pay, visit } = open(t, { linkLifetime: '10m', clockFrozen: 'on' })
    const { payment_link: link } = await pay(paymentBody({ payment_link: true }))
    const url = `/overlay${new URL(String(link)).pathname}`
    const plain = (await visit(url)).text
    t.match(plain, 'id="timer" data-expires-in-ms="600000">')
    t.match(plain, 'Served by dodo-emulator')
    t.notMatch(plain, 'theme.css')
    const query = '?showTimer=false&showSecurityBadge=false&payButtonText=Buy+%26+smile&theme_bgPrimary=%23123456&theme_dark_bg_primary=navy' +
      '&theme_radius=3px&fontSize=lg&fontWeight=bold'
    const { text } = await visit(url + query)
    t.match(text, /id="timer" data-expires-in-ms="\d+" hidden>/)
    t.notMatch(text, 'Served by dodo-emulator')
    t.match(text, 'data-busy="One moment…">Buy & smile</button>')
    const styleUrl = /href="(\/overlay\/theme\.css\?[^"]+)"/.exec(text)?.[1] ?? ''
    const style = await visit(styleUrl)
    t.equal(style.headers['content-type'], 'text/css; charset=utf-8')
    t.match(style.text, '--ground: #123456;')
    t.match(style.text, '--ground: navy;')
    t.match(style.text, '--radius: 3px;')
    t.match(style.text, '--weight: 700;')
    t.match(style.text, 'font-size: 112.5%;')
  })

  t.test('with the script for merchants, as a tag and as a module', async t => {
    const { visit } = open(t)
    for (const name of ['index.js', 'index.esm.js']) {
      const { status, headers, text } = await visit(`/sdk/${name}`)
      t.equal(status, 200)
      t.match(headers, {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'no-cache',
        'access-control-allow-origin': '*',
        'x-content-type-options': 'nosniff'
      })
      t.ok(text.length < 10_000, `${name} is small: ${text.length}`)
    }
    const { html: module } = await visit('/sdk/index.esm.js')
    const { DodoPayments, ...others } = await import(`data:text/javascript,${encodeURIComponent(module)}`) as Record<string, object>
    t.strictSame([Object.keys(DodoPayments ?? {}), others], [['Initialize', 'Checkout'], {}], 'the one export of the package')
    const common = { exports: {} }
    runInNewContext((await visit('/sdk/index.js')).html, { module: common, exports: common.exports })
    t.strictSame(Object.keys(common.exports), ['DodoPayments'], 'for CommonJS, too')
  })

  t.test('below the path of a sandbox', async t => {
    const { call, visit, send } = open(t)
    const { json } = await call('POST', '/~ci/checkouts', { body: { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] } })
    const path = new URL(String((json as ApiReply<'POST /checkouts'>).checkout_url)).pathname.replace('/~ci', '/~ci/overlay')
    const shown = await visit(`${path}?theme_radius=1px`)
    t.equal(shown.status, 200)
    t.match(shown.text, `action="${path}"`)
    t.match(shown.text, 'data-embed-base="/~ci/overlay"')
    const styleUrl = /href="([^"]*theme\.css[^"]*)"/.exec(shown.text)?.[1] ?? ''
    t.equal(styleUrl, '/~ci/overlay/theme.css?theme_radius=1px')
    t.match((await visit(styleUrl)).text, '--radius: 1px;')
    t.match((await send(`${path}?theme_radius=1px`, DETAILS)).location, /^\/~ci\/overlay\/\w{8}\?theme_radius=1px$/)
  })

  t.test('below the path of a proxy', async t => {
    const { session, visit, send } = open(t, { publicUrl: 'https://pay.example/dodo' })
    const path = `/overlay/session/${await session()}`
    const shown = await visit(`${path}?theme_radius=1px`)
    t.match(shown.text, `action="/dodo${path}"`)
    t.match(shown.text, 'data-embed-base="/dodo/overlay"')
    t.match(shown.text, 'href="/dodo/overlay/theme.css?theme_radius=1px"')
    t.match(shown.text, 'src="/dodo/assets/embed.js')
    t.match((await send(`${path}?theme_radius=1px`, DETAILS)).location, /^\/dodo\/overlay\/\w{8}\?theme_radius=1px$/)
  })
})

t.test('refuses', async t => {
  t.test('invalid options in a page, a style sheet or a redirect', async t => {
    const { session, visit, send } = open(t)
    const url = `/overlay/session/${await session()}`
    const bad = new URLSearchParams({
      showTimer: HOSTILE,
      manualRedirect: 'yes',
      fontSize: 'huge',
      fontWeight: HOSTILE,
      from: HOSTILE,
      theme_radius: '1px; } body { display: none',
      theme_bgPrimary: 'url(https://evil.example/x)',
      theme_dark_bgPrimary: 'red; }',
      theme_nothing: 'red',
      payButtonText: 'x'.repeat(101),
      __proto__: 'x',
      constructor: 'red'
    })
    const shown = await visit(`${url}?${bad}`)
    t.equal(shown.status, 200)
    t.match(shown.text, 'data-embed-query="" data-embed-from=""')
    t.match(shown.text, 'data-show-timer="true" data-manual-redirect="false"')
    for (const part of ['alert(1)', 'evil.example', 'display: none', 'theme.css', 'x'.repeat(30)]) t.notMatch(shown.html, part)
    t.match((await visit(`/overlay/theme.css?${bad}`)).text, /^:root \{ {2}\}\n/)
    t.match((await send(`${url}?${bad}`, DETAILS)).location, /^\/overlay\/\w{8}$/)
    const hostileText = await visit(`${url}?payButtonText=${encodeURIComponent(HOSTILE)}`)
    t.notMatch(hostileText.html, '<script>alert')
    t.equal((await visit(`${url}?theme_bgPrimary=red&theme_bgPrimary=blue`)).text.includes('theme.css'), false, 'repeated options are ignored')
  })

  t.test('unknown and expired sessions, inside the iframe', async t => {
    const { session, visit, send, emulator: { sandbox } } = open(t)
    const missing = await visit('/inline/session/cks_000000000000000000000')
    t.equal(missing.status, 404)
    t.match(missing.text, /id="not-found" data-notice/)
    t.match(missing.text, 'data-embed="inline"')
    t.equal((await visit('/overlay/00000000')).status, 404)
    const url = `/overlay/session/${await session()}`
    t.equal((await send(url, { ...DETAILS, token: 'x.y' })).status, 403)
    sandbox.clock.moveTo(sandbox.clock.now() + 25 * 3_600_000_000)
    const expired = await visit(`${url}?showTimer=false`)
    t.equal(expired.status, 410)
    t.match(expired.text, 'data-show-timer="false"')
    t.match(expired.text, 'id="expired"')
  })

  t.test('leaves pages outside an iframe unchanged', async t => {
    const { session, visit } = open(t)
    const { text } = await visit(`/session/${await session()}?payButtonText=Free&theme_radius=1px`)
    for (const part of ['data-embed', 'embed.js', 'theme.css', 'id="timer"', 'Free<']) t.notMatch(text, part)
    t.equal((await visit('/elsewhere/session/cks_000000000000000000000')).status, 404)
  })
})
