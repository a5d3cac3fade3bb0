/** The states of a dispute and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { invalid, type ApiError } from '../../errors.js'
import { lifecycle, type Lifecycle } from '../../rules/lifecycle.js'
import type { Dispute } from './store.js'

export type DisputeAction =
  'open' | 'challenge' | 'accept' | 'cancel' | 'expire' | 'win' | 'lose' | 'raise' | 'reopen'

type Subject = Pick<Dispute, 'dispute_id' | 'is_resolved_by_rdr'> & { dispute_status: Dispute['dispute_status'] | null }

interface DisputeTypes {
  state: Dispute['dispute_status']
  action: DisputeAction
  event: EventType
  subject: Subject
  facts: unknown
}

/** The states before the bank's decision. The money of a dispute at the stage `dispute` or later is held. */
export const LIVE = ['dispute_opened', 'dispute_challenged'] as const

/** The states in which the customer keeps the money. */
export const LOST = ['dispute_lost', 'dispute_accepted', 'dispute_expired'] as const

const notNow = ({ dispute_id: id, dispute_status: status }: Subject): ApiError => {
  const next: DisputeAction[] = disputeStates.possible({ dispute_id: id, dispute_status: status, is_resolved_by_rdr: false }, {})
  return invalid('status', next.length === 0
    ? `Dispute ${id} is ${status} and can no longer change`
    : `Dispute ${id} is ${status}: it can only ${next.join(', ')}`)
}

const byBank = (text: string) => ({ text, refusal: notNow })

export const disputeStates: Lifecycle<DisputeTypes> = lifecycle<DisputeTypes>({
  name: 'Dispute',
  stateOf: ({ dispute_status: status }) => status,
  actions: {
    open: { text: 'Open the dispute' },
    challenge: byBank('Challenge it with evidence, as the merchant'),
    accept: byBank('Accept it, as the merchant'),
    cancel: byBank('Withdraw it, as the customer’s bank'),
    expire: byBank('The answer window ends without an answer'),
    win: byBank('Decide for the merchant'),
    lose: byBank('Decide for the customer'),
    raise: byBank('Move it to a later stage'),
    reopen: byBank('Reopen it at the stage `pre_arbitration`')
  },
  transitions: [
    { on: 'open', from: null, to: 'dispute_opened', events: ['dispute.opened'] },
    {
      on: 'open',
      from: null,
      to: 'dispute_lost',
      if: {
        text: 'resolved by RDR, and `disputes.rdr_events` is `lost_only`',
        holds: ({ is_resolved_by_rdr: byRdr }) => byRdr
      },
      events: ['dispute.lost']
    },
    { on: 'challenge', from: 'dispute_opened', to: 'dispute_challenged', events: ['dispute.challenged'] },
    { on: 'accept', from: LIVE, to: 'dispute_accepted', events: ['dispute.accepted'] },
    { on: 'cancel', from: LIVE, to: 'dispute_cancelled', events: ['dispute.cancelled'] },
    { on: 'expire', from: 'dispute_opened', to: 'dispute_expired', events: ['dispute.expired'] },
    { on: 'win', from: LIVE, to: 'dispute_won', events: ['dispute.won'] },
    { on: 'lose', from: LIVE, to: 'dispute_lost', events: ['dispute.lost'] },
    { on: 'raise', from: 'dispute_opened', to: 'dispute_opened', events: ['dispute.opened'] },
    { on: 'reopen', from: 'dispute_won', to: 'dispute_opened', events: ['dispute.opened'] }
  ]
})
