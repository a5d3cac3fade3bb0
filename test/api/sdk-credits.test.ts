/** Credits through the official client over HTTP: entitlements, a plan, debits, the ledger, and events that it unwraps. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import DodoPayments from 'dodopayments'
import t from 'tap'
import { started } from './started.js'

t.test('the official client sells, uses and renews credits', async t => {
  const emulator = await started(t, { clock: { now: '2026-02-01T00:00:00Z', frozen: true } })
  const { client } = emulator
  const bodies: Array<{ text: string, headers: Record<string, string> }> = []
  const receiver = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', chunk => { text += chunk }).on('end', () => {
      bodies.push({ text, headers: request.headers as Record<string, string> })
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.teardown(() => { receiver.close() })
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const endpoint = await client.webhooks.create({ url })
  const { secret } = await client.webhooks.retrieveSecret(endpoint.id)

  const entitlement = await client.creditEntitlements.create({
    name: 'Tokens', unit: 'token', precision: 1, rollover_enabled: true, rollover_percentage: 75, overage_enabled: false
  })
  await client.creditEntitlements.update(entitlement.id, { description: 'For prompts' })
  t.match(await client.creditEntitlements.retrieve(entitlement.id), { description: 'For prompts', precision: 1 })
  const repeated = await client.creditEntitlements.create({
    name: 'Tokens', unit: 'token', precision: 1, rollover_enabled: false, overage_enabled: false
  }).catch(error => error)
  t.ok(repeated instanceof DodoPayments.UnprocessableEntityError)
  await client.products.update('pdt_pro_monthly', {
    credit_entitlements: [{ credit_entitlement_id: entitlement.id, credits_amount: '1000', low_balance_threshold_percent: 30 }]
  })
  const { subscription_id: id, payment_id: paymentId } = await client.subscriptions.create({
    product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
  })
  await emulator.pay(paymentId)
  const of = { credit_entitlement_id: entitlement.id }
  const debit = { ...of, entry_type: 'debit', amount: '800', idempotency_key: 'once' } as const
  t.match(await client.creditEntitlements.balances.createLedgerEntry('cus_ada', debit), { balance_before: '1000', balance_after: '200' })
  const conflict = await client.creditEntitlements.balances.createLedgerEntry('cus_ada', debit).catch(error => error)
  t.ok(conflict instanceof DodoPayments.ConflictError, 'not retried, and not booked again')
  const beyond = await client.creditEntitlements.balances.createLedgerEntry('cus_ada', { ...of, entry_type: 'debit', amount: '200.1' }).catch(error => error)
  t.ok(beyond instanceof DodoPayments.BadRequestError)
  await emulator.advance('28d')
  t.match(await client.creditEntitlements.balances.retrieve('cus_ada', of), { balance: '1150', overage: '0' })
  t.match(await client.subscriptions.retrieveCreditUsage(id), { items: [{ balance: '1150', overage_enabled: false, limit_reached: false, remaining_headroom: null }] })
  t.match((await client.subscriptions.retrieve(id)).credit_entitlement_cart, [{ credits_amount: '1000', remaining_balance: '1150' }])
  t.match((await client.customers.listCreditEntitlements('cus_ada')).items, [{ name: 'Tokens', balance: '1150' }])
  const types: string[] = []
  for await (const { transaction_type: type } of client.creditEntitlements.balances.listLedger('cus_ada', { ...of, page_number: 0, page_size: 2 })) types.push(type)
  t.strictSame(types, ['credit_added', 'credit_expired', 'credit_rolled_over', 'manual_adjustment', 'credit_added'])
  const sources: string[] = []
  for await (const { source_type: source } of client.creditEntitlements.balances.listGrants('cus_ada', { ...of, status: 'active', page_number: 0 })) sources.push(source)
  t.strictSame(sources, ['subscription', 'rollover'])

  await emulator.idle()
  const events = bodies.map(({ text, headers }) => client.webhooks.unwrap(text, { headers, key: secret }))
  const credits = events.filter(({ type }) => type.startsWith('credit.')).map(({ type, data }) => {
    const { payload_type: payload } = data as unknown as { payload_type: string }
    return `${type} ${payload}`
  })
  t.strictSame(credits.sort(), [
    'credit.added CreditLedgerEntry', 'credit.added CreditLedgerEntry', 'credit.balance_low CreditBalanceLow', 'credit.expired CreditLedgerEntry',
    'credit.manual_adjustment CreditLedgerEntry', 'credit.rolled_over CreditLedgerEntry'
  ])

  await client.creditEntitlements.delete(entitlement.id)
  const gone = await client.creditEntitlements.delete(entitlement.id).catch(error => error)
  t.equal(gone.status, 410)
  await client.creditEntitlements.undelete(entitlement.id)
  const names: string[] = []
  for await (const { name } of client.creditEntitlements.list({ page_number: 0 })) names.push(name)
  t.strictSame(names, ['Tokens'])
})
