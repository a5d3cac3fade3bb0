/** The states of a payout and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { invalid } from '../../errors.js'
import { lifecycle } from '../../rules/lifecycle.js'
import type { Payout } from './store.js'

export type PayoutAction = 'create' | 'start' | 'hold' | 'succeed' | 'fail'

type Subject = Pick<Payout, 'payout_id'> & { status: Payout['status'] | null }

interface PayoutTypes {
  state: Payout['status']
  action: PayoutAction
  event: EventType
  subject: Subject
  facts: unknown
}

const refusal = ({ payout_id: id, status }: Subject) =>
  invalid('status', `Payout ${id} is ${status}, and can't change to this status`)

export const payoutStates = lifecycle<PayoutTypes>({
  name: 'Payout',
  stateOf: ({ status }) => status,
  actions: {
    create: { text: 'Create the payout, by the cycle or the control API' },
    start: { text: 'Hand it to the bank, on the due date', refusal },
    hold: { text: 'Put it on hold for a review', refusal },
    succeed: { text: 'The bank has paid it', refusal },
    fail: { text: 'The bank refuses it, also after a success: the money returns to the balance', refusal }
  },
  transitions: [
    { on: 'create', from: null, to: 'not_initiated', events: ['payout.created'] },
    { on: 'start', from: ['not_initiated', 'on_hold', 'failed'], to: 'in_progress', events: ['payout.in_progress'] },
    { on: 'hold', from: ['not_initiated', 'in_progress'], to: 'on_hold', events: ['payout.on_hold'] },
    { on: 'succeed', from: ['in_progress', 'failed'], to: 'success', events: ['payout.success'] },
    { on: 'fail', from: ['not_initiated', 'in_progress', 'on_hold', 'success'], to: 'failed', events: ['payout.failed'] }
  ]
})
