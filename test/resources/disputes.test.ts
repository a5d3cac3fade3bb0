/** Disputes: reads, the control operations, the events, the clock, refunds, fixtures, the dashboard. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { paymentBody, type Refusal } from '../helper.js'
import { openBank, type Bank, type Dispute } from './dispute-calls.js'

type Item = Schemas['ListDisputeResponse']
type Payment = Required<Schemas['PaymentResponse']>

async function ids ({ get }: Bank, query = ''): Promise<string[]> {
  const { items } = await get<{ items: Item[] }>(`/disputes${query}`)
  return items.map(({ dispute_id: id }) => id)
}

t.test('answers', async t => {
  t.test('returns a dispute with the customer and the brand of its payment', async t => {
    const bank = await openBank(t)
    const paymentId = await bank.paid()
    const payment = await bank.get<Payment>(`/payments/${paymentId}`)
    const dispute = await bank.dispute(paymentId, { amount: 7, reason: 'product_not_received', remarks: 'A note' })
    t.match(dispute.dispute_id, /^dp_/)
    t.strictSame(await bank.get(`/disputes/${dispute.dispute_id}`), dispute)
    t.match(dispute, {
      payment_id: paymentId,
      amount: '7',
      currency: payment.currency,
      dispute_status: 'dispute_opened',
      dispute_stage: 'dispute',
      is_resolved_by_rdr: false,
      reason: 'product_not_received',
      remarks: 'A note',
      customer: payment.customer,
      brand_id: payment.brand_id
    })
  })

  t.test('disputes the amount that is not refunded, by default', async t => {
    const bank = await openBank(t)
    const paymentId = await bank.paid()
    const { total_amount: total } = await bank.get<Payment>(`/payments/${paymentId}`)
    const items = [{ item_id: 'pdt_ebook', amount: 100 }]
    await bank.done('POST', '/refunds', { payment_id: paymentId, items })
    await bank.move({ advance_ms: 2000 })
    t.match(await bank.dispute(paymentId), { amount: String(total - 100), reason: 'fraudulent' })
  })

  t.test('lists disputes newest first, with all filters', async t => {
    const bank = await openBank(t)
    const [ofAda, ofGrace] = [
      await bank.paid({ customer: { customer_id: 'cus_ada' } }), await bank.paid({ customer: { customer_id: 'cus_grace' } })
    ]
    const { dispute_id: first } = await bank.dispute(ofAda)
    await bank.move({ now: '2030-01-03T00:00:00Z' })
    const { dispute_id: second } = await bank.dispute(ofGrace, { stage: 'pre_dispute' })
    await bank.settle(second, 'challenged')
    t.strictSame(await ids(bank), [second, first])
    t.strictSame(await ids(bank, '?customer_id=cus_ada'), [first])
    t.strictSame(await ids(bank, '?customer_id=cus_nobody'), [])
    t.strictSame(await ids(bank, '?dispute_status=dispute_opened'), [first])
    t.strictSame(await ids(bank, '?dispute_status=dispute_challenged'), [second])
    t.strictSame(await ids(bank, '?dispute_stage=dispute'), [first])
    t.strictSame(await ids(bank, '?dispute_stage=pre_dispute&dispute_status=dispute_challenged'), [second])
    t.strictSame(await ids(bank, '?created_at_gte=2030-01-02T00:00:00Z'), [second])
    t.strictSame(await ids(bank, '?created_at_lte=2030-01-02T00:00:00Z&customer_id=cus_ada'), [first])
    t.strictSame(await ids(bank, '?page_size=1&page_number=1'), [first])
    t.match(await bank.call('GET', '/disputes?dispute_status=opened'), { status: 422, json: { code: 'INVALID_QUERY_PARAMS' } })
  })

  t.test('fixtures', async t => {
    const bank = await openBank(t)
    const payment = { ...paymentBody(), payment_id: 'pay_chosen', outcome: 'succeeded' }
    const changes = [{ status: 'challenged' }, { status: 'won' }]
    const body = { payments: [payment], disputes: [{ payment_id: 'pay_chosen', dispute_id: 'dp_chosen', amount: 5, changes }] }
    const { status, json, text } = await bank.call('POST', '/_emulator/load', { body })
    t.equal(status, 200, text)
    t.match(json, { disputes: ['dp_chosen'] })
    t.match(await bank.get('/disputes/dp_chosen'), { amount: '5', payment_id: 'pay_chosen', dispute_status: 'dispute_won' })
    t.strictSame(await ids(bank, '?customer_id=cus_ada'), ['dp_chosen'], 'of a payment whose id was chosen')
    const missing = await bank.call('POST', '/_emulator/load', { body: { disputes: [{ payment_id: 'pay_no' }] } })
    t.match(missing, { status: 422, json: { details: [{ path: 'disputes[0].payment_id' }] } })
  })
})

t.test('refuses', async t => {
  const bank = await openBank(t)
  const refused = async (path: string, body: object, message: RegExp, where: string | null) => {
    const before = bank.stored()
    const { status, json } = await bank.call('POST', path, { body })
    t.match({ status, json }, { status: 422, json: { message } })
    if (where !== null) t.strictSame((json as Refusal).details?.map(({ path }) => path), [where])
    t.strictSame(bank.stored(), before, 'nothing was stored')
  }
  const { payment_id: unpaid } = await bank.pay(paymentBody())
  const free = await bank.paid({ product_cart: [{ product_id: 'pdt_ebook', quantity: 0 }] }, { outcome: 'succeeded' })
  const paid = await bank.paid()
  const { total_amount: total } = await bank.get<Payment>(`/payments/${paid}`)
  await refused(`/_emulator/payments/${unpaid}/dispute`, {}, /is requires_payment_method: only a succeeded/, 'payment_id')
  await refused(`/_emulator/payments/${free}/dispute`, {}, /was free/, 'payment_id')
  await refused(`/_emulator/payments/${paid}/dispute`, { amount: total + 1 }, /^amount must be at most/, 'amount')
  await refused(`/_emulator/payments/${paid}/dispute`, { amount: 0 }, /amount/, 'amount')
  await refused(`/_emulator/payments/${paid}/dispute`, { colour: 1 }, /colour/, null)
  t.match(await bank.call('POST', '/_emulator/payments/pay_no/dispute', { body: {} }), { status: 404, json: { code: 'NOT_FOUND' } })
  t.match(await bank.call('GET', '/disputes/nothing'), { status: 404, json: { message: /there is no dispute nothing/ } })

  const { dispute_id: id } = await bank.dispute(paid)
  await refused(`/_emulator/payments/${paid}/dispute`, {}, new RegExp(`${id} of payment .* dispute_opened`), 'payment_id')
  t.match(await bank.dispute(paid, { force: true }), { dispute_status: 'dispute_opened' }, 'unless it is forced')
  await refused(`/_emulator/disputes/${id}/settle`, { status: 'won', stage: 'pre_dispute' }, /can't return to pre_dispute/, 'stage')
  await refused(`/_emulator/disputes/${id}/settle`, { status: 'opened', stage: 'dispute' }, /already dispute_opened/, 'stage')

  const refunded = await bank.paid()
  await bank.done('POST', '/refunds', { payment_id: refunded })
  await bank.move({ advance_ms: 2000 })
  await refused(`/_emulator/payments/${refunded}/dispute`, {}, /is fully refunded/, 'payment_id')
  t.match(await bank.dispute(refunded, { force: true }), { amount: String(total) })

  const mastercard = await bank.paid({}, { card: '5555555555554444' })
  await refused(`/_emulator/payments/${mastercard}/dispute`, { rdr: true }, /only to payments with a Visa card/, 'rdr')
  const large = await bank.paid({ product_cart: [{ product_id: 'pdt_ebook', quantity: 20 }] })
  await refused(`/_emulator/payments/${large}/dispute`, { rdr: true }, /amounts up to \$100/, 'rdr')
})

const STATES = ['opened', 'challenged', 'accepted', 'expired', 'cancelled', 'won', 'lost'] as const

/** The states that can follow each state. `opened` from `opened` needs a later stage. */
const NEXT: Record<typeof STATES[number], ReadonlyArray<typeof STATES[number]>> = {
  opened: ['opened', 'challenged', 'accepted', 'expired', 'cancelled', 'won', 'lost'],
  challenged: ['accepted', 'cancelled', 'won', 'lost'],
  accepted: [],
  expired: [],
  cancelled: [],
  won: ['opened'],
  lost: []
}

t.test('each state allows exactly the transitions of the table, and each transition sends its event', async t => {
  const bank = await openBank(t)
  const paymentId = await bank.paid()
  for (const from of STATES) {
    for (const to of STATES) {
      const { dispute_id: id } = await bank.dispute(paymentId, { force: true, amount: 1 })
      if (from !== 'opened') await bank.settle(id, from)
      const before = await bank.get<Dispute>(`/disputes/${id}`)
      const events = await bank.eventsOf(id)
      const body = to === 'opened' ? { status: to, stage: 'pre_arbitration' } : { status: `dispute_${to}` }
      const { status, json, text } = await bank.call('POST', `/_emulator/disputes/${id}/settle`, { body })
      t.equal(status === 200, NEXT[from].includes(to), `${from} to ${to}: ${text}`)
      if (status === 200) {
        t.match(json, { dispute_status: `dispute_${to}`, dispute_stage: to === 'opened' ? 'pre_arbitration' : 'dispute' })
        t.strictSame(await bank.eventsOf(id), [...events, `dispute.${to}`])
      } else {
        t.match({ status, json }, { status: 422, json: { details: [{ path: 'status' }] } })
        t.strictSame(await bank.get(`/disputes/${id}`), before)
      }
    }
  }
})

t.test('what follows', async t => {
  t.test('events contain the whole dispute, and can be filtered by customer and payment', async t => {
    const bank = await openBank(t)
    const paymentId = await bank.paid({ customer: { customer_id: 'cus_ada' } })
    const dispute = await bank.dispute(paymentId)
    for (const link of ['customer_id=cus_ada', `payment_id=${paymentId}`, `subject_id=${dispute.dispute_id}`]) {
      const { items } = await bank.get<{ items: Array<{ type: string }> }>(`/_emulator/events?${link}`)
      const opened = items.filter(({ type }) => type === 'dispute.opened')
      t.match(opened, [{ body: { data: { ...dispute, payload_type: 'Dispute' } } }], link)
    }
  })

  t.test('the payment lists its disputes, newest first, and updated_at changes', async t => {
    const bank = await openBank(t)
    const paymentId = await bank.paid()
    const listed = async () =>
      (await bank.get<{ items: Array<{ dispute_status: string | null }> }>('/payments')).items[0]?.dispute_status
    t.equal(await listed(), null)
    t.match(await bank.get(`/payments/${paymentId}`), { updated_at: null, disputes: [] })
    const { dispute_id: first } = await bank.dispute(paymentId, { amount: 1 })
    await bank.settle(first, 'won')
    const { dispute_id: second } = await bank.dispute(paymentId, { amount: 2 })
    t.match(await bank.get(`/payments/${paymentId}`), {
      status: 'succeeded',
      updated_at: '2030-01-01T00:00:00.000000Z',
      disputes: [{ dispute_id: second, amount: '2' }, { dispute_id: first, dispute_status: 'dispute_won' }]
    })
    t.equal(await listed(), 'dispute_opened')
  })

  t.test('a dispute without a response expires when the clock reaches its due date', async t => {
    const bank = await openBank(t)
    const paymentId = await bank.paid()
    const opened = async () => (await bank.dispute(paymentId, { force: true })).dispute_id
    const [unanswered, challenged, won] = [await opened(), await opened(), await opened()]
    await bank.settle(challenged, 'challenged')
    await bank.settle(won, 'won')
    await bank.move({ now: '2030-01-10T23:59:59Z' })
    t.match(await bank.get(`/disputes/${unanswered}`), { dispute_status: 'dispute_opened' })
    await bank.settle(won, 'opened')
    await bank.move({ now: '2030-01-11T00:00:00Z' })
    t.match(await bank.get(`/disputes/${unanswered}`), { dispute_status: 'dispute_expired' })
    t.strictSame(await bank.eventsOf(unanswered), ['dispute.opened', 'dispute.expired'])
    t.match(await bank.get(`/disputes/${challenged}`), { dispute_status: 'dispute_challenged' })
    t.match(await bank.get(`/disputes/${won}`), { dispute_status: 'dispute_opened' }, 'reopening begins the window again')
    await bank.change({ 'disputes.window_days': 2 })
    const short = await opened()
    await bank.change({ 'disputes.window_days': null })
    const endless = await opened()
    await bank.move({ advance_ms: 60 * 86_400_000 })
    t.match(await bank.get(`/disputes/${short}`), { dispute_status: 'dispute_expired' })
    t.match(await bank.get(`/disputes/${won}`), { dispute_status: 'dispute_expired' })
    t.match(await bank.get(`/disputes/${endless}`), { dispute_status: 'dispute_opened' })
  })

  t.test('a dispute that is resolved by RDR is lost immediately', async t => {
    const bank = await openBank(t)
    const paymentId = await bank.paid()
    const both = await bank.dispute(paymentId, { rdr: true, amount: 100 })
    t.match(both, { dispute_status: 'dispute_lost', is_resolved_by_rdr: true })
    t.strictSame(await bank.eventsOf(both.dispute_id), ['dispute.opened', 'dispute.lost'])
    await bank.change({ 'disputes.rdr_events': 'lost_only' })
    const { dispute_id: id } = await bank.dispute(paymentId, { rdr: true, amount: 100 })
    t.strictSame(await bank.eventsOf(id), ['dispute.lost'])
  })

  t.test('refunds of a disputed payment cannot succeed', async t => {
    const bank = await openBank(t)
    const refund = (id: string) => bank.done<{ refund_id: string }>('POST', '/refunds', { payment_id: id, reason: 'Sorry' })
    for (const [status, allows] of [
      ['opened', false], ['challenged', false], ['lost', false], ['accepted', false], ['expired', false],
      ['won', true], ['cancelled', true]
    ] as const) {
      const paymentId = await bank.paid()
      const { dispute_id: id } = await bank.dispute(paymentId, { amount: 5 })
      if (status !== 'opened') await bank.settle(id, status)
      const { refund_id: refundId } = await refund(paymentId)
      const settled = await bank.call('POST', `/_emulator/refunds/${refundId}/settle`, { body: { status: 'review' } })
      t.equal(settled.status, 200, 'under review while disputed')
      const decided = await bank.call('POST', `/_emulator/refunds/${refundId}/settle`, { body: { status: 'succeeded' } })
      t.equal(decided.status, allows ? 200 : 422, `${status}: ${decided.text}`)
      const other = await bank.paid()
      const { dispute_id: otherId } = await bank.dispute(other)
      if (status !== 'opened') await bank.settle(otherId, status)
      const { refund_id: waiting } = await refund(other)
      await bank.move({ advance_ms: 2000 })
      t.match(await bank.get(`/refunds/${waiting}`), allows
        ? { status: 'succeeded', reason: 'Sorry' }
        : { status: 'failed', reason: `Sorry (failed: the payment is disputed (${otherId}))` }, status)
      t.strictSame(await bank.eventsOf(waiting), [allows ? 'refund.succeeded' : 'refund.failed'])
    }
  })
})
