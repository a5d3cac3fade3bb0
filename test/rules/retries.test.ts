/** Retries of failed renewals, reminders, and charges of Indian mandates. */
import assert from 'node:assert/strict'
import t from 'tap'
import { formatTime, parseTime } from '../../src/rules/calendar.js'
import { DEFAULT_MANDATE_FLOOR, mandateAmount, mandateDebit, needsMandate } from '../../src/rules/mandates.js'
import { RETRY_WINDOW_DAYS, dunningSchedule, retryAfter } from '../../src/rules/retries.js'

const at = (text: string) => parseTime(`${text}:00Z`) ?? assert.fail(text)
const short = (us: number) => formatTime(us).slice(0, 16)

/** The retries of a renewal, each of which fails at once. */
function retries (failedAt: number, windowDays: number): string[] {
  const dates: string[] = []
  let next = retryAfter(0, failedAt, windowDays)
  while (next !== null) {
    assert.equal(next.attempt, dates.length + 1)
    dates.push(short(next.at))
    next = retryAfter(next.attempt, next.at, windowDays)
  }
  return dates
}

t.test('retries', async t => {
  const failed = at('2026-03-01T00:00')
  const all = [
    '2026-03-01T12:00', '2026-03-02T12:00', '2026-03-04T12:00', '2026-03-07T12:00', '2026-03-11T12:00', '2026-03-16T12:00',
    '2026-03-23T12:00', '2026-03-30T12:00'
  ]
  const rows: Array<[windowDays: number, count: number]> = [
    [1, 1], [2, 2], [3, 2], [4, 3], [7, 4], [10, 4], [11, 5], [13, 5], [16, 6], [23, 7], [29, 7], [30, 8]
  ]
  for (const [days, count] of rows) t.strictSame(retries(failed, days), all.slice(0, count), `${days} days`)
  t.strictSame(RETRY_WINDOW_DAYS, { min: 1, max: 30, default: 13 })
  t.strictSame(retryAfter(1, at('2026-03-03T06:30'), 13), { attempt: 2, at: at('2026-03-04T06:30') }, 'after an attempt that took long to fail')
})

t.test('reminders', async t => {
  const { reminders, exhausted_at: end } = dunningSchedule(at('2026-03-01T09:30'))
  t.strictSame(reminders.map(short), ['2026-03-02T09:30', '2026-03-04T09:30', '2026-03-06T09:30', '2026-03-08T09:30'])
  t.equal(short(end), '2026-03-09T09:30')
})

t.test('mandates', async t => {
  t.equal(DEFAULT_MANDATE_FLOOR, 1_500_000)
  const none = { request: null, business: null }
  t.equal(mandateAmount(99_900, none), 1_500_000)
  t.equal(mandateAmount(2_000_000, none), 2_000_000, 'a larger billing amount')
  t.equal(mandateAmount(99_900, { request: null, business: 500_000 }), 500_000)
  t.equal(mandateAmount(99_900, { request: 200_000, business: 500_000 }), 200_000, 'the request comes first')
  t.equal(mandateAmount(99_900, { request: 1, business: null }), 99_900)

  t.strictSame(mandateDebit(1_499_999, 1_500_000), { status: 'announced' })
  t.strictSame(mandateDebit(1_500_000, 1_500_000), { status: 'requires_customer_action' }, 'from 15,000 rupees on')
  t.strictSame(mandateDebit(1_500_001, 1_500_000), { status: 'failed', error_code: 'MANDATE_INVALID' }, 'above the mandate')
  t.strictSame(mandateDebit(200_001, 200_000), { status: 'failed', error_code: 'MANDATE_INVALID' })

  const needs = (type: string, country: string | null, currency: string) =>
    needsMandate({ payment_method_type: type, card_country: country, currency })
  t.strictSame([needs('upi_collect', null, 'INR'), needs('credit', 'IN', 'INR')], [true, true])
  t.strictSame([needs('credit', 'US', 'INR'), needs('credit', 'IN', 'USD'), needs('credit', null, 'INR')], [false, false, false])
})
