/** Subscriptions in the dashboard: the list, the page, and its actions. */
import t from 'tap'
import { partOf, visitor, type Visitor } from './dashboard-visitor.js'

async function subscribe ({ call }: Visitor, body: object = {}): Promise<string> {
  const { json } = await call('POST', '/subscriptions', {
    body: { product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, ...body }
  })
  const { subscription_id: id, payment_id: paymentId } = json as { subscription_id: string, payment_id: string }
  await call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { card: '4242424242424242' } })
  return id
}

const open = (test: Parameters<typeof visitor>[0]) => visitor(test, { clock: '2026-01-31T09:00:00Z', clockFrozen: 'on' })

t.test('lists subscriptions with filters, and shows them on the page of a customer', async t => {
  const dashboard = open(t)
  t.match((await dashboard.visit('/dashboard/subscriptions')).text, 'No subscriptions yet')
  const id = await subscribe(dashboard)
  t.match((await dashboard.visit('/dashboard/subscriptions')).html, `id="row-${id}"`)
  t.match((await dashboard.visit('/dashboard/subscriptions?status=active&customer_id=cus_ada')).html, `id="row-${id}"`)
  t.match((await dashboard.visit('/dashboard/subscriptions?status=paused')).text, 'No matching subscriptions')
  t.match((await dashboard.visit('/dashboard/customers/cus_ada')).html, `/dashboard/subscriptions/${id}`)
  t.notMatch((await dashboard.visit('/dashboard/customers/cus_grace')).html, 'id="subscriptions"')
})

t.test('shows past and coming charges, and discount codes', async t => {
  const dashboard = open(t)
  const id = await subscribe(dashboard, { discount_codes: ['SAVE10'] })
  const { html, text } = await dashboard.visit(`/dashboard/subscriptions/${id}`)
  for (const type of ['payment.succeeded', 'subscription.active', 'subscription.renewed']) t.match(html, `>${type}</a>`)
  t.match(partOf(await dashboard.visit(`/dashboard/subscriptions/${id}`), 'timeline'), /payment\.succeeded \$10\.80/)
  t.match(text, /Renewal: \$\d+\.\d\d/)
  t.match(text, 'End of the term')
  t.match(text, 'SAVE10')
  t.match(html, '/dashboard/payments/pay_', 'its payments')
  t.equal((await dashboard.visit('/dashboard/subscriptions/sub_gone')).status, 404)
})

t.test('names every coming job', async t => {
  const dashboard = open(t)
  const id = await subscribe(dashboard, { trial_period_days: 30 })
  await dashboard.call('PATCH', '/_emulator/settings', { body: { grace_period: true, payment_retries: true } })
  const change = { product_id: 'pdt_pro_monthly', quantity: 2, proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date' }
  t.equal((await dashboard.call('POST', `/subscriptions/${id}/change-plan`, { body: change })).status, 200)
  const timeline = async () => partOf(await dashboard.visit(`/dashboard/subscriptions/${id}`), 'timeline')
  t.match(await timeline(), /Reminder of the renewal[^]*Scheduled plan change[^]*Renewal: /)
  await dashboard.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: { times: 1, error_code: 'INSUFFICIENT_FUNDS' } })
  await dashboard.call('POST', '/_emulator/clock', { body: { advance_ms: 30 * 86_400_000 } })
  const unpaid = await timeline()
  for (const name of ['Automatic retry', 'End of the grace period']) t.match(unpaid, name)
  t.notMatch(unpaid, /subscription\.(?:retry|end_grace|change_plan)/)
})

t.test('actions', async t => {
  const dashboard = open(t)
  const id = await subscribe(dashboard)
  const url = `/dashboard/subscriptions/${id}`
  const status = async () => (await dashboard.get<{ status: string }>(`/subscriptions/${id}`)).status
  const { text } = await dashboard.visit(url)
  t.match(text, 'Cancel subscription')
  t.notMatch(text, 'Cancel payment')
  t.match((await dashboard.follow(url, 'renew')).text, 'The subscription was renewed.')
  t.equal((await dashboard.get<{ items: unknown[] }>(`/payments?subscription_id=${id}`)).items.length, 2)
  await dashboard.follow(url, 'pause')
  t.equal(await status(), 'paused')
  t.notMatch((await dashboard.visit(url)).text, 'Renew now', 'a paused one does not renew')
  await dashboard.follow(url, 'resume')
  await dashboard.follow(url, 'cancel-at-date')
  t.match(await dashboard.get(`/subscriptions/${id}`), { cancel_at_next_billing_date: true })
  await dashboard.follow(url, 'undo')
  t.match(await dashboard.get(`/subscriptions/${id}`), { cancel_at_next_billing_date: false })
  await dashboard.follow(url, 'decline', { times: '1', error_code: 'INSUFFICIENT_FUNDS' })
  await dashboard.follow(url, 'renew')
  t.equal(await status(), 'on_hold')
  t.match((await dashboard.visit(url)).text, /\$12\.00 \(renewal\)/, 'what is owed')
  t.match((await dashboard.follow(url, 'update-method')).text, 'Payment', 'leads to the payment that replaces the method')
  await dashboard.follow(url, 'cancel')
  t.equal(await status(), 'cancelled')
  t.match((await dashboard.visit(url)).text, 'The subscription has ended.')
})

t.test('shows the recovery of a failed renewal', async t => {
  const dashboard = open(t)
  const id = await subscribe(dashboard)
  const url = `/dashboard/subscriptions/${id}`
  const move = async (now: string) => { await dashboard.call('POST', '/_emulator/clock', { body: { now } }) }
  t.notMatch((await dashboard.visit(url)).html, 'id="recovery"')
  await dashboard.call('PATCH', '/_emulator/settings', { body: { dunning: true, payment_retries: true } })
  await dashboard.follow(url, 'decline', { times: '2', error_code: 'INSUFFICIENT_FUNDS' })
  await move('2026-03-01T10:00:00Z')
  const failed = await dashboard.visit(url)
  t.match(partOf(failed, 'recovery'), /Amount due \$12\.00 \(renewal\) Attempts 2 Next automatic retry/)
  t.match(partOf(failed, 'recovery'), /Dunning recovering because it was on hold .*E-mails sent 1 of 4 Next e-mail/)
  t.match(failed.html, '2026-03-03T09:00:00', 'the next e-mail, on the third day')
  await dashboard.call('POST', `/_emulator/subscriptions/${id}/decline-next`, { body: { times: 0 } })
  await move('2026-03-06T10:00:00Z')
  t.match(partOf(await dashboard.visit(url), 'recovery'), /Dunning recovered .*Recovered by pay_/)
})

t.test('a change of plan is previewed and made', async t => {
  const dashboard = open(t)
  const id = await subscribe(dashboard)
  const price = {
    type: 'recurring_price',
    currency: 'USD',
    price: 5000,
    payment_frequency_count: 1,
    payment_frequency_interval: 'Month',
    subscription_period_count: 10,
    subscription_period_interval: 'Year'
  }
  const { json } = await dashboard.call('POST', '/products', { body: { name: 'Team', tax_category: 'saas', price } })
  const { product_id: product } = json as { product_id: string }
  const url = `/dashboard/subscriptions/${id}/change-plan`
  t.match((await dashboard.visit(`/dashboard/subscriptions/${id}`)).html, `href="${url}"`)
  const fields = { product_id: product, quantity: '2', proration_billing_mode: 'full_immediately', effective_at: 'immediately' }
  const preview = await dashboard.send(url, 'change', { ...fields, step: 'preview' })
  t.equal(preview.status, 200, preview.text)
  t.match(preview.text, '$100.00')
  t.match(preview.text, '2 × Team')
  t.match(await dashboard.get(`/subscriptions/${id}`), { product_id: 'pdt_pro_monthly' }, 'a preview changes nothing')
  const refused = await dashboard.send(url, 'change', { ...fields, quantity: 'many', addons: 'adn_x', step: 'preview' })
  t.equal(refused.status, 422)
  t.match(refused.html, 'id="change-quantity-problem"')
  const unknown = await dashboard.send(url, 'change', { ...fields, addons: 'adn_x 2', step: 'change' })
  t.match(unknown.text, 'there is no add-on adn_x')
  const later = { ...fields, effective_at: 'next_billing_date', step: 'change' }
  t.match((await dashboard.follow(url, 'change', later)).text, '2 × Team')
  await dashboard.follow(`/dashboard/subscriptions/${id}`, 'drop-change')
  t.match(await dashboard.get(`/subscriptions/${id}`), { scheduled_change: null })
  await dashboard.follow(url, 'change', { ...fields, step: 'change' })
  t.match(await dashboard.get(`/subscriptions/${id}`), { product_id: product, quantity: 2 })
})
