/** A merchant's page that opens the checkout in a frame, and what tests do in that frame. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import type { Test } from 'tap'
import { PATIENCE_MS } from './chromium.js'

export interface Told {
  event_type: string
  data: { message?: Record<string, unknown>, timestamp?: number, products?: unknown[] }
}

/** A page of a shop that loads the script and opens the checkout; what it is told is kept over page loads. */
export const SHOP = (sdk: string, settings: object) => `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<button id="buy">Buy</button><div id="here"></div>
<script>window.settings = ${JSON.stringify(settings)}; window.told = []</script>
<script src="${sdk}"></script>
<script>
  const { DodoPayments } = DodoPaymentsCheckout
  const { checkoutUrl, options, ...rest } = settings
  window.raw = []
  addEventListener('message', event => raw.push(event.data))
  DodoPayments.Initialize({ mode: 'test', ...rest, onEvent: event => {
    told.push(event)
    sessionStorage.told = JSON.stringify(told)
  } })
  buy.onclick = () => DodoPayments.Checkout.open({ checkoutUrl, options, elementId: 'here' })
</script>`

export interface Shop {
  page: Page
  origin: string
  /** The checkout's frame, once its scripts have run. */
  frame (): Promise<Frame>
  told (): Promise<Told[]>
  /** Waits until the shop has been told of something. */
  hears (type: string): Promise<Told>
}

export interface Settings {
  checkoutUrl: string
  displayType?: 'overlay' | 'inline'
  options?: object
}

/** A server that answers with the pages it is given, on a port of its own. */
export async function serve (test: Test, pages: Record<string, string>): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const page = pages[url.split('?', 1)[0] ?? '']
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page ?? '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => { server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function fillDetails (frame: Frame): Promise<void> {
  await frame.fill('#name', 'Nina New')
  await frame.fill('#email', 'nina@example.com')
  await frame.fill('#street', '1 Main St')
  await frame.fill('#city', 'Springfield')
  await frame.fill('#zipcode', '62701')
  await frame.fill('#state', 'IL')
}

export async function pay (frame: Frame, chip = 'succeeds'): Promise<void> {
  await frame.click(`.js .chip:has-text("${chip}")`)
  await frame.click('#pay')
}

/** How high the frame in the shop's page is, once that is what the page inside takes. */
export async function settledHeight (test: Test, page: Page, checkout: Frame): Promise<number> {
  const asked = performance.now()
  for (;;) {
    const height = await page.evaluate<number>('document.querySelector("#here iframe").getBoundingClientRect().height')
    const content = await checkout.evaluate<number>('document.documentElement.getBoundingClientRect().height')
    const fits = height > 0 && Math.abs(height - content) <= 2
    if (fits || performance.now() - asked > PATIENCE_MS) {
      test.ok(fits, `${height} pixels are what the page takes, which is ${content} high`)
      return height
    }
    await page.waitForTimeout(20)
  }
}

export const names = (told: Told[]) => told.map(({ event_type: type }) => type.replace('checkout.', ''))
export const amounts = (told: Told[]) => told.filter(({ event_type: type }) => type === 'checkout.breakdown').map(({ data }) => data.message)
