/** /license_keys and /license_key_instances: import, lists, changes. */
import t from 'tap'
import type { Refusal } from '../helper.js'
import { startEmulator } from '../helper.js'
import { activate, importKey, isValid, type Key } from './license-calls.js'

const ids = async (get: <Json>(url: string) => Promise<Json>, url: string): Promise<string[]> =>
  (await get<{ items: Array<{ id: string }> }>(url)).items.map(({ id }) => id)

t.test('answers', async t => {
  t.test('imports a key', async t => {
    const emulate = startEmulator(t)
    const key = await importKey(emulate, { key: '  MY-KEY ', activations_limit: 5, expires_at: '2031-05-01T10:00:00+02:00' })
    t.match(key, {
      id: /^lic_[0-9A-Za-z]{21}$/,
      key: 'MY-KEY',
      status: 'active',
      source: 'import',
      customer_id: 'cus_ada',
      product_id: 'pdt_license',
      brand_id: 'bus_emulator',
      payment_id: null,
      subscription_id: null,
      activations_limit: 5,
      instances_count: 0,
      expires_at: '2031-05-01T08:00:00.000000Z'
    })
    t.strictSame(await emulate.get(`/license_keys/${key.id}`), key)
    const events = await emulate.get<{ items: Array<{ type: string, customer_id: string }> }>('/_emulator/events')
    t.match(events.items[0], { type: 'license_key.created', customer_id: 'cus_ada' })
  })

  t.test('imports keys without a limit or an expiry, and a key that has already expired', async t => {
    const emulate = startEmulator(t)
    t.match(await importKey(emulate, { key: 'A' }), { activations_limit: null, expires_at: null })
    t.match(await importKey(emulate, { key: 'B', activations_limit: null, expires_at: null }), { activations_limit: null, expires_at: null })
    t.match(await importKey(emulate, { key: 'C', expires_at: '2020-01-01T00:00:00Z' }), { status: 'expired' })
  })

  t.test('lists keys newest first, with every filter', async t => {
    const emulate = startEmulator(t, { clockFrozen: 'on' })
    const { call, get } = emulate
    const keys: Key[] = []
    for (const [index, changes] of [
      {}, { customer_id: 'cus_grace' }, { product_id: 'pdt_ebook' }, { expires_at: '2020-01-01T00:00:00Z' }
    ].entries()) {
      keys.push(await importKey(emulate, { key: `KEY-${index + 1}`, ...changes }))
      await call('POST', '/_emulator/clock', { body: { advance_ms: 1000 } })
    }
    await call('PATCH', `/license_keys/${keys[1]?.id}`, { body: { disabled: true } })
    const list = async (query: string) => (await ids(get, `/license_keys?${query}`)).map(id => keys.findIndex(key => key.id === id) + 1)
    t.strictSame(await list(''), [4, 3, 2, 1])
    t.strictSame(await list('page_size=1&page_number=2'), [2])
    t.strictSame(await list('page_size=100&page_number=1'), [])
    t.strictSame(await list('customer_id=cus_grace'), [2])
    t.strictSame(await list('product_id=pdt_ebook'), [3])
    t.strictSame(await list('status=active'), [3, 1])
    t.strictSame(await list('status=disabled'), [2])
    t.strictSame(await list('status=expired&customer_id=cus_ada'), [4])
    t.strictSame(await list('source=import'), [4, 3, 2, 1])
    t.strictSame(await list('source=auto'), [])
    t.strictSame(await list(`created_at_gte=${keys[2]?.created_at}`), [4, 3])
    t.strictSame(await list(`created_at_lte=${keys[0]?.created_at}`), [1])
    for (const query of ['status=Active', 'source=x', 'page_size=101', 'created_at_gte=today']) {
      t.equal((await call('GET', `/license_keys?${query}`)).status, 422, query)
    }
  })

  t.test('changes fields: null clears a field, and absent fields stay', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { activations_limit: 2, expires_at: '2031-01-01T00:00:00Z' })
    const change = async (body: object) => (await emulate.call('PATCH', `/license_keys/${id}`, { body })).json
    t.match(await change({}), { activations_limit: 2, expires_at: '2031-01-01T00:00:00.000000Z', status: 'active' })
    t.match(await change({ disabled: true }), { status: 'disabled' })
    t.match(await change({ disabled: null }), { status: 'disabled' })
    t.match(await change({ expires_at: '2020-01-01T00:00:00Z' }), { status: 'disabled' }, 'disabled has priority over expired')
    t.match(await change({ disabled: false }), { status: 'expired' })
    t.match(await change({ expires_at: null, activations_limit: null }), { status: 'active', activations_limit: null, expires_at: null })
    t.match(await emulate.get(`/license_keys/${id}`), { status: 'active', activations_limit: null, expires_at: null })
  })

  t.test('lists, reads and renames instances', async t => {
    const emulate = startEmulator(t)
    const { call, get } = emulate
    const one = await importKey(emulate, { key: 'ONE' })
    await importKey(emulate, { key: 'TWO' })
    const instances = [await activate(emulate, 'ONE', 'a'), await activate(emulate, 'TWO', 'b'), await activate(emulate, 'ONE', 'c')]
    const list = async (query: string) => (await ids(get, `/license_key_instances?${query}`))
      .map(id => instances.findIndex(instance => instance.id === id) + 1)
    t.strictSame(await list(''), [3, 2, 1])
    t.strictSame(await list('page_size=1&page_number=1'), [2])
    t.strictSame(await list(`license_key_id=${one.id}`), [3, 1])
    t.strictSame(await list('license_key_id=lic_x'), [])
    t.strictSame(await list('grant_id=entg_x'), [])
    t.strictSame(await list(`grant_id=entg_x&license_key_id=${one.id}`), [])
    const { status, json } = await call('PATCH', `/license_key_instances/${instances[0]?.id}`, { body: { name: ' desk ' } })
    t.match([status, json], [200, { id: instances[0]?.id, name: 'desk' }])
    t.match(await get(`/license_key_instances/${instances[0]?.id}`), { name: 'desk' })
  })

  t.test('a key expires when its expiry is moved into the past', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { key: 'ONE' })
    const { json } = await emulate.call('POST', `/_emulator/license_keys/${id}/expire`)
    t.match(json, { id, status: 'expired' })
    t.equal(await isValid(emulate, 'ONE'), false)
    t.equal((await emulate.call('POST', '/_emulator/license_keys/lic_x/expire')).status, 404)
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { id } = await importKey(emulate, { key: 'TAKEN' })
  await activate(emulate, 'TAKEN', 'a')
  const instance = await activate(emulate, 'TAKEN', 'b')
  const given = { key: 'NEW', customer_id: 'cus_ada', product_id: 'pdt_license' }

  const cases: Array<[name: string, method: 'POST' | 'PATCH', url: string, body: object, status: number, code: string, message: RegExp]> = [
    ['a taken key', 'POST', '/license_keys', { ...given, key: ' TAKEN ' }, 409, 'CONFLICT', /another license key has this text/],
    ['an empty key', 'POST', '/license_keys', { ...given, key: ' ' }, 422, 'INVALID_REQUEST_PARAMETERS', /key must not be empty/],
    ['a long key', 'POST', '/license_keys', { ...given, key: 'x'.repeat(256) }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 255/],
    ['an unknown customer', 'POST', '/license_keys', { ...given, customer_id: 'cus_x' }, 404, 'NOT_FOUND', /Customer cus_x does not exist/],
    ['an unknown product', 'POST', '/license_keys', { ...given, product_id: 'pdt_x' }, 404, 'NOT_FOUND', /Product pdt_x does not exist/],
    ['no places', 'POST', '/license_keys', { ...given, activations_limit: 0 }, 422, 'INVALID_REQUEST_PARAMETERS', /at least 1/],
    ['an invalid time', 'POST', '/license_keys', { ...given, expires_at: 'soon' }, 422, 'INVALID_REQUEST_BODY', /expires_at/],
    ['a missing key', 'POST', '/license_keys', { customer_id: 'cus_ada', product_id: 'pdt_license' }, 422, 'INVALID_REQUEST_BODY', /key/],
    ['a limit below the instances', 'PATCH', `/license_keys/${id}`, { activations_limit: 1 }, 422,
      'ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT', /^New activation limit cannot be less than current instances count \(2 instances/],
    ['a limit of nothing', 'PATCH', `/license_keys/${id}`, { activations_limit: -1 }, 422, 'INVALID_REQUEST_PARAMETERS', /at least 1/],
    ['a change of an unknown key', 'PATCH', '/license_keys/lic_x', {}, 404, 'NOT_FOUND', /there is no license key lic_x/],
    ['a name that is empty', 'PATCH', `/license_key_instances/${instance.id}`, { name: '' }, 422, 'INVALID_REQUEST_PARAMETERS', /name/],
    ['a change of an unknown instance', 'PATCH', '/license_key_instances/lki_x', { name: 'a' }, 404, 'NOT_FOUND', /there is no license key instance/]
  ]
  for (const [name, method, url, body, status, code, message] of cases) {
    t.test(name, async t => {
      const before = [emulate.stored(), await emulate.get(`/license_keys/${id}`)]
      const answer = await emulate.call(method, url, { body })
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code], [status, code], answer.text)
      t.match(refusal.message, message)
      t.strictSame([emulate.stored(), await emulate.get(`/license_keys/${id}`)], before, 'nothing was stored')
      t.equal(answer.headers['x-should-retry'], status === 409 ? 'false' : undefined)
    })
  }

  t.test('unknown keys and instances', async t => {
    t.match(await emulate.call('GET', '/license_keys/lic_x'), { status: 404 })
    t.match(await emulate.call('GET', '/license_key_instances/lki_x'), { status: 404 })
  })

  t.test('writes with a read-only key, and calls without a key', async t => {
    const guarded = startEmulator(t, { apiKeys: 'test', readOnlyApiKeys: 'reader' })
    const body = given
    t.equal((await guarded.call('POST', '/license_keys', { body, key: 'reader' })).status, 403)
    t.equal((await guarded.call('GET', '/license_keys', { key: 'reader' })).status, 200)
    t.equal((await guarded.call('GET', '/license_keys', { key: null })).status, 401)
  })
})
