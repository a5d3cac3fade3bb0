/** Meters and usage events in the dashboard: the chart, the lists and their filters. */
import t from 'tap'
import { createMeter, event, meteredPlan, send } from '../resources/usage-calls.js'
import { visitor } from './dashboard-visitor.js'

const NOW = '2026-04-10T12:00:00Z'

t.test('lists meters, and archives them', async t => {
  const dashboard = visitor(t, { clock: NOW, clockFrozen: 'on' })
  t.match((await dashboard.visit('/dashboard/meters')).text, 'No meters yet')
  const { id } = await createMeter(dashboard, { aggregation: { type: 'sum', key: 'tokens' } })
  t.match((await dashboard.visit('/dashboard/meters')).text, 'sum of tokens')
  const url = `/dashboard/meters/${id}`
  t.match((await dashboard.follow(url, 'archive')).text, 'The meter was archived.')
  t.match((await dashboard.visit('/dashboard/meters?archived=true')).html, `id="row-${id}"`)
  await dashboard.follow(url, 'unarchive')
  t.match((await dashboard.visit('/dashboard/meters')).html, `id="row-${id}"`)
  t.equal((await dashboard.visit('/dashboard/meters/mtr_gone')).status, 404)
})

t.test('charts the usage of all customers, and that of one with the free units', async t => {
  const dashboard = visitor(t, { clock: '2026-04-08T12:00:00Z', clockFrozen: 'on' })
  const { id } = await createMeter(dashboard, { aggregation: { type: 'sum', key: 'n' } })
  const product = await meteredPlan(dashboard, 1000, [{ meter_id: id, free_threshold: 25, price_per_unit: '1' }])
  const { json } = await dashboard.call('POST', '/subscriptions', {
    body: { product_id: product, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' } }
  })
  await dashboard.call('POST', `/_emulator/payments/${(json as { payment_id: string }).payment_id}/pay`, { body: { outcome: 'succeeded' } })
  await dashboard.call('POST', '/_emulator/clock', { body: { now: NOW } })
  await send(dashboard, [
    event({ metadata: { n: 10.5 } }), event({ metadata: { n: 20 } }), event({ customer_id: 'cus_grace', metadata: { n: 4 } })
  ])
  const all = await dashboard.visit(`/dashboard/meters/${id}`)
  t.match(all.text, 'Usage from 2026-03-12 to 2026-04-10')
  t.match(all.html, /id="row-chart-2026-04-10">.*?34\.5/s, 'the table has the exact numbers')
  t.equal((/class="bar accent" d="([^"]*)"/.exec(all.html)?.[1] ?? '').split('M').length - 1, 1, 'a bar for each day with usage')
  t.notMatch(all.html, 'data-testid="threshold"')
  const one = await dashboard.visit(`/dashboard/meters/${id}?customer_id=cus_ada`)
  t.match(one.text, 'Usage in the cycle since 2026-04-08')
  t.match(one.html, 'data-testid="threshold"')
  t.match(one.html, /id="row-chart-2026-04-10">.*?30\.5/s)
  t.match((await dashboard.visit(`/dashboard/meters/${id}?customer_id=cus_none`)).html, 'class="chart"', 'an unknown customer has no usage')
})

t.test('lists events with filters', async t => {
  const dashboard = visitor(t, { clock: NOW, clockFrozen: 'on' })
  t.match((await dashboard.visit('/dashboard/events')).text, 'No usage events yet')
  await send(dashboard, [event({ event_id: 'a/b', metadata: { region: '<eu>' } }), event({ event_id: 'other', event_name: 'login' })])
  const rows = async (query: string) =>
    [...(await dashboard.visit(`/dashboard/events?${query}`)).html.matchAll(/id="row-([^"]+)"/g)].map(([, id]) => id)
  t.strictSame(await rows(''), ['other', 'a/b'])
  t.strictSame(await rows('event_name=login'), ['other'])
  t.strictSame(await rows('customer_id=cus_grace'), [])
  t.strictSame(await rows('from=2026-04-10&until=2026-04-10'), ['other', 'a/b'])
  t.strictSame(await rows('until=2026-04-09'), [])
  const { id } = await createMeter(dashboard)
  t.strictSame(await rows(`meter_id=${id}`), ['a/b'])
  const page = await dashboard.visit('/dashboard/events/a%2Fb')
  t.equal(page.status, 200)
  t.notMatch(page.html, '<eu>', 'metadata is escaped')
})
