import t from 'tap'
import { startEmulator, type Refusal } from '../helper.js'
import { METER, createMeter, event, listed, send, type Meter } from './usage-calls.js'

const condition = (key: string, operator: string, value: unknown) => ({ key, operator, value })
const nested = (depth: number): object => ({
  conjunction: 'and', clauses: depth === 1 ? [condition('a', 'equals', 1)] : [nested(depth - 1)]
})

t.test('creates, reads, archives and unarchives a meter', async t => {
  const emulate = startEmulator(t)
  const meter = await createMeter(emulate, { description: 'Calls', filter: nested(3) })
  t.match(meter, { ...METER, id: /^mtr_[0-9A-Za-z]{21}$/, aggregation: { type: 'count', key: null }, filter: nested(3) })
  t.strictSame(await emulate.get(`/meters/${meter.id}`), meter)
  const other = await createMeter(emulate, { aggregation: { type: 'count', key: 'ignored' } })
  t.strictSame(other.aggregation, { type: 'count', key: null })
  const ids = async (query: string) => (await emulate.get<{ items: Meter[] }>(`/meters?${query}`)).items.map(({ id }) => id)
  t.strictSame(await ids(''), [other.id, meter.id], 'newest first')

  t.equal((await emulate.call('DELETE', `/meters/${meter.id}`)).status, 204)
  t.strictSame(await ids('archived=false'), [other.id])
  t.strictSame(await ids('archived=true'), [meter.id])
  t.equal((await emulate.get<Meter>(`/meters/${meter.id}`)).id, meter.id, 'an archived meter can be read')
  t.equal((await emulate.call('DELETE', `/meters/${meter.id}`)).status, 404)
  for (let twice = 0; twice < 2; twice++) {
    const { status, text } = await emulate.call('POST', `/meters/${meter.id}/unarchive`)
    t.strictSame([status, text], [200, ''])
  }
  t.strictSame(await ids('archived=true'), [])
})

t.test('refusals', async t => {
  const emulate = startEmulator(t)
  const many = Array.from({ length: 11 }, () => condition('a', 'equals', 1))
  const CASES: Array<[changes: object, code: string, message: RegExp]> = [
    [{ name: undefined }, 'INVALID_REQUEST_BODY', /name/],
    [{ name: ' ' }, 'INVALID_REQUEST_PARAMETERS', /name must not be empty/],
    [{ event_name: '' }, 'INVALID_REQUEST_PARAMETERS', /event_name must not be empty/],
    [{ measurement_unit: '' }, 'INVALID_REQUEST_PARAMETERS', /measurement_unit/],
    [{ aggregation: { type: 'mean', key: 'a' } }, 'INVALID_REQUEST_BODY', /aggregation.type/],
    [{ aggregation: { type: 'sum' } }, 'INVALID_REQUEST_PARAMETERS', /aggregation.key must name/],
    [{ aggregation: { type: 'max', key: null } }, 'INVALID_REQUEST_PARAMETERS', /aggregation.key must name/],
    [{ aggregation: { type: 'last', key: '' } }, 'INVALID_REQUEST_PARAMETERS', /aggregation.key must name/],
    [{ filter: nested(4) }, 'INVALID_REQUEST_PARAMETERS', /at most 3 levels deep, not 4/],
    [{ filter: { conjunction: 'and', clauses: [] } }, 'INVALID_REQUEST_BODY', /clauses/],
    [{ filter: { conjunction: 'or', clauses: many } }, 'INVALID_REQUEST_BODY', /clauses/],
    [{ filter: { conjunction: 'and', clauses: [condition('', 'equals', 1)] } }, 'INVALID_REQUEST_BODY', /key/],
    [{ filter: { conjunction: 'and', clauses: [condition('a', 'like', 1)] } }, 'INVALID_REQUEST_BODY', /operator/],
    [{ filter: { conjunction: 'and', clauses: [condition('a', 'equals', null)] } }, 'INVALID_REQUEST_BODY', /value/],
    [{ filter: { conjunction: 'and', clauses: [condition('a', 'equals', 1), nested(1)] } }, 'INVALID_REQUEST_BODY', /clauses/]
  ]
  const before = emulate.stored()
  for (const [changes, code, message] of CASES) {
    const { status, json } = await emulate.call('POST', '/meters', { body: { ...METER, ...changes } })
    t.match({ status, ...json as Refusal }, { status: 422, code, message }, JSON.stringify(changes).slice(0, 80))
  }
  t.strictSame(emulate.stored(), before)
  for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/unarchive']] as const) {
    const { status, json } = await emulate.call(method, `/meters/mtr_none${path}`)
    t.match({ status, ...json as Refusal }, { status: 404, code: 'NOT_FOUND' })
  }
})

t.test('a filter selects events by the type and value of their metadata', async t => {
  const emulate = startEmulator(t)
  await send(emulate, [
    event({ event_id: 'five', metadata: { n: 5, s: 'five' } }),
    event({ event_id: 'text', metadata: { n: '5', s: 'fivefold' } }),
    event({ event_id: 'true', metadata: { n: true, b: false } }),
    event({ event_id: 'none', metadata: null })
  ])
  const CASES: Array<[clause: ReturnType<typeof condition>, ids: string[]]> = [
    [condition('n', 'equals', 5), ['five']],
    [condition('n', 'not_equals', 5), ['text', 'true']],
    [condition('n', 'greater_than', 4.5), ['five']],
    [condition('n', 'greater_than', 5), []],
    [condition('n', 'greater_than_or_equals', 5), ['five']],
    [condition('n', 'less_than', 6), ['five']],
    [condition('n', 'less_than_or_equals', 4), []],
    [condition('s', 'contains', 'five'), ['five', 'text']],
    [condition('s', 'does_not_contain', 'fold'), ['five']],
    [condition('b', 'equals', false), ['true']],
    [condition('toString', 'not_equals', 'x'), []]
  ]
  const select = async (filter: object) => {
    const { id } = await createMeter(emulate, { filter })
    return (await listed(emulate, `meter_id=${id}`)).sort()
  }
  for (const [clause, ids] of CASES) {
    t.strictSame(await select({ conjunction: 'and', clauses: [clause] }), [...ids].sort(), JSON.stringify(clause))
  }
  const either = { conjunction: 'or', clauses: [condition('n', 'equals', 5), condition('b', 'equals', false)] }
  const both = { conjunction: 'and', clauses: [condition('n', 'equals', 5), condition('s', 'equals', 'five')] }
  t.strictSame(await select(either), ['five', 'true'])
  t.strictSame(await select({ conjunction: 'and', clauses: [either, { conjunction: 'or', clauses: [both] }] }), ['five'])
})
