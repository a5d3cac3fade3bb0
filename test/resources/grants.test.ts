/** Entitlements that a purchase grants, and the lifecycle of the grants. */
import t from 'tap'
import type { Refusal, TestEmulator } from '../helper.js'
import { startEmulator } from '../helper.js'
import { advance, attach, buy, entitle, eventTypes, grantsOf, type Grant } from './grant-calls.js'
import { activate, isValid, license, type Key } from './license-calls.js'

const FROZEN = { clockFrozen: 'on' }

async function keysOf ({ get }: TestEmulator, paymentId: string): Promise<Key[]> {
  const { items } = await get<{ items: Key[] }>('/license_keys?page_size=100')
  return items.filter(key => key.payment_id === paymentId).reverse()
}

t.test('answers', async t => {
  t.test('grants a licence key for each unit, and sends the events in order', async t => {
    const emulate = startEmulator(t, FROZEN)
    const id = await buy(emulate, { pdt_license: 2 })
    const [first, second, ...more] = await grantsOf(emulate)
    t.strictSame(more, [])
    t.match(first, {
      id: /^entg_[0-9A-Za-z]{21}$/,
      status: 'Delivered',
      integration_type: 'license_key',
      payment_id: id,
      subscription_id: null,
      license_key: { activations_used: 0, activations_limit: 3, status: 'active' },
      revoked_at: null,
      oauth_url: null,
      error_code: null
    })
    t.not(first?.license_key?.key, second?.license_key?.key)
    t.match(first?.license_key?.key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const keys = await keysOf(emulate, id)
    t.strictSame(keys.map(({ key, source }) => [key, source]), [[first?.license_key?.key, 'auto'], [second?.license_key?.key, 'auto']])
    t.equal(Number(keys[0]?.expires_at?.slice(0, 4)), Number(keys[0]?.created_at.slice(0, 4)) + 1, 'valid for a year')
    t.strictSame(await eventTypes(emulate), ['payment.succeeded',
      'license_key.created', 'entitlement_grant.created', 'license_key.created', 'entitlement_grant.created'])
    const { items } = await emulate.get<{ items: Array<Record<string, unknown>> }>('/payments')
    t.match(items[0], { has_license_key: true, digital_products_delivered: false })
  })

  t.test('delivers types without a customer action after a second', async t => {
    const emulate = startEmulator(t, FROZEN)
    for (const type of ['digital_files', 'figma', 'framer'] as const) {
      const { id } = await entitle(emulate, type)
      await attach(emulate, 'pdt_ebook', id)
      const payment = await buy(emulate, { pdt_ebook: 3 })
      const list = async () => (await emulate.get<{ items: Grant[] }>(`/entitlements/${id}/grants`)).items
      t.match(await list(), [{ status: 'Pending', delivered_at: null, digital_product_delivery: null }], type)
      t.equal((await list()).length, 1, 'one grant for any quantity')
      await advance(emulate, 999)
      t.match(await list(), [{ status: 'Pending' }])
      t.match(await emulate.get(`/payments/${payment}`), { digital_products_delivered: false })
      await advance(emulate, 1)
      t.match(await list(), [{ status: 'Delivered' }])
      t.match(await emulate.get(`/payments/${payment}`), { digital_products_delivered: type === 'digital_files' })
      const types = await eventTypes(emulate, `payment_id=${payment}`)
      t.strictSame(types, ['payment.succeeded', 'entitlement_grant.created', 'entitlement_grant.delivered'])
      if (type === 'digital_files') {
        t.match(await list(), [{ digital_product_delivery: { files: [], external_url: 'https://files.example/start', instructions: 'Unzip it.' } }])
      }
    }
  })

  t.test('delivers in the same transaction without a delay', async t => {
    const emulate = startEmulator(t, { ...FROZEN, grantDelay: '0s' })
    await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'figma')).id)
    await buy(emulate, { pdt_ebook: 1 })
    t.match(await grantsOf(emulate), [{ status: 'Delivered' }])
    t.strictSame(await eventTypes(emulate), ['payment.succeeded', 'entitlement_grant.created', 'entitlement_grant.delivered'])
  })

  t.test('grants a feature once per customer', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'feature_flag', { metadata: { plan: 'pro' } })
    await attach(emulate, 'pdt_ebook', id)
    await buy(emulate, { pdt_ebook: 1 })
    await buy(emulate, { pdt_ebook: 1 })
    const [flag, ...more] = await grantsOf(emulate)
    t.strictSame(more, [], 'the second purchase grants nothing')
    t.match(flag, { status: 'Delivered', feature: { feature_id: 'pro', feature_type: 'boolean' }, metadata: { plan: 'pro' }, license_key: null })
    t.strictSame(await eventTypes(emulate), ['payment.succeeded', 'entitlement_grant.created', 'payment.succeeded'])
    await emulate.call('PATCH', `/entitlements/${id}`, { body: { metadata: { plan: 'basic' } } })
    t.match(await grantsOf(emulate), [{ metadata: { plan: 'pro' } }], 'metadata is frozen')
    await emulate.call('DELETE', `/entitlements/${id}/grants/${flag?.id}`)
    await buy(emulate, { pdt_ebook: 1 })
    t.equal((await grantsOf(emulate)).length, 2, 'once it is revoked, a purchase makes a new one')
  })

  t.test('grants each key for its product in a cart of several products', async t => {
    const emulate = startEmulator(t, FROZEN)
    const shared = await entitle(emulate, 'license_key', { integration_config: {} })
    const second = await entitle(emulate, 'license_key', { integration_config: { duration_count: 1, duration_interval: 'Month' } })
    await attach(emulate, 'pdt_ebook', shared.id, second.id)
    await attach(emulate, 'pdt_course', shared.id)
    const id = await buy(emulate, { pdt_course: 1, pdt_ebook: 2 })
    const keys = await keysOf(emulate, id)
    t.strictSame(keys.map(({ product_id: product }) => product), ['pdt_course', 'pdt_ebook', 'pdt_ebook', 'pdt_ebook', 'pdt_ebook'])
    t.equal(keys.filter(({ expires_at: end }) => end === null).length, 3)
    const activation = await activate(emulate, keys[0]?.key ?? '')
    t.match(activation.product, { product_id: 'pdt_course' })
  })

  t.test('lists grants by customer, by type, and by status in any case', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'github')
    await attach(emulate, 'pdt_ebook', id)
    await buy(emulate, { pdt_ebook: 1 })
    await buy(emulate, { pdt_ebook: 1 }, { customer: { customer_id: 'cus_grace' } })
    await buy(emulate, { pdt_license: 1 })
    const count = async (url: string) => (await emulate.get<{ items: Grant[] }>(url)).items.length
    t.equal(await count(`/entitlements/${id}/grants`), 2)
    t.equal(await count(`/entitlements/${id}/grants?status=pending`), 2)
    t.equal(await count(`/entitlements/${id}/grants?status=Delivered`), 0)
    t.equal(await count(`/entitlements/${id}/grants?customer_id=cus_grace&integration_type=figma`), 1, 'unknown parameters are ignored')
    t.equal(await count('/customers/cus_ada/entitlement-grants?integration_type=license_key&status=DELIVERED'), 1)
    t.equal(await count('/_emulator/grants?status=Pending&integration_type=github'), 2)
    t.equal((await emulate.call('GET', `/entitlements/${id}/grants?status=open`)).status, 422)
    t.equal((await emulate.call('GET', '/entitlements/ent_x/grants')).status, 404)
    t.equal((await emulate.call('GET', '/customers/cus_x/entitlement-grants')).status, 404)
    const { items } = await emulate.get<{ items: unknown[] }>('/customers/cus_ada/entitlements')
    t.match(items, [{ integration_type: 'license_key', status: 'delivered' }, { entitlement_id: id, entitlement_name: 'The github', status: 'pending', delivered_at: null }])
    t.equal((await emulate.call('GET', '/customers/cus_x/entitlements')).status, 404)
  })
})

t.test('manual licence keys', async t => {
  const MANUAL = { integration_config: { fulfillment_mode: 'manual' as const, activations_limit: 2, duration_count: 10, duration_interval: 'Day' as const } }

  t.test('wait for the merchant', async t => {
    const emulate = startEmulator(t, FROZEN)
    await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'license_key', MANUAL)).id)
    await buy(emulate, { pdt_ebook: 2 })
    const [one, two] = await grantsOf(emulate)
    t.match([one, two], [{ status: 'Pending', license_key: null }, { status: 'Pending', license_key: null }])
    await advance(emulate, 86_400_000)
    const { json } = await emulate.call('POST', `/grants/${one?.id}/license-key`, { body: { key: ' MINE-1 ' } })
    t.match(json, { id: one?.id, status: 'Delivered', license_key: { key: 'MINE-1', activations_limit: 2 } })
    const granted = json as Grant
    t.equal(Date.parse(granted.license_key?.expires_at ?? '') - Date.parse(granted.delivered_at ?? ''), 10 * 86_400_000, 'counted from now')
    const own = { key: 'MINE-2', activations_limit: 9, expires_at: '2040-01-01T00:00:00Z' }
    t.match((await emulate.call('POST', `/grants/${two?.id}/license-key`, { body: own })).json,
      { license_key: { key: 'MINE-2', activations_limit: 9, expires_at: '2040-01-01T00:00:00.000000Z' } })
    t.match(await emulate.get('/license_keys?source=manual'), { items: [{ key: 'MINE-2' }, { key: 'MINE-1' }] })
    t.strictSame(await eventTypes(emulate), ['payment.succeeded', 'entitlement_grant.created', 'entitlement_grant.created',
      'license_key.created', 'entitlement_grant.delivered', 'license_key.created', 'entitlement_grant.delivered'])
  })

  t.test('refuses', async t => {
    const emulate = startEmulator(t, FROZEN)
    await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'license_key', MANUAL)).id, (await entitle(emulate, 'github')).id)
    await buy(emulate, { pdt_ebook: 2, pdt_license: 1 })
    const grants = await grantsOf(emulate)
    const [waiting, other] = grants.filter(({ status, integration_type: type }) => status === 'Pending' && type === 'license_key')
    const github = grants.find(({ integration_type: type }) => type === 'github')
    const auto = grants.find(({ status }) => status === 'Delivered')
    await emulate.call('POST', `/grants/${other?.id}/license-key`, { body: { key: 'TAKEN' } })
    const cases: Array<[name: string, id: string | undefined, body: object, status: number, code: string]> = [
      ['another type', github?.id, { key: 'K' }, 400, 'INVALID_REQUEST_PARAMETERS'],
      ['an empty key', waiting?.id, { key: '  ' }, 400, 'INVALID_REQUEST_PARAMETERS'],
      ['an unknown grant', 'entg_x', { key: 'K' }, 404, 'NOT_FOUND'],
      ['a grant that has a key', other?.id, { key: 'K' }, 409, 'CONFLICT'],
      ['a grant whose key was issued', auto?.id, { key: 'K' }, 409, 'CONFLICT'],
      ['a taken key', waiting?.id, { key: 'TAKEN' }, 409, 'CONFLICT'],
      ['a limit of 0', waiting?.id, { key: 'K', activations_limit: 0 }, 422, 'INVALID_REQUEST_PARAMETERS'],
      ['no key', waiting?.id, {}, 422, 'INVALID_REQUEST_BODY']
    ]
    for (const [name, id, body, status, code] of cases) {
      const before = emulate.stored()
      const answer = await emulate.call('POST', `/grants/${id}/license-key`, { body })
      t.strictSame([answer.status, (answer.json as Refusal).code], [status, code], name)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
      t.equal(answer.headers['x-should-retry'], status === 409 ? 'false' : undefined)
    }
  })
})

t.test('refunds', async t => {
  t.test('of the whole payment disable the key permanently', async t => {
    const emulate = startEmulator(t, FROZEN)
    const id = await buy(emulate, { pdt_license: 1 })
    const [{ license_key: key = null } = {}] = await grantsOf(emulate)
    const { id: instance } = await activate(emulate, key?.key ?? '')
    await emulate.call('POST', '/refunds', { body: { payment_id: id } })
    t.equal(await isValid(emulate, key?.key ?? '', instance), true, 'a pending refund takes nothing')
    await advance(emulate, 1000)
    t.equal(await isValid(emulate, key?.key ?? '', instance), false)
    t.match(await grantsOf(emulate), [{ status: 'Revoked', revocation_reason: 'refund', license_key: { status: 'disabled', activations_used: 1 } }])
    t.strictSame((await eventTypes(emulate)).slice(-2), ['refund.succeeded', 'entitlement_grant.revoked'])
    t.match(await license(emulate, 'activate', { license_key: key?.key, name: 'x' }), { status: 403, json: { code: 'INACTIVE_LICENSE_KEY' } })
    const before = emulate.stored()
    const { status, json } = await emulate.call('PATCH', `/license_keys/${key?.id}`, { body: { disabled: false, activations_limit: 9 } })
    t.match([status, json], [422, { message: /can't be enabled: its grant entg_\w+ was revoked \(refund\)/ }])
    t.strictSame(emulate.stored(), before)
    t.match(await emulate.get(`/license_keys/${key?.id}`), { activations_limit: 3, status: 'disabled' }, 'and nothing is changed')
  })

  t.test('of a part revoke only the items that are refunded in full', async t => {
    const emulate = startEmulator(t, FROZEN)
    await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'feature_flag')).id)
    const id = await buy(emulate, { pdt_license: 1, pdt_ebook: 1 })
    const refund = async (items: object[]) => {
      await emulate.call('POST', '/refunds', { body: { payment_id: id, items } })
      await advance(emulate, 1000)
      return (await grantsOf(emulate)).map(({ status }) => status)
    }
    t.strictSame(await refund([{ item_id: 'pdt_license', amount: 100 }]), ['Delivered', 'Delivered'])
    t.strictSame(await refund([{ item_id: 'pdt_ebook' }]), ['Delivered', 'Revoked'], 'the line is empty')
    t.strictSame(await refund([{ item_id: 'pdt_license' }]), ['Revoked', 'Revoked'])
  })
})
