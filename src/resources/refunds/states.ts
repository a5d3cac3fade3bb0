/** The states of a refund, and what leads from one to another. What a transition does besides is in life.ts. */
import type { EventType } from '../../delivery/catalogue.js'
import { invalid } from '../../errors.js'
import { lifecycle } from '../../rules/lifecycle.js'
import type { Refund } from './store.js'

type Subject = Pick<Refund, 'refund_id' | 'status'>

interface RefundTypes {
  state: Refund['status']
  action: 'create' | 'fall due' | 'settle'
  event: EventType
  subject: Subject
  facts: unknown
}

/** States that wait for the bank's decision. */
const WAITING = ['pending', 'review'] as const

const hasEnded = ({ refund_id: id, status }: Subject) => invalid('refund_id', `Refund ${id} is ${status}: it has ended`)

export const refundStates = lifecycle<RefundTypes>({
  name: 'Refund',
  stateOf: ({ status }) => status,
  actions: {
    create: { text: 'Create it' },
    'fall due': { text: 'The delay of --refund-delay is over' },
    settle: { text: 'Decide it on demand', refusal: hasEnded }
  },
  transitions: [
    { on: 'create', from: null, to: 'pending' },
    { on: 'fall due', from: 'pending', to: 'succeeded', events: ['refund.succeeded'] },
    { on: 'settle', from: WAITING, to: 'review' },
    { on: 'settle', from: WAITING, to: 'succeeded', events: ['refund.succeeded'] },
    { on: 'settle', from: WAITING, to: 'failed', events: ['refund.failed'] }
  ]
})
