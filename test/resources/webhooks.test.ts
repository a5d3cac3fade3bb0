/** Webhook endpoints: stored, shown, changed and deleted, with the deliveries that wait for them. */
import { join } from 'node:path'
import DodoPayments from 'dodopayments'
import Sqlite from 'better-sqlite3'
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { start } from '../../src/index.js'
import { startEmulator, type TestEmulator } from '../helper.js'
import { temporaryFolder } from '../processes.js'
import { type Json, type Details, TARGET, create } from './webhook-calls.js'

type List = Required<Schemas['ListWebhooksResponse']>

async function change ({ call }: TestEmulator, path: string, body: Json): Promise<unknown> {
  const { status, json, text } = await call('PATCH', `/webhooks/${path}`, { body })
  if (status !== 200) throw new Error(text)
  return json
}

t.test('answers', async t => {
  t.test('creates an endpoint with only a URL', async t => {
    const emulate = startEmulator(t)
    const made = await create(emulate)
    t.match(made.id, /^whk_[0-9A-Za-z]{21}$/)
    t.strictSame({ ...made, id: '', created_at: '', updated_at: '' }, {
      id: '', url: TARGET, description: '', disabled: false, filter_types: null, rate_limit: null, metadata: {}, created_at: '', updated_at: ''
    })
    t.match(made.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    t.equal(made.updated_at, made.created_at)
    t.strictSame(await emulate.get(`/webhooks/${made.id}`), made)
    t.strictSame(await emulate.get(`/webhooks/${made.id}/headers`), { headers: {}, sensitive: [] })
  })

  t.test('creates an endpoint with every field', async t => {
    const emulate = startEmulator(t)
    const given = {
      url: 'https://user-less.example:8443/a/b?c=d#e',
      description: 'Orders',
      disabled: true,
      filter_types: ['payment.succeeded', 'refund.failed', 'subscription.past_due'],
      rate_limit: 5,
      metadata: { team: 'orders' }
    }
    const made = await create(emulate, { ...given, filter_types: [...given.filter_types, 'payment.succeeded'] })
    const { id, created_at: created, updated_at: updated, ...shown } = made
    t.strictSame(shown, given, 'a repeated type counts once')
    t.strictSame(await emulate.get(`/webhooks/${id}`), made)
    t.equal(created, updated)
  })

  t.test('without a filter an endpoint gets all events, and a rate of 0 is no limit', async t => {
    const emulate = startEmulator(t)
    t.match(await create(emulate, { filter_types: [], rate_limit: 0 }), { filter_types: null, rate_limit: null })
    t.match(await create(emulate, { description: null, disabled: null, headers: null, metadata: null, rate_limit: null, idempotency_key: null }),
      { description: '', disabled: false, filter_types: null, rate_limit: null, metadata: {} })
  })

  t.test('accepts URLs of programs under test', async t => {
    const emulate = startEmulator(t)
    const urls = ['http://localhost:3000', 'HTTP://LOCALHOST/', 'http://[::1]:80/x', 'http://10.0.0.1', 'http://host.docker.internal/h?a=b',
      'https://bücher.example/ä', `https://example.com/${'x'.repeat(2048 - 20)}`]
    for (const url of urls) t.equal((await create(emulate, { url })).url, url, 'kept as it was written')
  })

  t.test('returns a secret for each endpoint, which never changes', async t => {
    const emulate = startEmulator(t)
    const [one, two] = [await create(emulate), await create(emulate)]
    const secret = async ({ id }: Details) => (await emulate.get<{ secret: string }>(`/webhooks/${id}/secret`)).secret
    const first = await secret(one)
    t.match(first, /^whsec_[0-9A-Za-z+/]{32}$/)
    t.equal(Buffer.from(first.slice('whsec_'.length), 'base64').length, 24)
    t.not(await secret(two), first)
    await change(emulate, one.id, { url: 'http://localhost/new' })
    t.equal(await secret(one), first)
  })

  t.test('merges headers without regard to case, and returns credentials by name only', async t => {
    const emulate = startEmulator(t)
    const { id, updated_at: before } = await create(emulate, { headers: { 'X-Shop': 'one', Authorization: 'Bearer abc' } })
    t.strictSame(await emulate.get(`/webhooks/${id}/headers`), { headers: { 'X-Shop': 'one' }, sensitive: ['Authorization'] })
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 5 } })
    t.equal(await change(emulate, `${id}/headers`, { headers: { 'x-shop': 'two\ttabs é', 'X-Empty': '' } }), undefined)
    const { headers, sensitive } = await emulate.get<Json>(`/webhooks/${id}/headers`)
    t.strictSame([headers, sensitive], [{ 'x-shop': 'two\ttabs é', 'X-Empty': '' }, ['Authorization']])
    t.strictSame(emulate.emulator.sandbox.webhooks.find(id)?.headers,
      { Authorization: 'Bearer abc', 'x-shop': 'two\ttabs é', 'X-Empty': '' }, 'the value is kept for the sender')
    t.ok((await emulate.get<Details>(`/webhooks/${id}`)).updated_at > before)
    await change(emulate, `${id}/headers`, { headers: {} })
    t.strictSame(await emulate.get(`/webhooks/${id}/headers`), { headers, sensitive }, 'adding nothing changes nothing')
  })

  t.test('changes each field; an empty change keeps all', async t => {
    const emulate = startEmulator(t)
    const made = await create(emulate, { description: 'one', metadata: { a: '1', b: '2' }, filter_types: ['dispute.won'], rate_limit: 9 })
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 1000 } })
    const unchanged = await change(emulate, made.id, { description: null, url: null, disabled: null, metadata: null, surprise: 1 }) as Details
    t.strictSame({ ...unchanged, updated_at: made.updated_at }, made, 'null is not a value of these fields')
    t.ok(unchanged.updated_at > made.updated_at)
    for (const body of [
      { url: 'https://example.com/' }, { description: '' }, { disabled: true }, { disabled: false }, { metadata: { c: '3' } },
      { metadata: {} }, { filter_types: ['payout.success', 'credit.added'] }, { filter_types: null }, { rate_limit: 2147483647 }, { rate_limit: null }
    ]) {
      const before = await emulate.get<Details>(`/webhooks/${made.id}`)
      const after = await change(emulate, made.id, body) as Details
      t.strictSame(after, { ...before, ...body, updated_at: after.updated_at }, JSON.stringify(body))
      t.strictSame(await emulate.get(`/webhooks/${made.id}`), after)
    }
    t.match(await change(emulate, made.id, { filter_types: [], rate_limit: 0 }), { filter_types: null, rate_limit: null })
  })

  t.test('returns the first endpoint for a repeated idempotency key', async t => {
    const emulate = startEmulator(t)
    const first = await create(emulate, { idempotency_key: 'deploy-1', description: 'first' })
    const body = { url: 'http://localhost/other', idempotency_key: 'deploy-1', description: 'second' }
    t.strictSame(await create(emulate, body), first)
    const many = await Promise.all(Array.from({ length: 5 }, () => create(emulate, { idempotency_key: 'deploy-2' })))
    t.equal(new Set(many.map(({ id }) => id)).size, 1, 'simultaneously, too')
    t.equal(emulate.stored()['webhook_endpoints'], 2)
    await emulate.call('DELETE', `/webhooks/${first.id}`)
    t.not((await create(emulate, body)).id, first.id, 'the key of a deleted endpoint is free')
  })

  t.test('lists endpoints newest first, forwards and backwards', async t => {
    const emulate = startEmulator(t)
    t.strictSame(await emulate.get('/webhooks'), { data: [], done: true, iterator: null, prev_iterator: null })
    const ids: string[] = []
    for (let n = 0; n < 60; n++) ids.unshift((await create(emulate, { description: String(n) })).id)
    const list = async (query: string) => {
      const { data, ...rest } = await emulate.get<List>(`/webhooks?${query}`)
      return { ids: data.map(({ id }) => id), ...rest }
    }
    const part = (start: number, end: number) => ids.slice(start, end)
    const first = await list('')
    t.strictSame(first, { ids: part(0, 50), done: false, iterator: ids[49], prev_iterator: null })
    const rest = await list(`iterator=${first.iterator}`)
    t.strictSame(rest, { ids: part(50, 60), done: true, iterator: null, prev_iterator: `-${ids[50]}` })
    t.strictSame(await list(`limit=20&iterator=${rest.prev_iterator}`),
      { ids: part(30, 50), done: false, iterator: ids[49], prev_iterator: `-${ids[30]}` })
    t.strictSame(await list(`iterator=${rest.prev_iterator}`), first)
    t.strictSame(await list('limit=250'), { ids, done: true, iterator: null, prev_iterator: null })
    t.strictSame(await list('limit=60'), { ids, done: true, iterator: null, prev_iterator: null }, 'nothing is left')
    t.strictSame((await list('limit=59')).iterator, ids[58])
    t.strictSame(await list('limit=&iterator='), first, 'an empty cursor counts as absent')
  })

  t.test('lists every endpoint once, while endpoints are deleted and created', async t => {
    const emulate = startEmulator(t)
    const ids: string[] = []
    for (let n = 0; n < 10; n++) ids.unshift((await create(emulate)).id)
    const seen: string[] = []
    let iterator: string | null = ''
    while (iterator !== null) {
      const answer: List = await emulate.get<List>(`/webhooks?limit=3&iterator=${iterator}`)
      for (const { id } of answer.data) {
        seen.push(id)
        await emulate.call('DELETE', `/webhooks/${id}`)
      }
      await create(emulate)
      iterator = answer.iterator
    }
    t.strictSame(seen, ids)
  })

  t.test('returns 404 for a deleted endpoint', async t => {
    const emulate = startEmulator(t)
    const [{ id }, other] = [await create(emulate), await create(emulate)]
    const { status, text } = await emulate.call('DELETE', `/webhooks/${id}`)
    t.strictSame([status, text], [200, ''])
    for (const [method, path] of [['GET', ''], ['PATCH', ''], ['DELETE', ''], ['GET', '/secret'], ['GET', '/headers'], ['PATCH', '/headers']] as const) {
      const { status, json } = await emulate.call(method, `/webhooks/${id}${path}`, method === 'PATCH' ? { body: { headers: {} } } : {})
      t.match([status, json], [404, { code: 'NOT_FOUND', message: `Item not found (there is no webhook ${id})`, details: [{ path: 'webhook_id' }] }])
    }
    t.strictSame((await emulate.get<List>('/webhooks')).data, [other])
  })
})

t.test('keeps endpoints', async t => {
  t.test('up to a hundred, which the official client lists in pages', async t => {
    const emulate = await start()
    t.teardown(() => emulate.close())
    const client = new DodoPayments({ bearerToken: emulate.apiKey, baseURL: emulate.url })
    const made = await Promise.all(Array.from({ length: 100 }, (_, n) => client.webhooks.create({ url: TARGET, description: String(n) })))
    const refused = await client.webhooks.create({ url: TARGET }).catch(error => error)
    t.ok(refused instanceof DodoPayments.UnprocessableEntityError)
    t.match(refused, { status: 422, error: { code: 'INVALID_REQUEST_PARAMETERS', message: /^There are already 100 webhook endpoints/ } })
    const listed: string[] = []
    for await (const { id } of client.webhooks.list({ limit: 10 })) listed.push(id)
    t.strictSame(listed, made.map(({ id }) => id).sort().reverse())

    const [id = ''] = listed
    t.match(await client.webhooks.update(id, { disabled: true, filter_types: ['payment.failed'] }), { id, disabled: true })
    t.match(await client.webhooks.retrieve(id), { disabled: true, filter_types: ['payment.failed'] })
    await client.webhooks.headers.update(id, { headers: { 'X-Api-Key': 'k', 'X-Stage': 'test' } })
    t.strictSame(await client.webhooks.headers.retrieve(id), { headers: { 'X-Stage': 'test' }, sensitive: ['X-Api-Key'] })
    t.match((await client.webhooks.retrieveSecret(id)).secret, /^whsec_/)
    await client.webhooks.delete(id)
    t.ok(await client.webhooks.retrieve(id).catch(error => error) instanceof DodoPayments.NotFoundError)
    t.match(await client.webhooks.create({ url: TARGET, idempotency_key: 'a' }), { url: TARGET }, 'another one fits again')
    t.match(await client.webhooks.create({ url: TARGET, idempotency_key: 'a' }), { url: TARGET }, 'an endpoint made before needs no space')
  })

  t.test('after a restart; deliveries to a disabled or deleted endpoint are cancelled', async t => {
    const file = join(temporaryFolder(t), 'shop.db')
    const one = startEmulator(t, { database: file })
    const { id: disabled } = await create(one, { headers: { cookie: 'a=b' }, metadata: { k: 'v' }, filter_types: ['dispute.lost'], idempotency_key: 'k' })
    const { id: deleted } = await create(one)
    const { id: changed } = await create(one)
    const before = one.emulator.sandbox.webhooks.all()
    t.equal(before.length, 3)
    await one.emulator.close()

    const rows = new Sqlite(file)
    rows.prepare(`INSERT INTO webhook_events (seq, event_id, type, subject_id, payment_id, created_at, base_url, sample)
      VALUES (1, 'msg_1', 'payment.succeeded', 'pay_1', 'pay_1', 0, '', '{}')`).run()
    const delivery = rows.prepare('INSERT INTO webhook_deliveries VALUES (?, ?, 1, ?, ?, 1, ?, 1)')
    const LATER = Date.UTC(2300, 0) * 1000 // // nothing is sent meanwhile
    for (const [n, id] of [disabled, deleted, changed].entries()) {
      delivery.run(2 * n + 1, `dlv_${n}_waiting`, id, 'waiting', LATER)
      delivery.run(2 * n + 2, `dlv_${n}_over`, id, 'succeeded', null)
    }
    rows.close()

    const two = startEmulator(t, { database: file })
    t.strictSame(two.emulator.sandbox.webhooks.all(), before)
    await change(two, disabled, { disabled: true })
    await change(two, changed, { url: 'http://localhost/moved', disabled: false, filter_types: ['refund.failed'] })
    await two.call('DELETE', `/webhooks/${deleted}`)
    await two.emulator.close()

    const after = new Sqlite(file, { readonly: true })
    t.teardown(() => after.close())
    t.strictSame(after.prepare('SELECT webhook_id, state, due_at FROM webhook_deliveries ORDER BY seq').raw().all(), [
      [disabled, 'cancelled', null], [disabled, 'succeeded', null],
      [deleted, 'cancelled', null], [deleted, 'succeeded', null],
      [changed, 'waiting', LATER], [changed, 'succeeded', null]
    ])
  })

  t.test('outside the cache when their rows are rolled back', async t => {
    const { emulator: { sandbox } } = startEmulator(t)
    const outcomes = await Promise.all([false, true].map(fails => new Promise(resolve => {
      sandbox.batch.run(() => {
        const id = sandbox.ids.next('whk', sandbox.clock.now())
        sandbox.webhooks.insert({
          webhook_id: id,
          url: TARGET,
          description: '',
          disabled: false,
          filter_types: null,
          headers: {},
          metadata: {},
          rate_limit: null,
          secret: 'whsec_',
          idempotency_key: null,
          created_at: 0,
          updated_at: 0
        })
        if (sandbox.webhooks.find(id) === undefined) throw new Error('it is not there at once')
        if (fails) throw new Error('too late')
        return id
      }, (error, id) => { resolve(error instanceof Error ? error.message : id) })
    })))
    t.match(outcomes, [/^whk_/, 'too late'])
    t.strictSame(sandbox.webhooks.all().map(({ webhook_id: id }) => id), [outcomes[0]])
  })
})
