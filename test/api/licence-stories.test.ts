/**
 * Ten situations of programs in the wild, with the official client and adapters: desktop programs, workers and web pages that use
 * licence keys, receivers of webhooks, and book-keeping.
 */
import { verifyWebhookPayload } from '@dodopayments/core/webhook'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { start } from '../../src/index.js'
import { startReceiver } from '../receiver.js'

const DAY_MS = 86_400_000
const FROZEN = { now: '2026-01-31T09:00:00Z', frozen: true }

async function shop (t: Test, options: Parameters<typeof start>[0] = {}) {
  const emulator = await start({ clock: FROZEN, ...options })
  t.teardown(() => emulator.close())
  const dodo = new DodoPayments({ baseURL: emulator.url, bearerToken: emulator.apiKey })
  /** The client of a program on the customer's computer: it has no API key. */
  const app = new DodoPayments({ baseURL: emulator.url, bearerToken: 'public' })

  /** Makes a product issue keys. */
  async function sellsKeys (productId: string, config: DodoPayments.EntitlementCreateParams['integration_config'] = {}) {
    const { id } = await dodo.entitlements.create({ name: `Key of ${productId}`, integration_type: 'license_key', integration_config: config })
    await dodo.products.update(productId, { entitlements: [{ entitlement_id: id }] })
    return id
  }

  async function buy (productId: string, quantity = 1, more: Partial<DodoPayments.PaymentCreateParams> = {}): Promise<string> {
    const { payment_id: id } = await dodo.payments.create({
      product_cart: [{ product_id: productId, quantity }], customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, ...more
    })
    await emulator.pay(id)
    return id
  }

  const keysOf = async (paymentId: string) => (await emulator.licenseKeys({ payment_id: paymentId })).map(({ key }) => key)
  return { emulator, dodo, app, sellsKeys, buy, keysOf }
}

/** The status and the code of a refusal. */
async function refusal (call: Promise<unknown>): Promise<string> {
  const error = await call.then(() => null, (thrown: unknown) => thrown)
  if (!(error instanceof DodoPayments.APIError)) throw new Error('the call was not refused')
  return `${error.status} ${(error.error as { code: string }).code}`
}

t.test('1: a desktop program checks its licence every week, for a year, and after a refund', async t => {
  const { emulator, dodo, app, sellsKeys, buy, keysOf } = await shop(t)
  await sellsKeys('pdt_ebook', { activations_limit: 2, duration_count: 1, duration_interval: 'Year' })
  const [key = ''] = await keysOf(await buy('pdt_ebook'))
  const { id } = await app.licenses.activate({ license_key: key, name: 'Laptop' })
  const isValid = async () => (await app.licenses.validate({ license_key: key, license_key_instance_id: id })).valid
  for (let week = 0; week < 4; week++) {
    t.equal(await isValid(), true)
    await emulator.advance(7 * DAY_MS)
  }
  await emulator.advance(337 * DAY_MS)
  t.equal(await isValid(), false, 'the year is over')
  await app.licenses.deactivate({ license_key: key, license_key_instance_id: id })

  const paymentId = await buy('pdt_ebook')
  const [second = ''] = await keysOf(paymentId)
  t.equal((await app.licenses.validate({ license_key: second })).valid, true)
  await dodo.refunds.create({ payment_id: paymentId })
  await emulator.advance(DAY_MS)
  t.equal((await app.licenses.validate({ license_key: second })).valid, false)
})

t.test('2: a command-line program activates, validates and signs out', async t => {
  const { app, buy, keysOf } = await shop(t)
  const [key = ''] = await keysOf(await buy('pdt_license'))
  const activation = await app.licenses.activate({ license_key: key, name: 'ci' }).asResponse()
  t.equal(activation.status, 201)
  const { id } = await activation.json() as { id: string }
  t.same(await app.licenses.validate({ license_key: key, license_key_instance_id: id }), { valid: true })
  const out = await app.licenses.deactivate({ license_key: key, license_key_instance_id: id }).asResponse()
  t.strictSame([out.status, await out.text()], [200, ''])
  t.equal(await refusal(app.licenses.deactivate({ license_key: key, license_key_instance_id: id })), '403 LICENSE_KEY_NOT_FOUND')
})

t.test('3: a worker that accepts the key of one product only', async t => {
  const { app, dodo, sellsKeys, buy, keysOf } = await shop(t)
  await sellsKeys('pdt_ebook')
  const [key = ''] = await keysOf(await buy('pdt_ebook'))
  const [other = ''] = await keysOf(await buy('pdt_license'))
  t.equal(await refusal(app.licenses.activate({ license_key: key.toUpperCase(), name: 'worker' })), '404 NOT_FOUND')
  t.match(await app.licenses.activate({ license_key: key, name: 'worker' }), { product: { product_id: 'pdt_ebook' } })
  const wrong = await app.licenses.activate({ license_key: other, name: 'worker' })
  t.equal(wrong.product.product_id, 'pdt_license')
  await app.licenses.deactivate({ license_key: other, license_key_instance_id: wrong.id })
  t.same((await dodo.licenseKeyInstances.list({ license_key_id: wrong.license_key_id })).items, [])
})

t.test('4: a page calls from the browser, and reads its keys from the return URL', async t => {
  const { emulator, dodo, sellsKeys } = await shop(t)
  await sellsKeys('pdt_ebook')
  const preflight = await fetch(`${emulator.url}/licenses/activate`, {
    method: 'OPTIONS',
    headers: {
      origin: 'chrome-extension://abc',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization'
    }
  })
  t.equal(preflight.status, 204)
  t.equal(preflight.headers.get('access-control-allow-origin'), '*')
  t.match(preflight.headers.get('access-control-allow-headers')?.toLowerCase(), /content-type/)
  const { payment_id: id, payment_link: link } = await dodo.payments.create({
    product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }],
    customer: { customer_id: 'cus_ada' },
    billing: { country: 'US' },
    payment_link: true,
    return_url: 'https://shop.example/thanks'
  })
  await emulator.pay(id)
  const status = await (await fetch(`${emulator.url}/status/${link?.split('/').at(-1)}/succeeded`)).text()
  const back = new URL(/href="(https:\/\/shop\.example\/thanks[^"]*)"/.exec(status)?.[1]?.replaceAll(/&#(\d+);/g,
    (_, code: string) => String.fromCharCode(Number(code))) ?? 'https://none.example')
  t.strictSame(back.searchParams.get('license_key')?.split(','), (await emulator.licenseKeys({ payment_id: id })).map(({ key }) => key))
  t.equal(back.searchParams.get('email'), 'ada@example.com')
})

t.test('5: a back-office worker reads all pages, and deactivates everything', async t => {
  const { dodo, app, sellsKeys, buy } = await shop(t)
  await sellsKeys('pdt_ebook')
  await buy('pdt_ebook', 3)
  const keys: DodoPayments.LicenseKey[] = []
  for (let page = 0; ; page++) {
    const { items } = await dodo.licenseKeys.list({ page_size: 2, page_number: page })
    if (items.length === 0) break
    keys.push(...items)
  }
  t.equal(keys.length, 3)
  for (const { key } of keys) for (const name of ['a', 'b']) await app.licenses.activate({ license_key: key, name })
  for (const { id, key } of keys) {
    for await (const { id: instance } of dodo.licenseKeyInstances.list({ license_key_id: id, page_size: 100 })) {
      await app.licenses.deactivate({ license_key: key, license_key_instance_id: instance })
    }
    t.match(await dodo.licenseKeys.retrieve(id), { instances_count: 0 })
  }
})

t.test('6: a program that switches on codes', async t => {
  const { dodo, app, emulator, sellsKeys, buy, keysOf } = await shop(t)
  await sellsKeys('pdt_ebook', { activations_limit: 1 })
  const [key = ''] = await keysOf(await buy('pdt_ebook'))
  await app.licenses.activate({ license_key: key, name: 'Mac' })
  t.equal(await refusal(app.licenses.activate({ license_key: key, name: 'Mac' })), '422 LICENSE_KEY_LIMIT_REACHED')
  t.equal(await refusal(app.licenses.deactivate({ license_key: key, license_key_instance_id: 'lki_gone' })), '403 LICENSE_KEY_NOT_FOUND')
  const [{ id } = { id: '' }] = await emulator.licenseKeys({ search: key })
  await dodo.licenseKeys.update(id, { disabled: true })
  t.equal(await refusal(app.licenses.activate({ license_key: key, name: 'Mac' })), '403 INACTIVE_LICENSE_KEY')
})

t.test('7: an extension frees its oldest place at the limit', async t => {
  const { dodo, app, sellsKeys, buy, keysOf } = await shop(t)
  await sellsKeys('pdt_ebook', { activations_limit: 2 })
  const [key = ''] = await keysOf(await buy('pdt_ebook'))
  const names = ['autofill:1 Ünïcode', 'autofill:2', 'autofill:3']
  const activations = []
  for (const name of names.slice(0, 2)) activations.push(await app.licenses.activate({ license_key: key, name }))
  t.equal(await refusal(app.licenses.activate({ license_key: key, name: names[2] ?? '' })), '422 LICENSE_KEY_LIMIT_REACHED')
  const keyId = activations[0]?.license_key_id ?? ''
  const { items } = await dodo.licenseKeyInstances.list({ license_key_id: keyId })
  t.strictSame(items.map(({ name }) => name), ['autofill:2', 'autofill:1 Ünïcode'], 'newest first, names as given')
  await app.licenses.deactivate({ license_key: key, license_key_instance_id: items.at(-1)?.id ?? '' })
  t.match(await app.licenses.activate({ license_key: key, name: names[2] ?? '' }), { name: 'autofill:3' })
})

t.test('8: a worker that signs a token from the reply', async t => {
  const { app, dodo, sellsKeys, buy, keysOf } = await shop(t)
  await dodo.customers.update('cus_ada', { metadata: { plan: 'team' } })
  await sellsKeys('pdt_ebook')
  const [key = ''] = await keysOf(await buy('pdt_ebook'))
  const reply = await app.licenses.activate({ license_key: key, name: 'worker' })
  t.match(reply, {
    id: /^lki_/,
    business_id: String,
    license_key_id: /^lic_/,
    name: 'worker',
    created_at: String,
    customer: { customer_id: 'cus_ada', email: 'ada@example.com', name: 'Ada Lovelace', metadata: { plan: 'team' } },
    product: { product_id: 'pdt_ebook', name: String }
  })
})

t.test('9: a receiver of grants, keys, refunds and disputes, each with the schemas of the adapters', async t => {
  const receiver = await startReceiver(t)
  const { emulator, dodo, sellsKeys, buy } = await shop(t, { webhookUrl: receiver.url, clock: undefined })
  await emulator.failDeliveries({ kind: 'duplicate', count: 100 })
  await sellsKeys('pdt_ebook', { fulfillment_mode: 'manual' })
  const paymentId = await buy('pdt_ebook')
  const [grant] = await emulator.grants({ payment_id: paymentId })
  t.equal(grant?.status, 'Pending')
  await dodo.entitlements.grants.fulfillLicenseKey(grant?.id ?? '', { key: 'OWN-GENERATOR-1' })
  const disputed = await buy('pdt_license')
  const { dispute_id: dispute } = await emulator.openDispute(disputed)
  await emulator.settleDispute(dispute, 'challenged')
  await emulator.settleDispute(dispute, 'won')
  t.match((await emulator.grants({ payment_id: disputed })).map(({ status }) => status), ['Delivered'], 'a dispute revokes nothing')
  const { refund_id: refund } = await dodo.refunds.create({ payment_id: paymentId })
  await emulator.settleRefund(refund, 'succeeded')
  await emulator.idle()

  const types = receiver.received.map(({ type }) => type)
  for (const type of ['entitlement_grant.created', 'license_key.created', 'entitlement_grant.delivered', 'dispute.opened',
    'dispute.won', 'refund.succeeded', 'entitlement_grant.revoked']) {
    const same = receiver.received.filter(received => received.type === type)
    const ids = same.map(({ headers }) => headers['webhook-id'])
    t.ok(same.length >= 2 && new Set(ids).size === same.length / 2, `${type} comes twice with the same webhook-id`)
  }
  t.ok(types.indexOf('entitlement_grant.created') >= 0)
  const [{ id: endpoint } = { id: '' }] = (await dodo.webhooks.list()).data
  const { secret } = await dodo.webhooks.retrieveSecret(endpoint)
  for (const { body, headers, type, data } of receiver.received) {
    await t.resolves(verifyWebhookPayload({ webhookKey: secret, headers, body }), type)
    if (type.startsWith('dispute.')) t.type(data['amount'], 'string')
  }
})

t.test('10: book-keeping reads the whole ledger', async t => {
  const { emulator, dodo, buy } = await shop(t)
  const paymentId = await buy('pdt_ebook', 3)
  await buy('pdt_license')
  await dodo.refunds.create({ payment_id: paymentId })
  await emulator.advance(DAY_MS)
  const entries: DodoPayments.BalanceLedgerEntry[] = []
  for await (const entry of dodo.balances.retrieveLedger({ page_size: 100 })) entries.push(entry)
  t.equal(new Set(entries.map(({ id }) => id)).size, entries.length)
  for (const { is_credit: isCredit, amount, before_balance: before, after_balance: after } of entries) {
    t.equal(after, (before ?? 0) + (isCredit ? amount : -amount))
  }
  const of = (type: string) => entries.filter(({ event_type: other, reference_object_id: id }) => other === type && id === paymentId)
  const [[gross], [fee]] = [of('payment'), of('payment_fees')]
  t.ok(gross !== undefined && fee !== undefined && fee.amount >= Math.ceil(gross.amount * 0.04), 'the fee is rounded up')
})

t.test('two activations at once under the last free place: one succeeds', async t => {
  const { app, dodo, sellsKeys, buy, keysOf, emulator } = await shop(t)
  await sellsKeys('pdt_ebook', { activations_limit: 3 })
  const [key = ''] = await keysOf(await buy('pdt_ebook'))
  const results = await Promise.all(Array.from({ length: 12 }, async (_, index) =>
    await app.licenses.activate({ license_key: key, name: `device ${index}` }).then(() => 'ok', () => 'refused')))
  t.equal(results.filter(result => result === 'ok').length, 3)
  const [{ id, instances_count: count } = { id: '', instances_count: 0 }] = await emulator.licenseKeys({ search: key })
  t.equal(count, 3)
  t.equal((await dodo.licenseKeyInstances.list({ license_key_id: id })).items.length, 3)
})
