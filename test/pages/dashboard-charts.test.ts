/** The charts of the dashboard: what they show, and that they follow every change. */
import t from 'tap'
import { RECENT_MAX } from '../../src/resources/payments/recent-store.js'
import { bucketsOf, chart } from '../../src/pages/dashboard/chart.js'
import { paymentBody } from '../helper.js'
import { partOf, visitor, type Visitor } from './dashboard-visitor.js'

const DAY_MS = 86_400_000

/** The rows of the table of a chart that are not 0 or empty. */
async function rowsOf (shop: Visitor, id: string): Promise<string[][]> {
  const { html } = await shop.visit('/')
  const [, table = ''] = new RegExp(`id="${id}-values">[\\s\\S]*?<tbody>([\\s\\S]*?)</tbody>`).exec(html) ?? []
  return [...table.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([row]) => [...row.matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, cell]) => cell ?? ''))
    .filter(([, ...values]) => values.some(value => !/^(?:0|–|\D?0(?:\.00)?)$/.test(value)))
}

t.test('payments by status, volume by currency and the success rate', async t => {
  const shop = visitor(t)
  const pay = async (outcome: string, more: object = {}) => {
    const { payment_id: id } = await shop.pay(paymentBody(more))
    await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome } })
    return id
  }
  t.match((await shop.visit('/')).html, '<div class="charts"></div>', 'there are no charts without payments, and no gap')
  await shop.call('POST', '/_emulator/clock', { body: { now: '2027-03-01T12:00:00Z', frozen: true } })
  await shop.pay(paymentBody())
  t.strictSame(await rowsOf(shop, 'payments-chart'), [['1 March 2027', '1']], 'counted from the rows')
  const late = await pay('failed')
  await pay('succeeded', { product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }] })
  t.strictSame(await rowsOf(shop, 'payments-chart'), [['1 March 2027', '1', '1', '1']], 'and with every change')
  await shop.call('POST', '/_emulator/clock', { body: { advance_ms: 2 * DAY_MS } })
  await pay('succeeded', { billing: { country: 'DE' }, billing_currency: 'EUR' })
  await shop.call('POST', `/_emulator/payments/${late}/pay`, { body: { outcome: 'succeeded' } })
  t.strictSame(await rowsOf(shop, 'payments-chart'), [['3 March 2027', '1', '0'], ['1 March 2027', '2', '1']], 'also of earlier payments')
  t.strictSame((await rowsOf(shop, 'volume-chart-USD')), [['1 March 2027', '$59.97']])
  t.equal((await rowsOf(shop, 'volume-chart-EUR')).length, 1)
  t.strictSame(await rowsOf(shop, 'success-chart'), [['3 March 2027', '100.0%'], ['1 March 2027', '100.0%']])
  t.match(partOf(await shop.visit('/'), 'payments-chart-card'), /^Payments by status 4 in 30 days/)

  const totals = () => [...shop.emulator.sandbox.payments.countByStatus()].sort()
  const before = totals()
  await shop.call('POST', '/_emulator/snapshots', { body: { name: 'before' } })
  await pay('failed')
  t.not(totals(), before)
  await shop.call('POST', '/_emulator/snapshots/before/restore')
  t.strictSame(totals(), before, 'a restore is counted again')
  await shop.call('POST', '/_emulator/clock', { body: { advance_ms: 40 * DAY_MS } })
  t.notMatch((await shop.visit('/')).html, 'payments-chart', 'the time shown follows the clock')
})

t.test('totals of more payments than are counted in memory', async t => {
  const shop = visitor(t)
  const { sandbox } = shop.emulator
  await Promise.all(Array.from({ length: RECENT_MAX + 6 }, () => shop.pay(paymentBody())))
  const counted = () => [...sandbox.payments.countByStatus()].sort()
  const [newest, oldest] = [0, RECENT_MAX + 5].map(offset => sandbox.payments.list({}, 1, offset)[0]?.payment_id)
  for (const id of [newest, oldest]) await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  const expected = [['requires_payment_method', RECENT_MAX + 4], ['succeeded', 2]]
  t.strictSame(counted(), expected)
  sandbox.forget()
  t.strictSame(counted(), expected, 'and counted again after a restart')
  t.strictSame(sandbox.payments.dailyTotals(0).length, 2, 'each total is one, of stored and newer payments')
})

t.test('requests by status', async t => {
  const shop = visitor(t)
  t.notMatch((await shop.visit('/dashboard/requests')).html, 'requests-chart')
  for (const path of ['/products', '/customers', '/payments/none']) await shop.call('GET', path)
  t.match(partOf(await shop.visit('/dashboard/requests'), 'requests-chart-card'), /^Requests by status 3 requests, 1 of them refused/)
})

t.test('a chart', async t => {
  const drawn = (values: Array<number | null>, more = {}) => chart({
    id: 'c',
    title: '<b>Title</b>',
    series: [{ name: 'a', kind: 'line' }],
    points: values.map((value, index) => ({ id: String(index), label: `${index}<`, texts: [value === null ? null : String(value)] })),
    ...more
  })
  for (const values of [[], [0], [5], [null, null], [-3, 4], [1e15, 0], [NaN]]) {
    t.notMatch(drawn(values), /Infinity|undefined/, JSON.stringify(values))
  }
  t.match(drawn([1, 2]), '&#60;b&#62;Title')
  t.match(drawn([-2, 2]), '<span class="lowest" aria-hidden="true">-2</span>')
  t.strictSame(bucketsOf([], () => 0), [])
  t.strictSame(bucketsOf([7, 7, 7], at => at).map(({ items }) => items.length), [3, 0, 0], 'of one instant')
  const many = bucketsOf(Array.from({ length: 1000 }, (_, index) => index * 1000), at => at)
  t.equal(many.length, 40)
  t.equal(many.flatMap(({ items }) => items).length, 1000, 'nothing is lost')
})

t.test('a chart without values', async t => {
  const points = ['a', 'b'].map(id => ({ id, label: id, texts: ['0'] }))
  const shown = (more: object) => chart({ id: 'x', title: 'Usage', series: [{ name: 'usage', kind: 'bar' }], points, ...more })
  t.match(shown({}), 'No data')
  t.notMatch(shown({}), 'class="high"', 'has no highest value')
  t.notMatch(shown({ threshold: { name: 'Free', value: '5' } }), 'No data')
  t.notMatch(shown({ points: [...points, { id: 'c', label: 'c', texts: ['3'] }] }), 'No data')
})
