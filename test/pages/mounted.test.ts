/** Crawls every page of an emulator that is mounted below a path: no link, form, script, style sheet or redirect leaves the path. */
import { existsSync } from 'node:fs'
import t from 'tap'
import { createHandler } from '../../src/handler.js'
import { packagePath } from '../../src/root.js'

const ORIGIN = 'https://preview.example.test'
const MOUNT = '/shop/pay'
const BASE = ORIGIN + MOUNT

const emulator = createHandler({ path: MOUNT, controlHosts: ['preview.example.test'], grantDelay: 0 })
t.teardown(() => emulator.close())

const get = (url: string, init: RequestInit = {}) => emulator.fetch(new Request(url, {
  headers: { accept: 'text/html' }, redirect: 'manual', ...init
}))

interface Found {
  /** The page or file that contains it. */
  on: string
  url: string
}

interface Form extends Found {
  fields: URLSearchParams
}

const ATTRIBUTE = /\s(?:href|src|action|formaction|poster|data-[\w-]*(?:url|href|base|from|changes|document|style))="([^"]*)"/g
const unescaped = (text: string) => text.replaceAll('&#61;', '=').replaceAll('&amp;', '&').replaceAll('&#38;', '&').replaceAll('&quot;', '"').replaceAll('&#x2F;', '/')

/** The URLs in a page, a style sheet or a script. */
function urlsIn (text: string, type: string): string[] {
  if (type.includes('css')) return [...text.matchAll(/url\(["']?([^"')]+)/g)].map(([, url = '']) => url)
  // Paths in a script begin with a slash in quotes.
  if (type.includes('javascript')) return [...text.matchAll(/(['"`])(\/[\w~-]+\/?[\w./-]*)\1/g)].map(([, , url = '']) => url)
  if (!type.includes('html')) return []
  const markup = text.replace(/<pre[\s\S]*?<\/pre>/g, '')
  const refresh = [...markup.matchAll(/content="\d+;url=([^"]*)"/g)]
  return [...markup.matchAll(ATTRIBUTE), ...refresh].map(([, url = '']) => unescaped(url))
}

function formsIn (html: string, on: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, attributes = '', content = '']) => {
    if (!/method="post"/i.test(attributes)) return []
    const url = unescaped(/action="([^"]*)"/.exec(attributes)?.[1] ?? on)
    const fields = new URLSearchParams()
    for (const [tag] of content.matchAll(/<(?:input|button)\b[^>]*>/g)) {
      const name = /\sname="([^"]*)"/.exec(tag)?.[1]
      if (name !== undefined && !/type="(?:checkbox|radio|file)"/.test(tag)) fields.append(name, unescaped(/\svalue="([^"]*)"/.exec(tag)?.[1] ?? ''))
    }
    return [{ on, url, fields }]
  })
}

/** Pages of one kind have one shape: ids and values of queries differ. */
function shapeOf (url: URL): string {
  const path = url.pathname.replace(/\b[a-z]+_[0-9A-Za-z]{4,}/g, 'id').replace(/\/~[^/]+/, '/~sandbox').replace(/[0-9A-Za-z]{8,}(?=\/|$)/g, 'token')
  return `${path}?${[...new Set(url.searchParams.keys())].sort().join('&')}`
}

/** Whether a browser that follows the URL stays below the mount path, or goes to a site that has nothing to do with the emulator. */
function stays ({ on, url }: Found): boolean {
  const target = new URL(url, on)
  if (!/^https?:$/.test(target.protocol)) return true
  if (target.origin === ORIGIN) return target.pathname === MOUNT || target.pathname.startsWith(`${MOUNT}/`)
  return !/^(?:localhost|127\.|\[::1\])/.test(target.hostname)
}

async function startingPoints (): Promise<string[]> {
  const cart = [{ product_id: 'pdt_ebook', quantity: 1 }]
  const customer = { customer_id: 'cus_ada' }
  const ask = async <Json> (path: string, body: object) => {
    const response = await get(BASE + path, {
      method: 'POST', body: JSON.stringify(body), headers: { authorization: 'Bearer test', 'content-type': 'application/json' }
    })
    t.equal(response.status < 300, true, `${path}: ${response.status}`)
    return await response.json() as Json
  }
  const payment = { billing: { country: 'US' }, customer, product_cart: cart, payment_link: true }
  const paid = await ask<{ payment_id: string, payment_link: string }>('/payments', payment)
  const open = await ask<{ payment_link: string }>('/payments', { ...payment, return_url: 'https://shop.example.test/thanks' })
  const session = await ask<{ checkout_url: string }>('/checkouts', { product_cart: cart })
  const plan = await ask<{ checkout_url: string, session_id: string }>('/checkouts', {
    product_cart: [{ product_id: 'pdt_pro_monthly', quantity: 1 }],
    customer,
    billing_address: { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' }
  })
  await emulator.pay(paid.payment_id)
  await emulator.pay(plan.session_id)
  const portal = await ask<{ link: string }>('/customers/cus_ada/customer-portal/session', {})
  await emulator.sandbox('other').request('GET', '/payments')
  const links = [paid.payment_link, open.payment_link, session.checkout_url, plan.checkout_url, portal.link]
  for (const link of links) t.ok(link.startsWith(`${BASE}/`), link)
  return [
    ...links, ...['', '/', '/dashboard', '/docs', '/docs/', '/docs?document=control', '/buy/pdt_ebook', '/no/such/page', '/~other/',
      '/~missing/', `/invoices/payments/${paid.payment_id}`, '/openapi.json'].map(path => BASE + path),
    ...['overlay', 'inline'].map(kind => session.checkout_url.replace(BASE, `${BASE}/${kind}`)),
    ...existsSync(packagePath('dist', 'guide', 'index.html')) ? [`${BASE}/docs/guide/`] : []
  ]
}

t.test('every page stays below the mount path', async t => {
  const waiting = await startingPoints()
  const seen = new Set<string>()
  const forms = new Map<string, Form>()
  const leaving: Found[] = []
  const failed: string[] = []
  const follow = (found: Found) => {
    if (!stays(found)) leaving.push(found)
    else if (new URL(found.url, found.on).origin === ORIGIN) waiting.push(new URL(found.url, found.on).href)
  }
  for (let on = waiting.shift(); on !== undefined; on = waiting.shift()) {
    const url = new URL(on)
    if (seen.has(shapeOf(url))) continue
    seen.add(shapeOf(url))
    const response = await get(on)
    if (response.status >= 500) failed.push(`${response.status} ${on}`)
    const location = response.headers.get('location')
    if (location !== null) follow({ on, url: location })
    const type = response.headers.get('content-type') ?? ''
    if (type.includes('event-stream')) {
      await response.body?.cancel()
      continue
    }
    const text = await response.text()
    if (url.pathname.endsWith('swagger-ui-bundle.js') || url.pathname.endsWith('swagger-ui.css')) continue
    const isGuide = url.pathname.startsWith(`${MOUNT}/docs/guide/`)
    for (const found of urlsIn(text, type)) {
      // The guide names examples of URLs, and its scripts the names of its pages.
      if (!isGuide || stays({ on, url: found }) || found.startsWith('/docs/')) follow({ on, url: found })
    }
    for (const form of formsIn(text, on)) forms.set(`${shapeOf(new URL(form.url, on))} ${form.fields.get('action') ?? ''}`, form)
  }
  t.ok(seen.size > 80, `${seen.size} kinds of pages and files were found`)
  t.strictSame(failed, [])
  t.ok(forms.size > 20, `${forms.size} kinds of forms were found`)
  for (const { on, url, fields } of forms.values()) {
    const target = new URL(url, on).href
    const response = await get(target, { method: 'POST', body: fields })
    t.ok(response.status < 500, `${response.status} for ${target}`)
    const location = response.headers.get('location')
    if (location !== null && !stays({ on: target, url: location })) leaving.push({ on: `POST ${target}`, url: location })
  }
  t.strictSame(leaving, [])
})
