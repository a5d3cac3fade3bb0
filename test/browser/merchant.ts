/** A merchant's page that opens the embedded checkout, and a customer's actions in its frame. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import type { Test } from 'tap'
import { PATIENCE_MS } from './chromium.js'

export interface ShopEvent {
  event_type: string
  data: { message?: Record<string, unknown>, timestamp?: number, products?: unknown[] }
}

/** A page of a shop that loads the script and opens the checkout. Received events survive page loads. */
export const SHOP = (sdk: string, settings: object) => `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<button id="buy">Buy</button><div id="here"></div>
<script>window.settings = ${JSON.stringify(settings)}; window.events = []</script>
<script src="${sdk}"></script>
<script>
  const { DodoPayments } = DodoPaymentsCheckout
  const { checkoutUrl, options, ...rest } = settings
  window.raw = []
  addEventListener('message', event => raw.push(event.data))
  DodoPayments.Initialize({ mode: 'test', ...rest, onEvent: event => {
    events.push(event)
    sessionStorage.events = JSON.stringify(events)
  } })
  buy.onclick = () => DodoPayments.Checkout.open({ checkoutUrl, options, elementId: 'here' })
</script>`

export interface Shop {
  page: Page
  origin: string
  /** The checkout's frame, once its scripts have run. */
  frame (): Promise<Frame>
  events (): Promise<ShopEvent[]>
  /** Waits until the shop has received an event. */
  waitFor (type: string): Promise<ShopEvent>
}

export interface Settings {
  checkoutUrl: string
  displayType?: 'overlay' | 'inline'
  options?: object
}

/** Serves the given pages on a free port; returns its URL. */
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

/** The height of the frame in the shop's page, once it equals the height of the page inside. */
export async function settledHeight (test: Test, page: Page, checkout: Frame): Promise<number> {
  const asked = performance.now()
  for (;;) {
    const height = await page.evaluate<number>('document.querySelector("#here iframe").getBoundingClientRect().height')
    const content = await checkout.evaluate<number>('document.documentElement.getBoundingClientRect().height')
    const fits = height > 0 && Math.abs(height - content) <= 2
    if (fits || performance.now() - asked > PATIENCE_MS) {
      test.ok(fits, `the frame is ${height} pixels high, the page in it ${content}`)
      return height
    }
    await page.waitForTimeout(20)
  }
}

export const names = (events: ShopEvent[]) => events.map(({ event_type: type }) => type.replace('checkout.', ''))
export const amounts = (events: ShopEvent[]) => events.filter(({ event_type: type }) => type === 'checkout.breakdown').map(({ data }) => data.message)
