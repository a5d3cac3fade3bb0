/**
 * Every text of the hosted pages comes from the messages. The pages of a sandbox whose data has no Latin letters are visited in a
 * pseudo-language without Latin letters. A text with Latin letters is not from the messages.
 */
import t from 'tap'
import { localeFor, messagesOf, type MessageTable } from '../../src/messages/locale.js'
import { linkId } from '../../src/rules/links.js'
import { collect } from '../resources/collection-calls.js'
import { attach, buy, entitle } from '../resources/grant-calls.js'
import { activate } from '../resources/license-calls.js'
import { openShop } from '../resources/subscription-calls.js'
import { createMeter, meteredPlan } from '../resources/usage-calls.js'
import { NEW, fieldsOf, unescaped, type Fields } from './session-page.js'

/** Japanese, because its formats of dates, countries and currencies have no Latin letters. */
const LANGUAGE = 'ja'
const NAME = 'Товар'

const masked = (text: string) => text.replace(/\{\w+\}|\p{L}/gu, found => found.startsWith('{') ? found : '文')
const mask = (message: MessageTable[keyof MessageTable]) => typeof message === 'string' ? masked(message) : { other: masked(message['other'] ?? '') }

Object.assign(messagesOf(LANGUAGE), Object.fromEntries(Object.entries(messagesOf('en')).map(([key, message]) => [key, mask(message)])))

const shop = openShop(t, '2026-04-01T00:00:00Z', { grantDelay: '0s' })
const { call, emulator: { app, sandbox } } = shop

/** Names that no language translates: brands of payment methods and cards, platforms, codes, and the values of tests. */
const { translation } = localeFor('en')
const BRANDS = Object.values(sandbox.reference.paymentMethods).map(({ label }) => label).filter(label => translation(label) === null)
const NAMES = new Set([...BRANDS, 'Visa', 'Mastercard', 'RuPay', 'GitHub', 'R$'].flatMap(name => name.match(/\p{Script=Latin}+/gu) ?? []))
/** URLs, addresses, ids, codes of currencies and countries, and the texts of the entitlements in grant-calls.ts. */
const DATA = /\b(?:GET \/\S+|\w+:\/\/\S+|[\w.+-]+@[\w.-]+|[a-z]{2,5}_\w+|[A-Z]{2,3}\d*|Unzip it|Enter it under Settings|pro)\b/g

/** The texts of a page with Latin letters, without those of data. */
function latinTexts (page: string): string[] {
  const body = page.slice(page.indexOf('<title>'))
    .replace(/<details class="languages"[^]*?<\/details>|<(script|style|code|svg)\b[^]*?<\/\1>/g, '')
  const attributes = [...body.matchAll(/\b(?:aria-label|alt|placeholder|title|data-busy|data-problem|data-expired)="([^"]*)"/g)]
    .map(([, text = '']) => text)
  return [...attributes, ...body.split(/<[^>]*>/)].map(text => unescaped(text).trim())
    .filter(text => (text.replace(DATA, '').match(/\p{Script=Latin}+/gu) ?? []).some(word => !NAMES.has(word)))
}

const seen = new Map<string, string[]>()

async function visit (path: string, form?: Fields): Promise<{ text: string, location: string, status: number }> {
  const { statusCode: status, body: text, headers } = await app.inject({
    url: path,
    headers: {
      accept: 'text/html',
      cookie: `dodo_emulator_language=${LANGUAGE}`,
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' })
    },
    ...(form === undefined ? {} : { method: 'POST' as const, payload: new URLSearchParams(form).toString() })
  })
  if (String(headers['content-type']).startsWith('text/html')) seen.set(`${form === undefined ? 'GET' : 'POST'} ${path}`, latinTexts(text))
  return { status, text, location: String(headers.location ?? '') }
}

/** Sends a form of a page, and shows the page that follows. */
async function send (path: string, fields: Fields): Promise<string> {
  const { token = '' } = fieldsOf((await visit(path)).text)
  const { location } = await visit(path, { token, ...fields })
  if (location.startsWith('/')) await visit(location)
  return location
}

/** Visits pages, and those that they link to. */
async function crawl (...paths: string[]): Promise<void> {
  const known = new Set(paths)
  for (const path of known) {
    const { text, location } = await visit(path)
    const links = [...text.matchAll(/<a\b[^>]*\bhref="([^"#]+)"/g)].map(([, url = '']) => unescaped(url).replace(/^http:\/\/[^/]+/, ''))
    for (const link of [location, ...links]) {
      if (/^\/(?!\/)/.test(link) && !/[?&]language=|^\/(?:invoices|files|_emulator)\//.test(link)) known.add(link)
    }
  }
}

async function create<Json> (path: string, body: object): Promise<Json> {
  const { status, json, text } = await call('POST', path, { body })
  if (status >= 300) throw new Error(text)
  return json as Json
}

const pathOf = (url: string | null | undefined) => new URL(url ?? '').pathname

function check (t: { strictSame (found: unknown, wanted: unknown): void, ok (value: unknown, message: string): void }, least: number) {
  t.ok(seen.size >= least, `${seen.size} pages`)
  t.strictSame(Object.fromEntries([...seen].filter(([, texts]) => texts.length > 0)), {})
  seen.clear()
}

const product = async (price: object = {}, changes: object = {}) => (await create<{ product_id: string }>('/products', {
  name: NAME, description: NAME, tax_category: 'saas', price: { type: 'one_time_price', currency: 'USD', price: 2500, ...price }, ...changes
})).product_id

t.before(async () => {
  sandbox.business.name = 'Магазин'
  await call('PATCH', '/customers/cus_ada', { body: { name: 'Ада' } })
})

t.test('the checkout', async t => {
  const { id: addon } = await create<{ id: string }>('/addons', { name: NAME, price: 500, currency: 'USD', tax_category: 'saas' })
  const plan = await shop.plan(3000, { trial_period_days: 7 }, { name: NAME, addons: [addon] })
  const [ebook, open] = [await product(), await product({ pay_what_you_want: true, price: 300 })]
  const session = async (cart: object[], changes: object = {}) =>
    pathOf((await create<{ checkout_url: string }>('/checkouts', { product_cart: cart, ...changes })).checkout_url)
  const custom = ['text', 'number', 'email', 'url', 'date', 'dropdown', 'boolean'].map(type => ({
    key: `field_${type}`, label: 'Поле', field_type: type, required: true, ...(type === 'dropdown' ? { options: ['Один', 'Два'] } : {})
  }))
  const paths = [
    await session([{ product_id: ebook, quantity: 1 }, { product_id: open, quantity: 1 }], {
      custom_fields: custom.slice(0, 4), feature_flags: { allow_phone_number_collection: true, allow_tax_id: true, allow_currency_selection: true }
    }),
    await session([{ product_id: ebook, quantity: 1 }], { custom_fields: custom.slice(4) }),
    await session([{ product_id: plan, quantity: 1, addons: [{ addon_id: addon, quantity: 1 }] }], { return_url: 'https://shop.example/' })
  ]
  for (const path of [...paths, `/overlay${paths[0]}`]) {
    await crawl(path)
    for (const fields of [
      { action: 'pay', method: 'card', number: '1', amount: 'x', business_name: 'Фирма', quantity: 'x' },
      { action: 'pay', method: 'card', number: '4242424242424242', expiry: '01/20', cvc: '1', code: 'NOPE', email: 'x', country: 'FR', zipcode: '' },
      { action: 'apply-code', code: 'NOPE' }, { action: 'dance' }, { token: 'x', action: 'pay' }
    ]) await send(path, fields)
  }
  check(t, 10)
})

t.test('a payment, its refusals, its confirmation and its results', async t => {
  const ebook = await product()
  const pay = async () => pathOf((await shop.pay({
    product_cart: [{ product_id: ebook, quantity: 1 }], customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, payment_link: true
  })).payment_link)
  const path = await pay()
  await crawl(path)
  const card = { action: 'pay', method: 'card', expiry: '06/99', cvc: '123', name: 'Ада' }
  for (const number of ['', '1', '4111111111111112', '4242424242424243', '4000000000000002']) await send(path, { ...card, number })
  await send(path, { ...card, number: '4242424242424242', expiry: '01/20', cvc: '1', name: '' })
  await send(path, { action: 'pay', method: 'none' })
  await send(path, { action: 'dance' })
  await send(path, { ...card, number: '4000002500003155' })
  await send(path, { action: 'refuse' })
  await send(path, { ...card, number: '4242424242424242' })
  const cancelled = await pay()
  await send(cancelled, { action: 'cancel' })
  await send(await pay(), { action: 'pay', method: 'klarna', token: 'x' })
  await crawl('/s/unknown', '/AAAAAAAA', '/session/unknown', '/buy/pdt_unknown', `/buy/${ebook}`, '/portal/session/x', '/entitlements/oauth/x')
  check(t, 15)
})

t.test('methods of other countries, confirmations, later results and expired links', async t => {
  const ebook = await product()
  const plan = await shop.plan(3000, {}, { name: NAME })
  const pay = async (changes: object = {}) => pathOf((await shop.pay({
    product_cart: [{ product_id: ebook, quantity: 1 }], customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, payment_link: true, ...changes
  })).payment_link)
  for (const [country, currency] of [['IN', 'INR'], ['NL', 'EUR'], ['PL', 'PLN'], ['BR', 'BRL'], ['MY', 'MYR'], ['ID', 'IDR']]) {
    await crawl(await pay({ billing: { country }, billing_currency: currency }))
  }
  const types = Object.keys(sandbox.reference.paymentMethods)
  for (const billing of [{ country: 'US' }, { country: 'IN' }]) await crawl(await pay({ allowed_payment_method_types: types, billing }))
  for (const allowed of [['credit'], ['debit'], ['klarna', 'ideal']]) await crawl(await pay({ allowed_payment_method_types: allowed }))
  const upi = await pay({ billing: { country: 'IN' }, billing_currency: 'INR' })
  for (const id of ['x', 'failure@upi']) await send(upi, { action: 'pay', method: 'upi', upi_id: id })
  const card = { action: 'pay', method: 'card', expiry: '06/99', cvc: '123', name: 'Ада' }
  for (const action of ['timeout', 'back', 'refuse', 'approve']) {
    const path = await pay({ return_url: 'https://shop.example/' })
    await send(path, { ...card, number: '4000000000003220' })
    await send(path, { action })
  }
  await send(await pay(), { ...card, number: '4000000000000077' })
  const declined = await pay()
  await crawl(`/status${declined}/open`)
  await send(declined, { ...card, number: '4000000000000002' })
  await crawl(declined, `/status${declined}/failed`)
  const wallet = await pay({ billing: { country: 'NL' }, billing_currency: 'EUR' })
  await send(wallet, { action: 'pay', method: 'ideal' })
  const subscription = await shop.activate(plan)
  const { payment_link: update } = await create<{ payment_link: string }>(`/subscriptions/${subscription}/update-payment-method`, { type: 'new' })
  await crawl(pathOf(update))
  await send(pathOf(update), { ...card, number: '4242424242424242' })
  await crawl(pathOf((await shop.subscribe(plan, { on_demand: { mandate_only: true } })).payment_link))
  const other = await pay()
  const code = await shop.discount({ amount: 1000 })
  const shown = await collect(shop, [[ebook, plan, await product({ pay_what_you_want: true, price: 300 })]], { name: NAME })
  const session = async (body: object) => pathOf((await create<{ checkout_url: string }>('/checkouts', body)).checkout_url)
  const chosen = await session({ product_cart: [], product_collection_id: shown.id })
  const discounted = await session({ product_cart: [{ product_id: plan, quantity: 1 }], discount_code: code })
  await crawl(chosen, discounted)
  for (const product of [plan, 'none']) await send(chosen, { action: 'reprice', product_id: product, collection_product: product })
  await shop.advance(8)
  await crawl(other, chosen, discounted, upi)
  await send(await session({ product_cart: [{ product_id: ebook, quantity: 1 }] }), { ...NEW, full_name: 'Нина', street: 'Улица', city: 'Город' })
  for (const change of [{ billing: { country: 'DE' } }, { billing: { country: 'DE' }, tax_id: 'DE136695976' }, { billing: { country: 'IN' } }]) {
    await crawl(await pay(change))
  }
  check(t, 30)
})

t.test('the portal, its subscriptions and its purchases', async t => {
  await shop.settings({ portal_cancel: true, portal_pause: true, portal_change_plan: true })
  const [cheap, dear] = [await shop.plan(3000, {}, { name: NAME }), await shop.plan(8000, {}, { name: NAME })]
  await collect(shop, [[cheap, dear]], { name: NAME })
  const ids = []
  for (let n = 0; n < 4; n++) ids.push(await shop.activate(cheap))
  const { id: meter } = await createMeter(shop, { name: NAME, aggregation: { type: 'count' } })
  const metered = await meteredPlan(shop, 4900, [{ meter_id: meter, free_threshold: 10, price_per_unit: '50' }])
  await call('PATCH', `/products/${metered}`, { body: { name: NAME } })
  await crawl(pathOf((await shop.subscribe(metered)).payment_link))
  const counted = await shop.activate(metered)
  await create('/_emulator/usage', { customer_id: 'cus_ada', event_name: 'api.call', count: 20 })
  await shop.activate(await shop.plan(1000, { trial_period_days: 7 }, { name: NAME }))
  const grants = []
  for (const type of ['license_key', 'github', 'feature_flag', 'digital_files'] as const) {
    grants.push((await entitle(shop, type, { name: NAME })).id)
  }
  const goods = await product()
  await attach(shop, goods, ...grants)
  const payments = []
  for (let n = 0; n < 3; n++) payments.push(await buy(shop, { [goods]: 2 }))
  await create('/refunds', { payment_id: payments[0], items: [{ item_id: goods, amount: 500 }] })
  await create('/refunds', { payment_id: payments[1] })
  const [key] = sandbox.grants.ofCustomer('cus_ada').flatMap(({ grant_id: id }) => sandbox.licenseKeys.ofGrant(id) ?? [])
  await activate(shop, key?.key ?? '', 'Ноутбук')
  await create('/customers/cus_ada/wallets/ledger-entries', { entry_type: 'credit', currency: 'INR', amount: 1000 })
  const credit = await create<{ id: string }>('/credit-entitlements',
    { name: NAME, unit: 'штук', precision: 0, rollover_enabled: false, overage_enabled: false })
  const entries = `/credit-entitlements/${credit.id}/balances/cus_ada/ledger-entries`
  await create(entries, { entry_type: 'credit', amount: '1000' })
  const portal = pathOf((await create<{ link: string }>('/customers/cus_ada/customer-portal/session?send_email=true&return_url=myapp://account', {})).link)
  await crawl(portal)
  const [first, second, third, fourth] = ids.map(id => `${portal}/subscriptions/${id}`)
  for (const fields of [
    { action: 'dance' }, { action: 'cancel', when: 'date', comment: 'ы'.repeat(2000) }, { action: 'cancel', feedback: 'none' },
    { action: 'cancel', when: 'date' }, { action: 'undo' }, { action: 'resume' }, { token: 'x' }
  ]) await send(first ?? '', fields)
  await send(second ?? '', { action: 'pause' })
  await send(`${third}/change`, { product_id: 'none' })
  await visit(`${third}/change?product_id=${dear}`)
  const { token = '' } = fieldsOf((await visit(third ?? '')).text)
  const { location } = await visit(`${third}/change`, { token, product_id: dear })
  await visit(location)
  await visit(`${third}/change?product_id=${cheap}`)
  for (const done of ['undone', 'resumed', 'changed', 'scheduled', 'dropped', 'method']) await visit(`${third}?done=${done}`)
  await shop.subscribe(cheap)
  await send(fourth ?? '', { action: 'cancel', when: 'now' })
  await shop.declineNext(ids[0] ?? '')
  for (const fields of [{ action: 'remove', payment_method_id: 'none' }, { action: 'deactivate' }, { action: 'retry' }]) await send(portal, fields)
  for (const payment of payments) await crawl(`/status/${linkId(sandbox.payments.find(payment)?.seq ?? 0, sandbox.business.link_salt)}/succeeded`)
  const connections = sandbox.grants.ofCustomer('cus_ada').filter(({ oauth_token: token }) => token !== null)
  const last = connections.at(-1)
  for (const grant of connections) {
    const path = `/entitlements/oauth/${grant.oauth_token}`
    for (const fields of [{ outcome: 'accept', account: '' }, { outcome: 'dance' }, { outcome: 'refuse' }, { outcome: 'fail' }]) await send(path, fields)
    await crawl(path, portal)
    if (grant !== last) await send(path, { outcome: 'accept', account: 'Ада' })
  }
  await crawl(portal)
  await shop.advance(40)
  await visit(portal)
  await visit(`/entitlements/oauth/${last?.oauth_token}`)
  const later = pathOf((await create<{ link: string }>('/customers/cus_ada/customer-portal/session', {})).link)
  await crawl(later, `${later}?removed=yes`, `${later}?deactivated=yes`, `${later}?retried=yes`, `${later}?page=9`, `${later}/subscriptions/x`,
    `${later}/subscriptions/${counted}`)
  const { customer_id: other } = await create<{ customer_id: string }>('/customers', { name: 'Ева', email: 'eva@example.com' })
  const failed = await shop.subscribe(cheap, { customer: { customer_id: other } })
  await create(`/_emulator/payments/${failed.payment_id}/pay`, { outcome: 'failed' })
  await shop.pay({ product_cart: [{ product_id: goods, quantity: 1 }], customer: { customer_id: other }, billing: { country: 'US' } })
  await crawl(pathOf((await create<{ link: string }>(`/customers/${other}/customer-portal/session`, {})).link))
  check(t, 40)
})
