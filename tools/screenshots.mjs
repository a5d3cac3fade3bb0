// Takes the screenshots of the dashboard in docs/images/. Run it after changing its pages:
//
//   npm run build && node tools/screenshots.mjs
//
// They show a small shop with succeeded, failed and refunded payments, a webhook endpoint that returns 500, and refused calls. The
// clock is frozen, and ids come from a seed. CHROMIUM names another browser.
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { start } from '../dist/index.js'

const OUT = fileURLToPath(new URL('../docs/images/', import.meta.url))
const QUALITY_PERCENT = 70
const SIZE_MAX_BYTES = 80_000
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } }

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
    overview: { path: '/', phone: 'light' },
    payment: { path: `/dashboard/payments/${shown}`, phone: 'dark' },
    'refused-request': { path: `/dashboard/requests/${calls[0].request_id}`, phone: 'light' }
  }
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
async function take (name, { path, phone }) {
  for (const [size, colorScheme] of [['desktop', 'light'], ['desktop', 'dark'], ['phone', phone]]) {
    const context = await browser.newContext({ viewport: SIZES[size], colorScheme, deviceScaleFactor: 1 })
    const page = await context.newPage()
    const response = await page.goto(emulator.url + path)
    if (response?.status() !== 200) throw new Error(`${path}: ${response?.status()}`)
    await page.locator('#live-state[data-state=live]').waitFor()
    const file = `${OUT}dashboard-${name}-${size}-${colorScheme}.webp`
    // Playwright's own function does not write WebP, which is a third of the size of PNG.
    const devtools = await context.newCDPSession(page)
    const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY_PERCENT })
    const picture = Buffer.from(data, 'base64')
    if (picture.length > SIZE_MAX_BYTES) throw new Error(`${file} has ${picture.length} bytes`)
    await writeFile(file, picture)
    await context.close()
    console.log(`${file.slice(OUT.length)} ${Math.ceil(picture.length / 1000)} kB`)
  }
}
