/** Every route that an emulator answers, from any part of it, with valid URLs. */
import type { FastifyInstance } from 'fastify'
import { contract, controlContract, type Operation } from '../src/contract/load.js'
import { routePath } from '../src/http/paths.js'
import { sections } from '../src/resources/dashboards.js'
import { paymentBody, type TestEmulator } from './helper.js'

export interface Route {
  /** As it was registered: `/payments/:payment_id`. */
  path: string
  methods: string[]
}

/**
 * Reads the routes from Fastify, so that later ones are included. One of its routes answers all operations of a document, and one
 * all pages of the dashboard.
 */
export function routesOf (app: FastifyInstance): Route[] {
  const routes: Route[] = [...operations().map(operation => ({ path: routePath(operation), methods: [operation.method] })), ...dashboardPages()]
  const trail: string[] = []
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', segment = '', methods = ''] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    if (segment === '') continue
    trail.length = indent.length / 4 - 1
    trail.push(segment)
    if (methods !== '') routes.push({ path: trail.join(''), methods: methods.split(', ') })
  }
  if (routes.length < 300) throw new Error('the routes cannot be read any more: has Fastify changed how it draws them?')
  return routes
}

function operations (): Operation[] {
  return [...contract().operations, ...controlContract().operations]
}

function dashboardPages (): Route[] {
  return sections.flatMap(({ name, pages, files = {}, iframes = {} }) => {
    const routeOf = (path: string, methods: string[]): Route => ({ path: `/dashboard/${name}${path === '/' ? '' : path}`, methods })
    return [
      ...Object.keys(pages).map(path => routeOf(path, ['GET', 'POST'])),
      ...[...Object.keys(files), ...Object.keys(iframes)].map(path => routeOf(path, ['GET']))
    ]
  })
}

/** The value of the first parameter of a path, by the path before it; and of the second, by both. */
export type Ids = Readonly<Record<string, string>>

/** A sandbox with one of everything that has a URL. */
export async function furnish ({ call, pay, get }: TestEmulator): Promise<Ids> {
  const post = async <Json>(url: string, body: unknown): Promise<Json> => (await call('POST', url, { body })).json as Json
  const paid = await pay(paymentBody({ customer: { customer_id: 'cus_grace' } }))
  await call('POST', `/_emulator/payments/${paid.payment_id}/pay`, { body: { outcome: 'succeeded' } })
  const { refund_id: refund } = await post<{ refund_id: string }>('/refunds', { payment_id: paid.payment_id })
  const open = await pay(paymentBody({ payment_link: true }))
  const short = await pay(paymentBody({ payment_link: true, short_link: true }))
  const cart = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] }
  const session = await post<{ session_id: string }>('/checkouts', cart)
  const portal = await post<{ link: string }>('/customers/cus_grace/customer-portal/session', undefined)
  const { id: webhook } = await post<{ id: string }>('/webhooks', { url: 'http://127.0.0.1:9/hook' })
  const { event_id: event } = await post<{ event_id: string }>('/_emulator/events/trigger', { type: 'payment.succeeded' })
  const { items: [delivery] } = await get<{ items: Array<{ delivery_id: string }> }>('/_emulator/deliveries')
  const { items: [brand] } = await get<{ items: Array<{ brand_id: string }> }>('/brands')
  const { items: [discount] } = await get<{ items: Array<{ discount_id: string }> }>('/discounts')
  const { items: [request] } = await get<{ items: Array<{ request_id: string }> }>('/_emulator/requests')
  const addon = await post<{ id: string }>('/addons', { name: 'Seats', price: 100, currency: 'USD', tax_category: 'saas' })
  const slug = 'an-ebook'
  await post('/products/pdt_ebook/short_links', { slug })
  await post('/_emulator/snapshots', { name: 'first' })
  const image = (await call('PUT', '/products/pdt_ebook/images?force_update=true')).json as { url: string, image_id: string }
  const secret = new URL(image.url).pathname.split('/').at(-1) ?? ''
  await call('PUT', `/uploads/images/${secret}`, { raw: Buffer.from('<svg/>'), headers: { 'content-type': 'image/svg+xml' } })
  const linkOf = (payment: { payment_link?: string | null }) => new URL(payment.payment_link ?? '').pathname.split('/').at(-1) ?? ''
  return {
    '/payments': paid.payment_id,
    '/refunds': refund,
    '/customers': 'cus_grace',
    '/customers//payment-methods': 'pm_visa_grace',
    '/products': 'pdt_ebook',
    '/addons': addon.id,
    '/brands': brand?.brand_id ?? '',
    '/discounts': discount?.discount_id ?? '',
    '/discounts/code': 'SAVE10',
    '/checkouts': session.session_id,
    '/session': session.session_id,
    '/buy': 'pdt_ebook',
    '/p': slug,
    '/s': linkOf(short),
    '': linkOf(open),
    '/status': linkOf(open),
    '/status/': 'requires_payment_method',
    '/portal/session': new URL(portal.link).pathname.split('/').at(-1) ?? '',
    '/invoices/payments': paid.payment_id,
    '/invoices/refunds': refund,
    '/webhooks': webhook,
    '/webhooks/events': event,
    '/events': event,
    '/deliveries': delivery?.delivery_id ?? '',
    '/webhooks/deliveries': delivery?.delivery_id ?? '',
    '/requests': request?.request_id ?? '',
    '/snapshots': 'first',
    '/sandboxes': 'none',
    '/uploads': image.image_id,
    '/uploads/images': secret
  }
}

/** A URL of the route, with existing ids where `ids` has them. */
export function urlOf ({ path }: Pick<Route, 'path'>, ids: Ids): string {
  const pattern = /:[a-z_]+(?:\(\^[^$]*\$\))?(?:\|:[a-z_]+)?/
  let url = path.replace(/\/?\*$/, '/anything')
  for (let match = pattern.exec(url); match !== null; match = pattern.exec(url)) {
    const before = url.slice(0, match.index).replace(/\/$/, '').replace(/^\/(?:_emulator|dashboard|overlay|inline)(?=\/|$)/, '')
    const known = Object.entries(ids).find(([place]) => place === placeOf(before, ids))?.[1]
    url = url.replace(match[0], known ?? 'none')
  }
  return url
}

/** A path without its ids. */
function placeOf (path: string, ids: Ids): string {
  const values = new Set(Object.values(ids))
  return path.split('/').map(segment => values.has(segment) ? '' : segment).join('/')
}
