/**
 * Disputes, the balance and payouts as in a test of a user's project: the official client, the functions of the emulator, and the
 * schemas with which the published adapters check webhooks.
 */
import { WebhookPayloadSchema } from '@dodopayments/core/schemas'
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('works with the official client', async t => {
  const emulator = await start({ clock: { now: '2030-01-05T00:00:00Z', frozen: true } })
  t.teardown(() => emulator.close())
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })
  const sell = async (quantity = 1) => {
    const { payment_id: id } = await client.payments.create({
      billing: { country: 'ES' },
      customer: { email: 'ada@example.com', name: 'Ada' },
      product_cart: [{ product_id: 'pdt_ebook', quantity }]
    })
    await emulator.pay(id, { card: '4242424242424242' })
    return id
  }

  t.test('disputes', async t => {
    const paymentId = await sell()
    const opened = await emulator.openDispute(paymentId, { reason: 'duplicate', remarks: 'Charged twice' })
    t.strictSame(await client.disputes.retrieve(opened.dispute_id), opened)
    t.match(await client.payments.retrieve(paymentId), { disputes: [{ dispute_id: opened.dispute_id, dispute_status: 'dispute_opened' }] })
    await emulator.settleDispute(opened.dispute_id, 'challenged')
    t.match(await emulator.settleDispute(opened.dispute_id, 'won', { remarks: 'Two orders' }), {
      dispute_status: 'dispute_won', remarks: 'Two orders'
    })
    const listed: string[] = []
    for await (const item of client.disputes.list({ dispute_status: 'dispute_won', dispute_stage: 'dispute' })) listed.push(item.dispute_id)
    t.strictSame(listed, [opened.dispute_id])
    const missing = await client.disputes.retrieve('dp_no').catch(error => error)
    t.ok(missing instanceof DodoPayments.NotFoundError)
  })

  t.test('every event of a dispute passes the schema of the adapters', async t => {
    const paths = [['challenged', 'won', 'opened', 'lost'], ['accepted'], ['cancelled'], []] as const
    for (const path of paths) {
      const { dispute_id: id } = await emulator.openDispute(await sell())
      for (const status of path) await emulator.settleDispute(id, status)
    }
    await emulator.advance('10d')
    const events = (await emulator.events()).filter(({ type }) => type.startsWith('dispute.'))
    const types = ['opened', 'challenged', 'accepted', 'cancelled', 'expired', 'won', 'lost'].map(status => `dispute.${status}`)
    t.strictSame(new Set(events.map(({ type }) => type)), new Set(types))
    for (const { body, type } of events) {
      const parsed = WebhookPayloadSchema.safeParse(body)
      t.ok(parsed.success, `${type} ${JSON.stringify(parsed.error?.issues)}`)
    }
  })

  t.test('the balance', async t => {
    const paymentId = await sell(2)
    const rows: string[] = []
    for await (const { event_type: type, amount, is_credit: adds } of client.balances.retrieveLedger({ reference_object_id: paymentId })) {
      rows.push(`${type} ${adds ? '+' : '-'}${amount}`)
    }
    t.strictSame(rows, ['payment_fees -307', 'tax -840', 'payment +4838'])
    const entry = await emulator.bookLedgerEntry({ event_type: 'adjustment', amount: 100_000, description: 'Start' })
    t.match(entry, { is_credit: true, description: 'Start' })
    const [wallet] = await emulator.balances()
    t.equal(wallet?.balance, entry.after_balance)
    t.match(await emulator.explain(paymentId), { fee: { total: 307 }, ledger: [{}, {}, {}] })
  })

  t.test('payouts, with events that pass the schema of the adapters', async t => {
    const held = await emulator.createPayout({ amount: 6000, status: 'on_hold' })
    await emulator.settlePayout(held.payout_id, 'failed', 'The account is closed')
    const paid = await emulator.createPayout({ name: 'January', status: 'success' })
    const listed = []
    for await (const item of client.payouts.list()) listed.push(item)
    t.match(listed, [{ payout_id: paid.payout_id, status: 'success', name: 'January' }, { payout_id: held.payout_id, status: 'failed' }])
    const breakup = await client.payouts.breakup.retrieve(paid.payout_id)
    t.equal(breakup.reduce((sum, { total }) => sum + total, 0), paid.amount)
    let entries = 0
    for await (const { payout_currency_amount: value } of client.payouts.breakup.details.list(paid.payout_id, {
      page_number: 0
    })) entries += value
    t.equal(entries, paid.amount + paid.fee)
    const csv = await client.payouts.breakup.details.downloadCsv(paid.payout_id)
    t.match(csv, /^Ledger ID,Event Type,/)
    const document = await client.invoices.payments.retrievePayout(paid.payout_id)
    t.equal(document.headers.get('content-type'), 'application/pdf')
    const events = (await emulator.events()).filter(({ type }) => type.startsWith('payout.'))
    const types = ['created', 'in_progress', 'on_hold', 'failed', 'success'].map(status => `payout.${status}`)
    t.strictSame(new Set(events.map(({ type }) => type)), new Set(types))
    for (const { body, type } of events) {
      const parsed = WebhookPayloadSchema.safeParse(body)
      t.ok(parsed.success, `${type} ${JSON.stringify(parsed.error?.issues)}`)
    }
  })
})
