/** Credit entitlements in the dashboard: the list, the forms, the page of each, and the balance of a customer with its chart. */
import t from 'tap'
import { partOf, problemOf, visitor } from './dashboard-visitor.js'

const LIST = '/dashboard/credit-entitlements'

t.test('creates, edits, deletes and undeletes a credit entitlement', async t => {
  const dashboard = visitor(t, { clock: '2026-02-01T09:00:00Z', clockFrozen: 'on' })
  t.match((await dashboard.visit(LIST)).text, 'No credit entitlements yet')
  const refused = await dashboard.send(`${LIST}/new`, 'save', { name: 'Tokens', unit: 'token', precision: '2', overage_enabled: 'yes' })
  t.equal(refused.status, 422)
  t.match(problemOf(refused, 'save-price_per_unit'), 'needs price_per_unit')
  const created = await dashboard.follow(`${LIST}/new`, 'save', {
    name: 'Tokens', unit: 'token', precision: '2', overage_enabled: 'yes', overage_limit: '50', price_per_unit: '0.5', currency: 'USD', rollover_enabled: 'yes', rollover_percentage: '75'
  })
  t.match(created.text, 'The credit entitlement was created.')
  t.match(partOf(created, 'overage'), /50[\s\S]*Forgive it at the renewal[\s\S]*0\.5 minor units of USD/)
  t.match(partOf(created, 'rollover'), /75%[\s\S]*without limit/)
  const { items: [item] } = await dashboard.get<{ items: Array<{ id: string }> }>('/credit-entitlements')
  const url = `${LIST}/${item?.id}`
  const saved = await dashboard.follow(`${url}/edit`, 'save', { name: 'Renamed', unit: 'token', price_per_unit: '', currency: '' })
  t.match(saved.text, 'The credit entitlement was updated.')
  t.match(await dashboard.get(`/credit-entitlements/${item?.id}`), { name: 'Renamed', precision: 2, overage_enabled: false, price_per_unit: null, rollover_percentage: null })
  t.match((await dashboard.follow(url, 'delete')).text, 'The credit entitlement was deleted.')
  t.match((await dashboard.visit(`${LIST}?deleted=true`)).text, 'Renamed')
  t.match((await dashboard.follow(url, 'undelete')).text, 'The credit entitlement is back.')
  t.equal((await dashboard.visit(`${LIST}/cde_x`)).status, 404)
})

t.test('a customer: balance, chart, ledger, grants, and an entry by hand', async t => {
  const dashboard = visitor(t, { clock: '2026-02-01T09:00:00Z', clockFrozen: 'on' })
  const { json } = await dashboard.call('POST', '/credit-entitlements', {
    body: { name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: true, price_per_unit: '1', currency: 'USD' }
  })
  const { id } = json as { id: string }
  const url = `${LIST}/${id}/cus_ada`
  t.match((await dashboard.visit(url)).text, 'The customer has had no credits yet.')
  t.notMatch((await dashboard.visit('/dashboard/customers/cus_ada')).html, `${LIST}/${id}`)
  const booked = await dashboard.follow(url, 'book', { entry_type: 'credit', amount: '100', reason: 'welcome' })
  t.match(booked.text, 'The balance was updated.')
  t.match(partOf(booked, 'balance'), '100 token')
  const refused = await dashboard.send(url, 'book', { entry_type: 'credit', amount: '1.5' })
  t.equal(refused.status, 422)
  t.match(problemOf(refused, 'book-amount'), 'at most 0 decimals')
  const after = await dashboard.follow(url, 'book', { entry_type: 'debit', amount: '130', reason: '<b>usage</b>' })
  t.match(partOf(after, 'ledger'), /−130[\s\S]*\+100/)
  t.notMatch(after.html, '<b>usage</b>')
  t.match(partOf(after, 'chart'), 'Balance in token: now 0, overage 30')
  t.match(partOf(after, 'chart-values'), /0 30 .* 100 0/)
  t.match(partOf(after, 'grants'), '0 of 100')
  t.match(partOf(await dashboard.visit('/dashboard/customers/cus_ada'), 'credits'), /Tokens[\s\S]*0 token[\s\S]*30/)
  t.match(partOf(await dashboard.visit(`${LIST}/${id}`), 'balances'), 'Ada')
  t.equal((await dashboard.visit(`${LIST}/${id}/cus_x`)).status, 404)
})

t.test('a product and a subscription show their credits, and the chart the threshold', async t => {
  const dashboard = visitor(t, { clock: '2026-02-01T09:00:00Z', clockFrozen: 'on' })
  const { json } = await dashboard.call('POST', '/credit-entitlements', {
    body: { name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false }
  })
  const { id } = json as { id: string }
  await dashboard.call('PATCH', '/products/pdt_pro_monthly', {
    body: { credit_entitlements: [{ credit_entitlement_id: id, credits_amount: '1000', low_balance_threshold_percent: 20 }] }
  })
  t.match(partOf(await dashboard.visit('/dashboard/products/pdt_pro_monthly'), 'credits'), /Tokens[\s\S]*1000 token/)
  const { json: sold } = await dashboard.call('POST', '/subscriptions', {
    body: { product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' } }
  })
  const { subscription_id: subscriptionId, payment_id: paymentId } = sold as { subscription_id: string, payment_id: string }
  await dashboard.call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { card: '4242424242424242' } })
  t.match(partOf(await dashboard.visit(`/dashboard/subscriptions/${subscriptionId}`), 'credits'), /Tokens[\s\S]*1000 token[\s\S]*off/)
  t.match(partOf(await dashboard.visit(`${LIST}/${id}/cus_ada`), 'chart'), 'Low balance: 200')
})
