/** Billing dates worked out by hand, then properties of any anchor and frequency against an independent calculation. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  LAST_INSTANT, US_PER_DAY, afterPause, billingDate, isSamePeriod, nextBillingDate, termEnd, trialEnd, type Interval, type Period
} from '../../src/rules/billing-calendar.js'
import { formatTime, parseTime } from '../../src/rules/calendar.js'

const RUNS = { seed: 20_260_901, numRuns: 1000 }

const MONTHLY: Period = { count: 1, interval: 'Month' }
const WEEKLY: Period = { count: 1, interval: 'Week' }

/** `2026-01-31` or `2026-01-31T09:00`. */
function at (text: string): number {
  return parseTime(text.includes('T') ? `${text}:00Z` : `${text}T00:00:00Z`) ?? assert.fail(text)
}

/** Formats a time in the notation of `at`. */
function short (us: number): string {
  const [date = '', time = ''] = formatTime(us).split('T')
  assert.match(time, /^\d\d:\d\d:00\.000000Z$/)
  return time.startsWith('00:00') ? date : `${date}T${time.slice(0, 5)}`
}

/** The dates after the anchor, each found from the previous one, as the engine does. */
function datesAfter (anchor: number, every: Period, count: number): string[] {
  const dates: string[] = []
  for (let date = anchor; dates.length < count;) dates.push(short(date = nextBillingDate(anchor, every, date)))
  return dates
}

/** The charges of a term, including the one at its start. */
function chargesOf (start: number, every: Period, end: number): string[] {
  const charges: string[] = []
  for (let date = start; date < end; date = nextBillingDate(start, every, date)) charges.push(short(date))
  return charges
}

type Row = [name: string, anchor: string, count: number, interval: Interval, dates: string[]]

t.test('returns the dates that follow an anchor', async t => {
  const rows: Row[] = [
    ['the 31st, clamped and returning', '2026-01-31', 1, 'Month', ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30']],
    ['the 31st in a leap year', '2028-01-31', 1, 'Month', ['2028-02-29', '2028-03-31', '2028-04-30']],
    ['the 30th', '2026-01-30', 1, 'Month', ['2026-02-28', '2026-03-30', '2026-04-30']],
    ['29 February, yearly', '2028-02-29', 1, 'Year', ['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
    ['quarters', '2026-11-30', 3, 'Month', ['2027-02-28', '2027-05-30', '2027-08-30', '2027-11-30']],
    ['half-years', '2026-08-31', 6, 'Month', ['2027-02-28', '2027-08-31', '2028-02-29']],
    ['fortnights keep the time of day', '2026-03-20T10:00', 2, 'Week', ['2026-04-03T10:00', '2026-04-17T10:00']],
    ['30 days', '2026-01-31', 30, 'Day', ['2026-03-02', '2026-04-01', '2026-05-01']],
    ['over the end of a year', '2026-12-31T23:59', 1, 'Month', ['2027-01-31T23:59', '2027-02-28T23:59', '2027-03-31T23:59']],
    ['14 months', '2026-12-31', 14, 'Month', ['2028-02-29', '2029-04-30', '2030-06-30']],
    ['every four years', '2024-02-29', 4, 'Year', ['2028-02-29', '2032-02-29']],
    ['no leap day in 2100', '2096-02-29', 4, 'Year', ['2100-02-28', '2104-02-29']],
    ['a moved next_billing_date is the anchor', '2026-03-15', 1, 'Month', ['2026-04-15', '2026-05-15']]
  ]
  for (const [name, anchor, count, interval, dates] of rows) {
    t.strictSame(datesAfter(at(anchor), { count, interval }, dates.length), dates, `${name}: ${anchor}, every ${count} ${interval}`)
  }
})

t.test('ends a trial after its days', async t => {
  const first = trialEnd(at('2026-01-17T08:30'), 14)
  t.strictSame([short(first), ...datesAfter(first, MONTHLY, 3)],
    ['2026-01-31T08:30', '2026-02-28T08:30', '2026-03-31T08:30', '2026-04-30T08:30'])
  const other = trialEnd(at('2026-01-20'), 14)
  t.strictSame([short(other), ...datesAfter(other, MONTHLY, 2)], ['2026-02-03', '2026-03-03', '2026-04-03'])
  t.equal(trialEnd(at('2026-01-20'), 0), at('2026-01-20'), 'without a trial')
})

t.test('returns a future anchor as the next date', async t => {
  t.equal(short(nextBillingDate(at('2026-03-15'), MONTHLY, at('2026-02-10'))), '2026-03-15')
  t.equal(short(nextBillingDate(at('2026-03-15'), MONTHLY, at('2026-03-15'))), '2026-04-15', 'a date equal to the current time has passed')
  t.equal(nextBillingDate(at('2026-03-15'), MONTHLY, at('2026-03-15') - 1), at('2026-03-15'))
})

t.test('moves dates by the exact length of a pause', async t => {
  const [from, to] = [at('2026-02-10T12:00'), at('2026-02-20T18:00')]
  const next = afterPause(at('2026-03-01'), from, to)
  t.strictSame([short(next), ...datesAfter(next, MONTHLY, 1)], ['2026-03-11T06:00', '2026-04-11T06:00'])
  t.equal(afterPause(at('2027-01-01'), from, to), at('2027-01-11T06:00'), 'expires_at')
})

t.test('counts the renewals within 400 days', async t => {
  const rows: Array<[start: string, end: string, count: number, last: string, next: string]> = [
    ['2026-01-31T09:00', '2027-03-07T09:00', 13, '2027-02-28T09:00', '2027-03-31T09:00'],
    ['2026-01-01', '2027-02-05', 13, '2027-02-01', '2027-03-01']
  ]
  for (const [start, end, count, last, next] of rows) {
    t.equal(at(start) + 400 * US_PER_DAY, at(end), 'one day after 400 days')
    const [, ...renewals] = chargesOf(at(start), MONTHLY, at(end))
    t.strictSame([renewals.length, renewals.at(-1)], [count, last], start)
    t.equal(short(nextBillingDate(at(start), MONTHLY, at(last))), next)
  }
})

t.test('ends a term without a charge at its last instant', async t => {
  const rows: Array<[start: string, term: Period, every: Period, charges: number, last: string, end: string]> = [
    ['2026-01-01', { count: 1, interval: 'Year' }, MONTHLY, 12, '2026-12-01', '2027-01-01'],
    ['2026-01-01', MONTHLY, MONTHLY, 1, '2026-01-01', '2026-02-01'],
    ['2026-01-01', { count: 10, interval: 'Day' }, WEEKLY, 2, '2026-01-08', '2026-01-11'],
    ['2026-01-31', { count: 3, interval: 'Month' }, MONTHLY, 3, '2026-03-31', '2026-04-30'],
    ['2026-01-31', MONTHLY, MONTHLY, 1, '2026-01-31', '2026-02-28']
  ]
  for (const [start, term, every, charges, last, end] of rows) {
    const ends = termEnd(at(start), term)
    const all = chargesOf(at(start), every, ends)
    t.strictSame([all.length, all.at(-1), short(ends)], [charges, last, end], `${start}, ${term.count} ${term.interval}`)
  }
})

t.test('keeps the anchor after a recovery and skips the missed dates', async t => {
  const anchor = at('2026-01-31')
  t.equal(short(nextBillingDate(anchor, MONTHLY, at('2026-03-05'))), '2026-03-31')
  t.equal(short(nextBillingDate(anchor, MONTHLY, at('2026-04-02'))), '2026-04-30', 'the date in March is not billed')
})

t.test('frequencies of the same length', async t => {
  t.ok(isSamePeriod({ count: 12, interval: 'Month' }, { count: 1, interval: 'Year' }))
  t.ok(isSamePeriod({ count: 14, interval: 'Day' }, { count: 2, interval: 'Week' }))
  t.notOk(isSamePeriod({ count: 30, interval: 'Day' }, MONTHLY))
  t.notOk(isSamePeriod({ count: 12, interval: 'Day' }, { count: 1, interval: 'Year' }))
})

t.test('nothing is later than the year 9999', async t => {
  for (const interval of ['Day', 'Week', 'Month', 'Year'] as const) {
    const every = { count: 2_147_483_647, interval }
    t.equal(termEnd(at('2026-01-31'), every), LAST_INSTANT, interval)
    t.equal(nextBillingDate(at('2026-01-31'), every, at('2030-01-31')), LAST_INSTANT)
    t.equal(nextBillingDate(at('2026-01-31'), { count: 1, interval }, LAST_INSTANT), LAST_INSTANT)
  }
  t.equal(formatTime(LAST_INSTANT), '9999-12-31T23:59:59.000000Z')
  t.equal(formatTime(billingDate(at('2026-01-31') + 1_234_567, MONTHLY, 12 * 300)), '2326-01-31T00:00:01.000000Z',
    'whole seconds where microseconds are no longer exact')
  t.equal(short(billingDate(at('9999-11-30'), MONTHLY, 1)), '9999-12-30')
  t.equal(billingDate(at('9999-12-01'), MONTHLY, 1), LAST_INSTANT)
})

const instant = fc.integer({ min: 0, max: 4_102_444_800_000_000 }) // up to 2100
const period = fc.record({ count: fc.integer({ min: 1, max: 40 }), interval: fc.constantFrom<Interval>('Day', 'Week', 'Month', 'Year') })

/** Date n, found by counting days month by month. */
function counted (anchor: number, { count, interval }: Period, n: number): number {
  if (interval === 'Day' || interval === 'Week') return anchor + n * count * (interval === 'Week' ? 7 : 1) * US_PER_DAY
  const [, year = '', month = '', day = '', time = ''] = /^(\d+)-(\d+)-(\d+)T(.*)$/.exec(formatTime(anchor)) ?? []
  const months = Number(month) - 1 + n * count * (interval === 'Year' ? 12 : 1)
  const [y, m] = [Number(year) + Math.floor(months / 12), months % 12 + 1]
  const isLeap = y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0)
  const length = m === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31
  const two = (value: number) => String(value).padStart(2, '0')
  return parseTime(`${y}-${two(m)}-${two(Math.min(Number(day), length))}T${time}`) ?? assert.fail()
}

t.test('agrees with the calculation for any anchor', async t => {
  fc.assert(fc.property(instant, period, fc.nat(60), (anchor, every, n) => {
    const expected = counted(anchor, every, n)
    fc.pre(Number.isSafeInteger(expected))
    assert.equal(billingDate(anchor, every, n), expected)
  }), RUNS)
  t.pass('date n is what counting gives')

  fc.assert(fc.property(instant, period, fc.integer({ min: 0, max: 4_102_444_800_000_000 }), (anchor, every, after) => {
    const next = nextBillingDate(anchor, every, after)
    assert.ok(next > after, 'in the future')
    let n = 0
    while (counted(anchor, every, n) <= after) n++
    assert.equal(next, counted(anchor, every, n))
  }), { ...RUNS, numRuns: 200 })
  t.pass('the next date is the first one after the time')

  fc.assert(fc.property(instant, period, fc.nat(30), (anchor, every, n) => {
    let date = anchor
    for (let step = 0; step < n; step++) {
      const next = nextBillingDate(anchor, every, date)
      assert.ok(next > date || next === LAST_INSTANT, 'dates never go backwards')
      date = next
    }
    assert.equal(date, billingDate(anchor, every, n))
  }), RUNS)
  t.pass('one date at a time gives the same as all at once')
})
