/** Webhook endpoints that the API refuses. */
import t, { type Test } from 'tap'
import { startEmulator, type Refusal } from '../helper.js'
import { type Json, TARGET, create } from './webhook-calls.js'

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { id } = await create(emulate, { headers: { 'X-One': '1' } })
  const refused = async (t: Test, method: 'POST' | 'PATCH', path: string, body: unknown) => {
    const before = [emulate.stored(), emulate.emulator.sandbox.webhooks.find(id)]
    const { status, json } = await emulate.call(method, path, { body })
    t.strictSame([emulate.stored(), emulate.emulator.sandbox.webhooks.find(id)], before, 'nothing was stored')
    t.equal(status, 422)
    return json as Refusal
  }

  t.test('URLs to which no request can be sent', async t => {
    const wrong: Array<[string, RegExp]> = [
      ...['', '/webhooks', 'localhost:3000', 'example.com', 'http:example.com', 'http:/example.com', 'http://', 'https://?x', 'ftp://example.com',
        'ws://example.com', 'file:///etc/passwd', 'javascript:alert(1)', 'http://a b/', ' http://a/', 'http://a/\n', 'http://a\tb/', 'http://a\\b',
        'http://a:99999/', 'http://[::1', 'http://%zz/', '//example.com'
      ].map((url): [string, RegExp] => [url, /^url must be an absolute http or https URL/]),
      ['http://ada:%zz@example.com/', /^the user name and password in url must be valid percent-encoding/],
      ['http://%ff@example.com/', /^the user name and password in url must be valid percent-encoding/],
      [`https://example.com/${'x'.repeat(2048 - 19)}`, /^url must not be longer than 2048 characters$/]
    ]
    for (const [url, message] of wrong) {
      for (const [method, path] of [['POST', '/webhooks'], ['PATCH', `/webhooks/${id}`]] as const) {
        const json = await refused(t, method, path, { url })
        t.match(json, { code: 'INVALID_REQUEST_PARAMETERS', message, details: [{ path: 'url' }] }, `${method} ${JSON.stringify(url).slice(0, 60)}`)
      }
    }
  })

  t.test('headers that cannot be sent', async t => {
    const OWN = / is set by the sender: leave it out$/
    const NO_NAME = / is not a valid header name/
    const NO_VALUE = / must be Latin-1 text without line breaks/
    const wrong: Array<[Json, RegExp]> = [
      ...['Host', 'content-length', 'Content-Type', 'Connection', 'transfer-encoding', 'Expect', 'UPGRADE', 'keep-alive', 'te', 'Trailer',
        'User-Agent', 'webhook-id', 'Webhook-Anything'].map((name): [Json, RegExp] => [{ [name]: '1' }, OWN]),
      ...['', 'a b', 'a:b', 'a\r\nb', 'naïve', 'a,b', '(a)', '"a"', 'a/b', '\u007f', 'x'.repeat(200) + '@'].map((name): [Json, RegExp] =>
        [{ [name]: '1' }, NO_NAME]),
      ...['a\r\nb: c', 'a\nb', ' a', 'a ', '\ta', '\u007f', '\u0001', '€', '☃'].map((value): [Json, RegExp] => [{ 'x-a': value }, NO_VALUE]),
      [{ 'X-A': '1', 'x-a': '2' }, /^headers\.x-a is given twice/],
      [Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`x-${n}`, ''])), /^headers must hold at most 50 headers, not 5[12]$/],
      [{ 'x-long': 'x'.repeat(8192 - 5) }, /^headers must hold at most 8192 characters of names and values together, not 819\d$/]
    ]
    for (const [headers, message] of wrong) {
      for (const [method, path] of [['POST', '/webhooks'], ['PATCH', `/webhooks/${id}/headers`]] as const) {
        const json = await refused(t, method, path, { url: TARGET, headers })
        t.match(json, { code: 'INVALID_REQUEST_PARAMETERS', message }, `${method} ${JSON.stringify(headers).slice(0, 60)}`)
      }
    }
    const { details } = await refused(t, 'POST', '/webhooks', { url: TARGET, headers: { host: 'a', 'x y': 'b', ok: 'c', 'x-z': '\n' } })
    t.strictSame(details?.map(({ path }) => path), ['headers.host', 'headers.x y', 'headers.x-z'], 'each of them')
  })

  t.test('text that is too long or empty', async t => {
    const cases: Array<[Json, string, RegExp, string?]> = [
      [{ description: 'x'.repeat(1001) }, 'INVALID_REQUEST_PARAMETERS', /^description must not be longer than 1000 characters$/],
      [{ idempotency_key: 'x'.repeat(257) }, 'INVALID_REQUEST_PARAMETERS', /^idempotency_key must not be longer than 256 characters$/],
      [{ idempotency_key: '' }, 'INVALID_REQUEST_PARAMETERS', /^idempotency_key must not be empty/],
      [{ metadata: { k: 'v'.repeat(501) } }, 'INVALID_REQUEST_PARAMETERS', /^metadata\.k: value is longer/],
      [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, ''])) }, 'MAXIMUM_KEYS_REACHED', /51 pairs/]
    ]
    for (const [body, code, message] of cases) {
      t.match(await refused(t, 'POST', '/webhooks', { url: TARGET, ...body }), { code, message })
      if (!('idempotency_key' in body)) t.match(await refused(t, 'PATCH', `/webhooks/${id}`, body), { code, message })
    }
  })

  t.test('violations of the schema', async t => {
    const bodies: Array<[Json, string]> = [
      [{}, 'url'], [{ url: null }, 'url'], [{ url: [TARGET] }, 'url'], [{ url: TARGET, filter_types: 'payment.succeeded' }, 'filter_types'],
      [{ url: TARGET, filter_types: ['payment.success'] }, 'filter_types[0]'], [{ url: TARGET, filter_types: null }, 'filter_types'],
      [{ url: TARGET, disabled: 'no' }, 'disabled'], [{ url: TARGET, rate_limit: -1 }, 'rate_limit'], [{ url: TARGET, rate_limit: 1.5 }, 'rate_limit'],
      [{ url: TARGET, rate_limit: 2 ** 31 }, 'rate_limit'], [{ url: TARGET, headers: { a: 1 } }, 'headers.a'],
      [{ url: TARGET, metadata: { a: true } }, 'metadata.a'], [{ url: TARGET, headers: ['a: b'] }, 'headers']
    ]
    for (const [body, path] of bodies) {
      const { code, details } = await refused(t, 'POST', '/webhooks', body)
      t.strictSame([code, details?.[0]?.path], ['INVALID_REQUEST_BODY', path], JSON.stringify(body))
    }
    t.match(await refused(t, 'PATCH', `/webhooks/${id}`, { filter_types: ['x'], disabled: 1 }), { code: 'INVALID_REQUEST_BODY' })
    t.match(await refused(t, 'PATCH', `/webhooks/${id}/headers`, {}), { code: 'INVALID_REQUEST_BODY' })
    t.match(await refused(t, 'PATCH', `/webhooks/${id}/headers`, { headers: null }), { code: 'INVALID_REQUEST_BODY' })
  })

  t.test('limits out of range, and unknown cursors', async t => {
    for (const [query, message] of [
      ['limit=0', /\(limit must be between 1 and 250\)/], ['limit=-1', /limit/], ['limit=251', /limit/], ['limit=x', /limit/], ['limit=1.5', /limit/],
      ['limit=1e400', /limit/],
      ...['x', `${id}x`, `--${id}`, id.slice(1), 'whk_', '0', `pay_${id.slice(4)}`, `${id}%0A`, 'x'.repeat(5000)]
        .map(cursor => [`iterator=${cursor}`, /\(iterator must be an iterator or prev_iterator of an earlier response\)/])
    ] as Array<[string, RegExp]>) {
      const { status, json } = await emulate.call('GET', `/webhooks?${query}`)
      t.match([status, json], [422, { code: 'INVALID_QUERY_PARAMS', message }], query.slice(0, 60))
    }
  })

  t.test('callers without a key, and read-only keys', async t => {
    t.equal((await emulate.call('GET', '/webhooks', { key: null })).status, 401)
    t.equal((await emulate.call('GET', `/webhooks/${id}/secret`, { key: null })).status, 401)
    const guarded = startEmulator(t, { readOnlyApiKeys: 'reader' })
    t.equal((await guarded.call('GET', '/webhooks', { key: 'reader' })).status, 200)
    t.equal((await guarded.call('POST', '/webhooks', { key: 'reader', body: { url: TARGET } })).status, 403)
  })
})
