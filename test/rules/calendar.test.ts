import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { formatDay, formatOptionalTime, formatTime, parseTime } from '../../src/rules/calendar.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }
const SECOND_US = 1_000_000

t.test('writes times with microseconds, in UTC', async t => {
  t.equal(formatTime(0), '1970-01-01T00:00:00.000000Z')
  t.equal(formatTime(1_788_257_430_123_456), '2026-09-01T10:10:30.123456Z')
  t.equal(formatTime(1_788_257_430_000_007), '2026-09-01T10:10:30.000007Z')
  t.equal(formatTime(1_788_257_430_999_000), '2026-09-01T10:10:30.999000Z')
  t.equal(formatTime(-1), '1969-12-31T23:59:59.999999Z')
  t.equal(formatTime(-SECOND_US), '1969-12-31T23:59:59.000000Z')
  t.equal(formatOptionalTime(0), '1970-01-01T00:00:00.000000Z')
  t.equal(formatOptionalTime(null), null)
})

t.test('writes times independently of earlier ones', async t => {
  const near = fc.integer({ min: -3, max: 3 }).chain(second => fc.integer({ min: 0, max: 999_999 }).map(us => second * SECOND_US + us))
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(near, fc.integer({ min: -8.64e15, max: 8.64e15 })), us => {
    const ms = Math.floor(us / 1000)
    const expected = new Date(ms).toISOString().replace('Z', `${String(us - ms * 1000).padStart(3, '0')}Z`)
    assert.equal(formatTime(us), expected)
  }), RUNS))
})

t.test('reads times of any precision and offset', async t => {
  const noon = Date.UTC(2026, 8, 1, 12) * 1000
  const cases: Array<[text: string, us: number]> = [
    ['2026-09-01T12:00:00Z', noon],
    ['2026-09-01t12:00:00z', noon],
    ['2026-09-01T12:00:00.5Z', noon + 500_000],
    ['2026-09-01T12:00:00.123Z', noon + 123_000],
    ['2026-09-01T12:00:00.123456Z', noon + 123_456],
    ['2026-09-01T12:00:00.000001Z', noon + 1],
    ['2026-09-01T12:00:00.1234569Z', noon + 123_456],
    ['2026-09-01T12:00:00.999999999999999999999999Z', noon + 999_999],
    ['2026-09-01T17:30:00+05:30', noon],
    ['2026-09-01T17:45:00.25+05:45', noon + 250_000],
    ['2026-09-01T07:00:00-05:00', noon],
    ['2026-09-02T01:00:00+13:00', noon],
    ['2026-08-31T23:30:00-12:30', noon],
    ['2026-09-01T12:00:00+00:00', noon],
    ['2026-09-01T12:00:00-00:00', noon],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29) * 1000],
    ['2000-02-29T23:59:59Z', Date.UTC(2000, 1, 29, 23, 59, 59) * 1000],
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:59:59.999999Z', -1]
  ]
  for (const [text, us] of cases) t.equal(parseTime(text), us, text)
})

t.test('rejects text that is not a time, and dates that do not exist', async t => {
  const texts = ['', 'now', '2026', '2026-09-01', '12:00:00Z', '2026-09-01 12:00:00Z', '2026-09-01T12:00:00', '2026-09-01T12:00Z', '2026-09-01T12Z', '2026-09-01T12:00:00.Z',
    '2026-09-01T12:00:00,5Z', '2026-09-01T12:00:00+0530', '2026-09-01T12:00:00+05', '2026-09-01T12:00:00 Z', ' 2026-09-01T12:00:00Z', '2026-09-01T12:00:00Z\n',
    '2026-9-1T12:00:00Z', '26-09-01T12:00:00Z', '+002026-09-01T12:00:00Z', '-000001-09-01T12:00:00Z', '12026-09-01T12:00:00Z', '2026-W36-2T12:00:00Z', '2026-244T12:00:00Z',
    '٢٠٢٦-09-01T12:00:00Z', 'Tue, 01 Sep 2026 12:00:00 GMT', '1788257430', '2026-09-01T12:00:00ZZ', '2026-09-01T12:00:00UTC']
  for (const text of texts) t.equal(parseTime(text), null, JSON.stringify(text))
  const days = ['2026-02-29', '2026-02-30', '2026-02-31', '2100-02-29', '2026-04-31', '2026-06-31', '2026-09-31', '2026-11-31', '2026-12-32', '2026-00-01', '2026-13-01',
    '2026-01-00']
  for (const day of days) t.equal(parseTime(`${day}T12:00:00Z`), null, day)
  for (const time of ['24:00:00', '25:00:00', '12:60:00', '12:00:61', '99:99:99']) t.equal(parseTime(`2026-09-01T${time}Z`), null, time)
  for (const offset of ['+24:00', '-24:00', '+05:60', '+99:99']) t.equal(parseTime(`2026-09-01T12:00:00${offset}`), null, offset)
  t.equal(parseTime('2016-12-31T23:59:60Z'), null, 'a leap second has no timestamp')
})

t.test('reads what it writes', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), us => {
    assert.match(formatTime(us), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/)
    assert.equal(parseTime(formatTime(us)), us)
    assert.equal(parseTime(formatTime(-us)), -us)
  }), RUNS)
  t.pass('for every microsecond that is a safe integer')

  for (const text of ['0000-01-01T00:00:00.000000Z', '2255-06-05T23:47:34.740991Z', '9999-12-31T23:59:59.000000Z']) {
    t.equal(formatTime(parseTime(text) ?? NaN), text)
  }
  t.equal(formatTime(parseTime('9999-12-31T23:59:59.999999Z') ?? NaN), '9999-12-31T23:59:59.000000Z', 'never rounded up into the year 10000')
  t.equal(formatTime(parseTime('2300-01-01T00:00:00.000001Z') ?? NaN), '2300-01-01T00:00:00.000000Z')
})

t.test('applies the offset and changes nothing else', async t => {
  const minutes = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 })
  fc.assert(fc.property(fc.integer({ min: Date.UTC(1971) * 1000, max: Date.UTC(2200) * 1000 }), minutes, (us, minutes) => {
    const twoDigits = (number: number) => String(number).padStart(2, '0')
    const offset = `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(Math.abs(minutes) / 60))}:${twoDigits(Math.abs(minutes) % 60)}`
    assert.equal(parseTime(formatTime(us).replace('Z', offset)), us - minutes * 60 * SECOND_US)
  }), RUNS)
  t.pass('of up to a day')
})

t.test('writes times that sort chronologically', async t => {
  const time = fc.integer({ min: -1000 * SECOND_US, max: Date.UTC(2200) * 1000 })
  fc.assert(fc.property(time, fc.oneof(time, fc.constantFrom(-1, 0, 1, 999, 1000, 1001)), (one, other) => {
    const second = Math.abs(other) > 1001 ? other : one + other
    assert.equal(formatTime(one) < formatTime(second), one < second)
  }), RUNS)
  t.pass('before and after 1970')
})

t.test('formats a day for people, in UTC', async t => {
  t.equal(formatDay(Date.UTC(2027, 2, 4) * 1000), '4 March 2027')
  t.equal(formatDay(Date.UTC(2026, 11, 31, 23, 59, 59, 999) * 1000 + 999), '31 December 2026')
  const { format } = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  for (let month = 0; month < 12; month++) t.equal(formatDay(Date.UTC(2024, month, 29) * 1000), format(Date.UTC(2024, month, 29)))
})
