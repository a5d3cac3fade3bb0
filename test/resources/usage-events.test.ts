import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'
import { startEmulator, type Refusal } from '../helper.js'
import { METER, createMeter, event, ingest, listed, send, type UsageEvent } from './usage-calls.js'

const NOW = '2026-03-01T12:00:00Z'
const at = (time: string) => `2026-03-01T${time}Z`

t.test('ingests, reads and lists events', async t => {
  const emulate = startEmulator(t, { clock: NOW, clockFrozen: 'on' })
  const metadata = { bytes: 10.5, route: '/v1', cached: true }
  const { status, json } = await ingest(emulate, [
    event({ event_id: 'a', metadata, timestamp: at('11:00:00') }),
    event({ event_id: 'A', event_name: 'login', timestamp: at('12:05:00') }),
    event({ event_id: 'b', customer_id: 'cus_grace', timestamp: null })
  ])
  t.strictSame([status, json], [200, { ingested_count: 3 }])
  t.match(await emulate.get<UsageEvent>('/events/a'), {
    event_id: 'a', customer_id: 'cus_ada', event_name: 'api.call', metadata, timestamp: '2026-03-01T11:00:00.000000Z'
  })
  t.match(await emulate.get<UsageEvent>('/events/b'), { metadata: null, timestamp: '2026-03-01T12:00:00.000000Z' })

  t.strictSame((await ingest(emulate, [event({ event_id: 'a', event_name: 'other' }), event({ event_id: 'c' })])).json,
    { ingested_count: 1 }, 'a known id is skipped')
  t.equal((await emulate.get<UsageEvent>('/events/a')).event_name, 'api.call')

  t.strictSame(await listed(emulate, ''), ['A', 'c', 'b', 'a'], 'newest first, and by arrival at one time')
  t.strictSame(await listed(emulate, 'page_size=2&page_number=1'), ['b', 'a'])
  t.strictSame(await listed(emulate, 'page_size=0'), [])
  t.strictSame(await listed(emulate, 'customer_id=cus_ada'), ['A', 'c', 'a'])
  t.strictSame(await listed(emulate, 'customer_id=cus_ada&page_size=1&page_number=2'), ['a'])
  t.strictSame(await listed(emulate, 'customer_id=cus_none'), [])
  t.strictSame(await listed(emulate, 'event_name=api.call'), ['c', 'b', 'a'])
  t.strictSame(await listed(emulate, 'event_name=API.CALL'), [], 'names are case-sensitive')
  t.strictSame(await listed(emulate, 'customer_id=cus_ada&event_name=login'), ['A'])
  t.strictSame(await listed(emulate, `start=${at('11:00:00')}&end=${at('12:00:00')}`), ['a'], 'from start, before end')
  t.strictSame(await listed(emulate, `event_name=api.call&start=${at('11:00:00.000001')}`), ['c', 'b'])
  const { id } = await createMeter(emulate, { aggregation: { type: 'sum', key: 'bytes' } })
  t.strictSame(await listed(emulate, `meter_id=${id}&customer_id=cus_ada`), ['c', 'a'], 'a meter selects by its name and filter')
  t.strictSame(await listed(emulate, `meter_id=${id}&event_name=api.call&end=${at('12:00:00')}`), ['a'])
})

t.test('stores all events of a call or none', async t => {
  const emulate = startEmulator(t, { clock: NOW, clockFrozen: 'on' })
  await send(emulate, [event({ event_id: 'known' })])
  const before = emulate.stored()
  const CASES: Array<[name: string, changed: object, status: number, code: string, message: RegExp]> = [
    ['an id twice in a call', { event_id: 'fine' }, 400, 'INVALID_REQUEST_PARAMETERS', /events\[1\]\.event_id fine appears twice/],
    ['an empty id', { event_id: '' }, 422, 'INVALID_REQUEST_BODY', /events\[1\]\.event_id must not be empty/],
    ['an empty name', { event_name: '' }, 422, 'INVALID_REQUEST_BODY', /events\[1\]\.event_name must not be empty/],
    ['no customer', { customer_id: undefined }, 422, 'INVALID_REQUEST_BODY', /customer_id/],
    ['an unknown customer', { customer_id: 'cus_none' }, 422, 'INVALID_REQUEST_PARAMETERS', /Customer cus_none does not exist/],
    ['a time that does not exist', { timestamp: '2026-02-30T00:00:00Z' }, 422, 'INVALID_REQUEST_BODY', /timestamp/],
    ['an old event', { timestamp: at('10:59:59.999999') }, 400, 'INVALID_REQUEST_PARAMETERS',
      /timestamp 2026-03-01T10:59:59.999999Z is more than 1 hour before 2026-03-01T12:00:00.000000Z/],
    ['a future event', { timestamp: at('12:05:00.000001') }, 400, 'INVALID_REQUEST_PARAMETERS',
      /2026-03-01T12:05:00.000001Z is more than 5 minutes after 2026-03-01T12:00:00.000000Z/],
    ['nested metadata', { metadata: { a: { b: 1 } } }, 422, 'INVALID_REQUEST_BODY', /metadata/],
    ['null in metadata', { metadata: { a: null } }, 422, 'INVALID_REQUEST_BODY', /metadata/],
    ['a long key', { metadata: { ['k'.repeat(101)]: 1 } }, 422, 'INVALID_REQUEST_PARAMETERS', /longer than 100 characters/],
    ['a long value', { metadata: { k: 'v'.repeat(501) } }, 422, 'INVALID_REQUEST_PARAMETERS', /at most 500 characters long, not 501/],
    ['many pairs', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, n])) }, 422,
      'MAXIMUM_KEYS_REACHED', /51 pairs/]
  ]
  for (const [name, changes, status, code, message] of CASES) {
    const answer = await ingest(emulate, [event({ event_id: 'fine' }), { ...event(), ...changes }])
    t.match({ status: answer.status, ...answer.json as Refusal }, { status, code, message }, name)
  }
  const many = (count: number) => Array.from({ length: count }, () => event())
  for (const events of [[], many(1001)]) {
    const answer = await ingest(emulate, events)
    t.match({ status: answer.status, ...answer.json as Refusal }, { status: 400, code: 'INVALID_REQUEST_PARAMETERS' })
  }
  t.strictSame(emulate.stored(), before)
  t.strictSame((await ingest(emulate, many(1000))).json, { ingested_count: 1000 })
  const limits = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}`.padStart(100, 'k'), 'v'.repeat(500)]))
  await send(emulate, [event({ metadata: limits })])
})

t.test('ids are known until the sandbox is reset, and those of a snapshot once it is restored', async t => {
  const other = startEmulator(t)
  await send(other, [event({ event_id: 'of a snapshot' })])
  const emulate = startEmulator(t)
  const { sandbox } = emulate.emulator
  const countNew = async (...ids: string[]) => (await ingest(emulate, ids.map(id => event({ event_id: id })))).json
  t.strictSame(await countNew('a', 'b'), { ingested_count: 2 })
  t.throws(() => {
    sandbox.batch.alone(() => {
      sandbox.reset()
      t.equal(sandbox.events.find('a'), undefined)
      throw new Error('refused')
    })
  }, /refused/)
  t.strictSame(await countNew('a', 'c'), { ingested_count: 1 }, 'a reset that is rolled back forgets nothing')
  t.equal((await emulate.call('POST', '/_emulator/reset')).status, 200)
  t.strictSame(await countNew('b', 'c', 'd'), { ingested_count: 3 })
  sandbox.batch.alone(() => { sandbox.restore(other.emulator.sandbox.snapshot()) })
  t.strictSame(await countNew('of a snapshot', 'b'), { ingested_count: 1 })
})

t.test('refuses invalid lists and reads', async t => {
  const emulate = startEmulator(t)
  const { id } = await createMeter(emulate)
  const CASES: Array<[path: string, status: number, code: string]> = [
    [`?meter_id=${id}&event_name=login`, 400, 'INVALID_REQUEST_PARAMETERS'],
    ['?meter_id=mtr_none', 404, 'NOT_FOUND'],
    ['?start=yesterday', 422, 'INVALID_QUERY_PARAMS'],
    ['?page_size=101', 422, 'INVALID_QUERY_PARAMS'],
    ['/evt_none', 404, 'NOT_FOUND'],
    [`/${'e'.repeat(501)}`, 422, 'INVALID_QUERY_PARAMS'],
    ['/%20', 422, 'INVALID_QUERY_PARAMS']
  ]
  for (const [path, status, code] of CASES) {
    const answer = await emulate.call('GET', `/events${path}`)
    t.match({ status: answer.status, ...answer.json as Refusal }, { status, code }, path.slice(0, 60))
  }
})

t.test('accepts any time if the business has this setting', async t => {
  const emulate = startEmulator(t, { clock: NOW, clockFrozen: 'on' })
  await emulate.call('PATCH', '/_emulator/settings', { body: { accept_any_event_time: true } })
  await send(emulate, [event({ timestamp: '2020-01-01T00:00:00Z' }), event({ timestamp: '2030-01-01T00:00:00Z' })])
})

t.test('the official client sends and lists events', async t => {
  const emulator = await start({ port: 0 })
  t.teardown(() => emulator.close())
  const client = new DodoPayments({ bearerToken: 'test', baseURL: emulator.url })
  const meter = await client.meters.create({ ...METER, aggregation: { type: 'sum', key: 'tokens' } })
  const { ingested_count: count } = await client.usageEvents.ingest({
    events: [{ event_id: 'one', customer_id: 'cus_ada', event_name: METER.event_name, metadata: { tokens: 7 } }]
  })
  t.equal(count, 1)
  const page = await client.usageEvents.list({ meter_id: meter.id })
  t.match(page.items, [{ event_id: 'one', metadata: { tokens: 7 } }])
  t.equal((await client.usageEvents.retrieve('one')).event_name, METER.event_name)
  await client.meters.archive(meter.id)
  await client.meters.unarchive(meter.id)
})
