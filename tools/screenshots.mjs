// Takes the screenshots of the dashboard and the hosted pages in docs/images/. Run it after changing them:
//
//   npm run build && node tools/screenshots.mjs
//
// They show a small shop with succeeded, failed and refunded payments, a webhook endpoint that returns 500, and refused calls. The
// clock is frozen, and ids come from a seed. CHROMIUM names another browser. The invoice needs pdftoppm (Debian: poppler-utils).
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { start } from '../dist/index.js'

const OUT = fileURLToPath(new URL('../docs/images/', import.meta.url))
const QUALITY_PERCENT = 70
const SIZE_MAX_BYTES = 80_000
/** A page of the dashboard that receives live updates. */
const LIVE = '#live-state[data-state=live]'
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 }, paper: { width: 595, height: 500 } }

const receiver = createServer((request, response) => {
  request.resume()
  response.writeHead(500, { 'content-type': 'text/plain' }).end('TypeError: order is undefined')
})
receiver.listen(0, '127.0.0.1')
await once(receiver, 'listening')

const emulator = await start({ seed: 'screenshots' })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text']
})
try {
  await mkdir(OUT, { recursive: true })
  for (const [name, shown] of Object.entries(await scenario())) await take(name, shown)
  for (const [name, shown] of Object.entries(await hostedPages())) await take(name, shown)
  await takeInvoice()
} finally {
  await browser.close()
  await emulator.close()
  receiver.closeAllConnections()
  receiver.close()
}

/** Creates the data, and returns the pages with the color scheme of each on a phone. */
async function scenario () {
  await emulator.setClock('2026-03-02T09:30:00Z', { frozen: true })
  await api('POST', '/webhooks', { url: `http://127.0.0.1:${receiver.address().port}/webhooks/dodo` })
  for (const [minutes, product, customer, outcome] of [
    [3, 'pdt_ebook', 'cus_ada', { outcome: 'succeeded' }],
    [11, 'pdt_license', 'cus_grace', { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' }],
    [25, 'pdt_course', 'cus_asha', { outcome: 'succeeded' }],
    [9, 'pdt_guide_eur', 'cus_ada', { outcome: 'cancelled' }],
    [31, 'pdt_license', 'cus_grace', { outcome: 'succeeded' }],
    [4, 'pdt_ebook', 'cus_asha', { outcome: 'requires_customer_action' }],
    [2, 'pdt_poster_jpy', 'cus_ada', null]
  ]) {
    const { payment_id: id } = await buy(customer, [{ product_id: product, quantity: 1 }])
    if (outcome !== null) await emulator.pay(id, outcome)
    await emulator.advance(`${minutes}m`)
  }

  // The payment in the screenshots: a failed first attempt, and a refund.
  const { payment_id: shown } = await buy('cus_grace', [
    { product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 2 }
  ], { metadata: { order: '1048' } })
  await emulator.advance('1m')
  await emulator.pay(shown, { outcome: 'failed', error_code: 'INSUFFICIENT_FUNDS' })
  await emulator.advance('2m')
  await emulator.pay(shown, { card: '4242 4242 4242 4242' })
  await emulator.advance('40m')
  await api('POST', '/refunds', { payment_id: shown, reason: 'Ordered twice' })
  await emulator.advance('6m')
  await emulator.pay((await buy('cus_ada', [{ product_id: 'pdt_ebook', quantity: 1 }])).payment_id, { outcome: 'processing' })

  const cart = (line, more = {}) => ({ billing: { country: 'DE' }, customer: { email: 'mia@example.com' }, product_cart: [line], ...more })
  await api('POST', '/payments', cart({ product_id: 'pdt_ebok', quantity: 1 }), 422)
  await emulator.advance('30s')
  await api('POST', '/payments', cart({ product_id: 'pdt_ebook', quantity: '2' }, { discount_cod: 'WELCOME' }), 422)
  await emulator.advance('5s')
  await api('GET', `/payments/${shown}`)
  await emulator.idle()

  const { items: calls } = await api('GET', '/_emulator/requests?error_code=INVALID_REQUEST_BODY')
  return {
    'dashboard-overview': { path: '/', phone: 'light', ready: LIVE },
    'dashboard-payment': { path: `/dashboard/payments/${shown}`, phone: 'dark', ready: LIVE },
    'dashboard-refused-request': { path: `/dashboard/requests/${calls[0].request_id}`, phone: 'light', ready: LIVE }
  }
}

/** A checkout, the same in Arabic, and the portal of a customer with a subscription. */
async function hostedPages () {
  const pathOf = url => new URL(url).pathname
  const german = { billing: { country: 'DE', city: 'Berlin', state: 'BE', zipcode: '10115', street: 'Torstraße 1' } }
  const { product_id: plan } = await api('POST', '/products', {
    name: 'Team plan',
    tax_category: 'saas',
    price: {
      type: 'recurring_price',
      currency: 'EUR',
      price: 2900,
      discount: 0,
      purchasing_power_parity: false,
      payment_frequency_count: 1,
      payment_frequency_interval: 'Month',
      subscription_period_count: 5,
      subscription_period_interval: 'Year'
    }
  })
  const started = await api('POST', '/subscriptions', {
    product_id: plan, quantity: 3, customer: { name: 'Mia Kern', email: 'mia@example.com' }, payment_link: true, ...german
  })
  await emulator.pay(started.payment_id, { card: '4242 4242 4242 4242' })
  await emulator.advance('65d')
  const order = await buy('cus_ada', [{ product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 2 }], german)
  const session = await api('POST', '/checkouts', {
    product_cart: [{ product_id: 'pdt_course', quantity: 1 }], customization: { force_language: 'ar' }
  })
  const { link } = await api('POST', `/customers/${started.customer.customer_id}/customer-portal/session`)
  return {
    checkout: { path: pathOf(order.payment_link), phone: 'dark', ready: '.js #pay' },
    'checkout-arabic': { path: pathOf(session.checkout_url), phone: 'light', sizes: ['phone'], ready: '.js #pay' },
    portal: { path: pathOf(link), phone: 'light', sizes: ['desktop'], ready: '#portal' }
  }
}

/** The first page of an invoice in Arabic. */
async function takeInvoice () {
  const { checkout_url: url } = await api('POST', '/checkouts', {
    product_cart: [{ product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 2 }],
    customization: { force_language: 'ar' },
    customer: { name: 'ليلى حداد', email: 'layla@example.com' },
    billing_address: { country: 'AE', city: 'دبي', state: 'دبي', zipcode: '00000', street: 'شارع الشيخ زايد 1' },
    feature_flags: { single_page: true }
  })
  const page = await browser.newPage()
  await page.goto(url)
  await page.fill('#card-number', '4242 4242 4242 4242')
  await page.fill('#card-expiry', '06/32')
  await page.fill('#card-cvc', '123')
  await page.click('#pay')
  await page.locator('#status[data-status="succeeded"]').waitFor()
  const invoice = await fetch(emulator.url + `/invoices/payments/${await page.locator('[data-testid="payment-id"]').textContent()}`, {
    headers: { authorization: 'Bearer test' }
  })
  const png = execFileSync('pdftoppm', ['-png', '-r', '144', '-singlefile', '-'], { input: Buffer.from(await invoice.arrayBuffer()) })
  await page.close()
  await save('invoice', 'paper', 'light', async paper => {
    const picture = `<img style="width: 100%" src="data:image/png;base64,${png.toString('base64')}">`
    await paper.setContent(`<body style="margin: 0">${picture}`)
  })
}

function buy (customer, cart, more = {}) {
  return api('POST', '/payments', {
    billing: { country: 'US', city: 'Boston', state: 'MA', zipcode: '02110', street: '1 Long Wharf' },
    customer: { customer_id: customer },
    product_cart: cart,
    payment_link: true,
    ...more
  })
}

async function api (method, path, body, expected = 200) {
  const response = await fetch(emulator.url + path, {
    method,
    headers: { authorization: 'Bearer test', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (response.status !== expected) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text)
}

/** The visible part of a page: both color schemes on a desktop, one on a phone. */
async function take (name, { path, phone, ready, sizes = ['desktop', 'phone'] }) {
  for (const [size, colorScheme] of [['desktop', 'light'], ['desktop', 'dark'], ['phone', phone]]) {
    if (!sizes.includes(size)) continue
    await save(name, size, colorScheme, async page => {
      const response = await page.goto(emulator.url + path)
      if (response?.status() !== 200) throw new Error(`${path}: ${response?.status()}`)
      await page.locator(ready).first().waitFor()
    })
  }
}

/** Saves what `show` has opened in a new page. */
async function save (name, size, colorScheme, show) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme, deviceScaleFactor: 1 })
  const page = await context.newPage()
  await show(page)
  const file = `${OUT}${name}-${size}-${colorScheme}.webp`
  // Playwright's own function does not write WebP, which is a third of the size of PNG.
  const devtools = await context.newCDPSession(page)
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY_PERCENT })
  const picture = Buffer.from(data, 'base64')
  if (picture.length > SIZE_MAX_BYTES) throw new Error(`${file} has ${picture.length} bytes`)
  await writeFile(file, picture)
  await context.close()
  console.log(`${file.slice(OUT.length)} ${Math.ceil(picture.length / 1000)} kB`)
}
