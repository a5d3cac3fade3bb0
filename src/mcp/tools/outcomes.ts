/** Tools that act as the customer, the bank or the payment service: they pay, refund, dispute, deliver and pay out. */
import { withEvents } from '../events.js'
import { bodyInput, input, oneOf, text } from '../schemas.js'
import { invalidArgument, type Item, type ItemList, type Session } from '../session.js'
import { tool } from '../tool.js'

interface PayGiven { payment_id?: string, session_id?: string, [field: string]: unknown }

const pay = tool<PayGiven>({
  name: 'pay',
  title: 'Pay as the customer',
  description: 'Completes a checkout session or a payment as its customer would, with a test card or an outcome. Without both, ' +
    'it succeeds. Returns the payment, the events, and the URL to which the customer returns.',
  effect: 'changes',
  isCore: true,
  input: bodyInput('POST /_emulator/checkouts/{session_id}/pay', {
    payment_id: text('The payment to pay. Give this or session_id.'), session_id: text('The checkout session to complete.')
  }, []),
  async run ({ payment_id: paymentId, session_id: sessionId, ...body }, session) {
    if ((paymentId === undefined) === (sessionId === undefined)) {
      throw invalidArgument('payment_id', 'and session_id exclude each other: give one of them')
    }
    const chosen = body['card'] === undefined && body['outcome'] === undefined ? { ...body, outcome: 'succeeded' } : body
    const path = sessionId === undefined ? `/payments/${id(paymentId)}/pay` : `/checkouts/${id(sessionId)}/pay`
    const { result: payment, events } = await withEvents(session, () => session.control(path, { body: chosen }))
    return { payment, events, return_url: await returnUrl(session, { sessionId, payment }) }
  }
})

const id = (value: string | undefined) => encodeURIComponent(value ?? '')

interface Paid { sessionId: string | undefined, payment: Item }

/** The URL that the program gave for the return of the customer; null if it gave none. */
async function returnUrl (session: Session, { sessionId, payment }: Paid): Promise<unknown> {
  if (sessionId !== undefined) return (await session.control(`/checkouts/${id(sessionId)}`))['return_url'] ?? null
  const query = { payment_id: String(payment['payment_id']), page_size: 100 }
  const { items } = await session.control<ItemList>('/requests', { query }).catch(() => ({ items: [] as Item[] }))
  const urls = items.map(({ request_body: body }) => (body as { json?: Item | null } | null)?.json?.['return_url'])
  return urls.find(url => typeof url === 'string') ?? null
}

const settleRefund = tool<{ refund_id: string, status: string }>({
  name: 'settle_refund',
  title: 'Decide a refund',
  description: 'Decides how a pending refund ends. Returns the refund and the events.',
  effect: 'changes',
  isCore: false,
  input: bodyInput('POST /_emulator/refunds/{refund_id}/settle', { refund_id: text('The refund.') }),
  async run ({ refund_id: refundId, ...body }, session) {
    const path = `/refunds/${id(refundId)}/settle`
    const { result: refund, events } = await withEvents(session, () => session.control(path, { body }))
    return { refund, events }
  }
})

/** A dispute with its events and the entries of the ledger about it. */
async function disputed (session: Session, act: () => Promise<Item>): Promise<object> {
  const { result: dispute, events } = await withEvents(session, act)
  const query = { reference_object_id: String(dispute['dispute_id']), page_size: 100 }
  const { items: ledger } = await session.read<ItemList>('/balances/ledger', query)
  return { dispute, events, ledger }
}

const openDispute = tool<{ payment_id: string }>({
  name: 'open_dispute',
  title: 'Open a dispute',
  description: "Opens a dispute of a payment, as the customer's bank does. Returns it with the events and the ledger entries.",
  effect: 'changes',
  isCore: false,
  input: bodyInput('POST /_emulator/payments/{payment_id}/dispute', { payment_id: text('The disputed payment.') }),
  run: ({ payment_id: paymentId, ...body }, session) =>
    disputed(session, () => session.control(`/payments/${id(paymentId)}/dispute`, { body }))
})

const settleDispute = tool<{ dispute_id: string }>({
  name: 'settle_dispute',
  title: 'Decide a dispute',
  description: 'Changes the status of a dispute. Returns the dispute, the events and the ledger entries.',
  effect: 'changes',
  isCore: false,
  input: bodyInput('POST /_emulator/disputes/{dispute_id}/settle', { dispute_id: text('The dispute.') }),
  run: ({ dispute_id: disputeId, ...body }, session) =>
    disputed(session, () => session.control(`/disputes/${id(disputeId)}/settle`, { body }))
})

/** The fields that belong to each action. */
const GRANT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  accept: ['account'], deliver: ['key'], fail: ['error_code', 'error_message'], revoke: ['reason'], restore: []
}

const grantAction = tool<{ grant_id: string, action: string, [field: string]: string | undefined }>({
  name: 'grant_action',
  title: 'Change a grant',
  description: 'Acts on a grant of an entitlement: the customer accepts it, or it is delivered, fails, is revoked or is ' +
    'restored. Returns the grant and the events.',
  effect: 'changes',
  isCore: false,
  input: input({
    grant_id: text('The grant.'),
    action: oneOf(Object.keys(GRANT_FIELDS), 'What happens to it.'),
    account: text('accept: the account that the customer connects.'),
    key: text('deliver: the text of the licence key.'),
    error_code: text('fail: the reason.'),
    error_message: text('fail: the text of the reason.'),
    reason: text('revoke: the reason, such as refund or manual.')
  }, ['grant_id', 'action']),
  async run ({ grant_id: grantId, action, ...fields }, session) {
    const foreign = Object.keys(fields).find(field => !GRANT_FIELDS[action]?.includes(field))
    if (foreign !== undefined) {
      throw invalidArgument(foreign, `does not belong to the action ${action}: leave it out`)
    }
    const call = action === 'restore' ? { method: 'POST' as const } : { body: fields }
    const { result: grant, events } = await withEvents(session, () => session.control(`/grants/${id(grantId)}/${action}`, call))
    return { grant, events }
  }
})

const createPayout = tool<object>({
  name: 'create_payout',
  title: 'Pay out the balance',
  description: 'Pays out the balance of the business. Returns the payout and the events.',
  effect: 'changes',
  isCore: false,
  input: bodyInput('POST /_emulator/payouts'),
  async run (body, session) {
    const { result: payout, events } = await withEvents(session, () => session.control('/payouts', { body }))
    return { payout, events }
  }
})

const settlePayout = tool<{ payout_id: string }>({
  name: 'settle_payout',
  title: 'Decide a payout',
  description: 'Changes the status of a payout. Returns the payout and the events.',
  effect: 'changes',
  isCore: false,
  input: bodyInput('POST /_emulator/payouts/{payout_id}/settle', { payout_id: text('The payout.') }),
  async run ({ payout_id: payoutId, ...body }, session) {
    const path = `/payouts/${id(payoutId)}/settle`
    const { result: payout, events } = await withEvents(session, () => session.control(path, { body }))
    return { payout, events }
  }
})

export const outcomeTools = [pay, settleRefund, openDispute, settleDispute, grantAction, createPayout, settlePayout]
