/** The states of a refund and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { invalid } from '../../errors.js'
import { lifecycle } from '../../rules/lifecycle.js'
import type { Refund } from './store.js'

type Subject = Pick<Refund, 'refund_id' | 'status'>

/** A dispute of the payment that makes refunds fail; null if there is none. */
export interface RefundFacts {
  dispute: string | null
}

interface RefundTypes {
  state: Refund['status']
  action: 'create' | 'fall due' | 'settle'
  event: EventType
  subject: Subject
  facts: RefundFacts
}

/** States before the bank's decision. */
const WAITING = ['pending', 'review'] as const

const hasEnded = ({ refund_id: id, status }: Subject) =>
  invalid('refund_id', `Refund ${id} is ${status} and can no longer change`)

const isDisputed = { text: 'the payment is disputed', holds: (_: Subject, { dispute }: RefundFacts) => dispute !== null }

export const refundStates = lifecycle<RefundTypes>({
  name: 'Refund',
  stateOf: ({ status }) => status,
  actions: {
    create: { text: 'Create the refund' },
    'fall due': { text: 'The --refund-delay elapses' },
    settle: { text: 'Settle the refund through the control API', refusal: hasEnded }
  },
  transitions: [
    { on: 'create', from: null, to: 'pending' },
    { on: 'fall due', from: 'pending', to: 'failed', if: isDisputed, events: ['refund.failed'] },
    { on: 'fall due', from: 'pending', to: 'succeeded', events: ['refund.succeeded'] },
    { on: 'settle', from: WAITING, to: 'review' },
    { on: 'settle', from: WAITING, to: 'succeeded', events: ['refund.succeeded'] },
    { on: 'settle', from: WAITING, to: 'failed', events: ['refund.failed'] }
  ]
})
