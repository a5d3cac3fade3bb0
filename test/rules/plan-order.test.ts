/** Which of two plans costs less over time. */
import t from 'tap'
import type { Period } from '../../src/rules/billing-calendar.js'
import { isCheaper } from '../../src/rules/plan-order.js'

const plan = (price: number, count: number, interval: Period['interval']) => ({ price, frequency: { count, interval } })

t.test('plans are compared over the same time', async t => {
  const month = plan(1000, 1, 'Month')
  t.ok(isCheaper(plan(11_999, 1, 'Year'), month))
  t.notOk(isCheaper(plan(12_000, 1, 'Year'), month), 'the same price is not cheaper')
  t.notOk(isCheaper(month, plan(12_000, 1, 'Year')))
  t.ok(isCheaper(plan(2999, 3, 'Month'), month))
  t.ok(isCheaper(month, plan(34, 1, 'Day')))
  t.ok(isCheaper(plan(229, 1, 'Week'), month))
  t.ok(isCheaper(plan(0, 1, 'Day'), month))
  t.ok(isCheaper(plan(2 ** 31 - 2, 10_000, 'Year'), plan(2 ** 31 - 1, 10_000, 'Year')), 'without a loss of precision')
})
