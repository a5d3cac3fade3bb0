/** The calls of licensed software: activate, deactivate and validate. */
import t from 'tap'
import type { Refusal } from '../helper.js'
import { startEmulator } from '../helper.js'
import { activate, importKey, isValid, license } from './license-calls.js'

const DAY_MS = 86_400_000

t.test('answers', async t => {
  t.test('activates a key, and returns its customer and its product', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { key: 'KEY-1', activations_limit: 2 })
    const instance = await activate(emulate, ' KEY-1\n', '  Ada’s laptop ')
    t.match(instance, {
      id: /^lki_[0-9A-Za-z]{21}$/,
      business_id: 'bus_emulator',
      license_key_id: id,
      name: 'Ada’s laptop',
      customer: { customer_id: 'cus_ada', email: 'ada@example.com', name: 'Ada Lovelace' },
      product: { product_id: 'pdt_license', name: 'Ledger Desktop' }
    })
    t.match(await emulate.get(`/license_keys/${id}`), { instances_count: 1 })
    t.match(await emulate.get(`/license_key_instances/${instance.id}`), { name: 'Ada’s laptop', license_key_id: id })
  })

  t.test('deactivates an instance once, which frees its seat', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { key: 'KEY-1', activations_limit: 1 })
    const { id: instanceId } = await activate(emulate, 'KEY-1')
    const body = { license_key: 'KEY-1', license_key_instance_id: instanceId }
    const { status, text } = await license(emulate, 'deactivate', body)
    t.strictSame([status, text], [200, ''])
    t.match(await emulate.get(`/license_keys/${id}`), { instances_count: 0 })
    t.equal((await emulate.call('GET', `/license_key_instances/${instanceId}`)).status, 404)
    t.match(await license(emulate, 'deactivate', body), { status: 403, json: { code: 'LICENSE_KEY_NOT_FOUND' } })
    await activate(emulate, 'KEY-1', 'the next')
  })

  t.test('validates keys', async t => {
    const emulate = startEmulator(t, { clockFrozen: 'on' })
    const { created_at: now } = await importKey(emulate, { key: 'OTHER' })
    const expiresAt = new Date(Date.parse(now) + DAY_MS).toISOString()
    const { id } = await importKey(emulate, { key: 'KEY-1', expires_at: expiresAt })
    const { id: instance } = await activate(emulate, 'KEY-1')
    const { id: foreign } = await activate(emulate, 'OTHER')
    t.equal(await isValid(emulate, 'KEY-1'), true)
    t.equal(await isValid(emulate, ' KEY-1 ', null), true)
    t.equal(await isValid(emulate, 'KEY-1', instance), true)
    t.equal(await isValid(emulate, 'KEY-1', foreign), false, 'an instance of another key')
    t.equal(await isValid(emulate, 'KEY-1', 'lki_x'), false)
    t.equal(await isValid(emulate, 'key-1'), false, 'case matters')
    t.equal(await isValid(emulate, 'unknown'), false)
    await emulate.call('PATCH', `/license_keys/${id}`, { body: { disabled: true } })
    t.equal(await isValid(emulate, 'KEY-1', instance), false, 'disabled')
    await emulate.call('PATCH', `/license_keys/${id}`, { body: { disabled: false } })
    t.equal(await isValid(emulate, 'KEY-1', instance), true, 'instances remain')
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: DAY_MS - 1 } })
    t.equal(await isValid(emulate, 'KEY-1', instance), true)
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 1 } })
    t.equal(await isValid(emulate, 'KEY-1', instance), false, 'expired')
  })

  t.test('accepts calls from pages of every origin and with any API key, in the sandbox of that key', async t => {
    const emulate = startEmulator(t)
    await importKey(emulate, { key: 'KEY-1' })
    const preflight = await emulate.call('OPTIONS', '/licenses/activate', {
      key: null,
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' }
    })
    t.equal(preflight.status, 204)
    t.match(preflight.headers, { 'access-control-allow-origin': '*', 'access-control-allow-methods': /POST/ })
    t.match(preflight.headers['access-control-allow-headers'], /authorization,\s*content-type/)
    for (const key of [null, 'public', 'sandbox_']) {
      const { status, headers } = await emulate.call('POST', '/licenses/validate', {
        key, body: { license_key: 'KEY-1' }, headers: { origin: 'https://app.example' }
      })
      if (key === 'sandbox_') t.equal(status, 422, 'the name of a sandbox is checked')
      else t.strictSame([status, headers['access-control-allow-origin']], [200, '*'])
    }
    const elsewhere = await emulate.call('POST', '/licenses/validate', { key: 'sandbox_other', body: { license_key: 'KEY-1' } })
    t.strictSame(elsewhere.json, { valid: false }, 'another sandbox has other keys')
  })

  t.test('accepts calls without an API key, even with --api-keys', async t => {
    const emulate = startEmulator(t, { apiKeys: 'test' })
    await importKey(emulate, { key: 'KEY-1' })
    const { id } = await activate(emulate, 'KEY-1')
    t.equal(await isValid(emulate, 'KEY-1', id), true)
    const { status } = await emulate.call('POST', '/licenses/validate', { key: 'public', body: { license_key: 'KEY-1' } })
    t.equal(status, 200)
  })
})

t.test('refuses invalid calls', async t => {
  const emulate = startEmulator(t)
  await importKey(emulate, { key: 'FULL', activations_limit: 1 })
  const { id: taken } = await activate(emulate, 'FULL')
  const { id: disabled } = await importKey(emulate, { key: 'DISABLED' })
  await emulate.call('PATCH', `/license_keys/${disabled}`, { body: { disabled: true } })
  await importKey(emulate, { key: 'EXPIRED', expires_at: '2020-01-01T00:00:00Z' })
  await importKey(emulate, { key: 'FREE' })

  const cases: Array<[name: string, operation: 'activate' | 'deactivate' | 'validate', body: object, status: number, code: string, message: RegExp]> = [
    ['an unknown key', 'activate', { license_key: 'x', name: 'a' }, 404, 'NOT_FOUND', /no such license key/],
    ['a key in another case', 'activate', { license_key: 'free', name: 'a' }, 404, 'NOT_FOUND', /upper and lower case differ/],
    ['a disabled key', 'activate', { license_key: 'DISABLED', name: 'a' }, 403, 'INACTIVE_LICENSE_KEY', /^License key is not active \(it is disabled/],
    ['an expired key', 'activate', { license_key: 'EXPIRED', name: 'a' }, 403, 'INACTIVE_LICENSE_KEY', /expired since 2020-01-01/],
    ['one too many', 'activate', { license_key: 'FULL', name: 'a' }, 422, 'LICENSE_KEY_LIMIT_REACHED', /^License key activation limit reached \(1 of 1/],
    ['no name', 'activate', { license_key: 'FREE' }, 422, 'INVALID_REQUEST_BODY', /name/],
    ['an empty name', 'activate', { license_key: 'FREE', name: ' ' }, 422, 'INVALID_REQUEST_PARAMETERS', /name must not be empty/],
    ['a long name', 'activate', { license_key: 'FREE', name: 'x'.repeat(256) }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 255/],
    ['to deactivate of an unknown key', 'deactivate', { license_key: 'x', license_key_instance_id: taken }, 404, 'NOT_FOUND', /no such/],
    ['to deactivate an unknown instance', 'deactivate', { license_key: 'FULL', license_key_instance_id: 'lki_x' }, 403,
      'LICENSE_KEY_NOT_FOUND', /^License key instance not found/],
    ['to deactivate the instance of another key', 'deactivate', { license_key: 'FREE', license_key_instance_id: taken }, 403,
      'LICENSE_KEY_NOT_FOUND', /does not belong to this license key/],
    ['to validate nothing', 'validate', {}, 422, 'INVALID_REQUEST_BODY', /license_key/]
  ]
  for (const [name, operation, body, status, code, message] of cases) {
    t.test(name, async t => {
      const before = emulate.stored()
      const answer = await license(emulate, operation, body)
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code], [status, code], answer.text)
      t.match(refusal.message, message)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }
})

t.test('counts activations', async t => {
  t.test('accepts one of several simultaneous activations for the last seat', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { key: 'KEY-1', activations_limit: 3 })
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) =>
      license(emulate, 'activate', { license_key: 'KEY-1', name: `machine ${n}` })))
    t.strictSame(answers.map(({ status }) => status).sort(), [201, 201, 201, 422, 422, 422, 422, 422])
    t.match(await emulate.get(`/license_keys/${id}`), { instances_count: 3 })
  })

  t.test('frees the seats of a disabled key', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { key: 'KEY-1' })
    const { id: instanceId } = await activate(emulate, 'KEY-1')
    await emulate.call('PATCH', `/license_keys/${id}`, { body: { disabled: true } })
    t.equal((await license(emulate, 'deactivate', { license_key: 'KEY-1', license_key_instance_id: instanceId })).status, 200)
  })

  t.test('a second activation with the same name replaces the oldest instance of that name', async t => {
    const emulate = startEmulator(t)
    const { id } = await importKey(emulate, { key: 'KEY-1', activations_limit: 2 })
    await activate(emulate, 'KEY-1', 'autofill|one')
    await activate(emulate, 'KEY-1', 'autofill|one')
    t.equal((await license(emulate, 'activate', { license_key: 'KEY-1', name: 'autofill|two' })).status, 422)
    const { items } = await emulate.get<{ items: Array<{ id: string, name: string }> }>(`/license_key_instances?license_key_id=${id}`)
    t.strictSame(items.map(({ name }) => name), ['autofill|one', 'autofill|one'])
    await license(emulate, 'deactivate', { license_key: 'KEY-1', license_key_instance_id: items.at(-1)?.id })
    await activate(emulate, 'KEY-1', 'autofill|two')
  })
})
