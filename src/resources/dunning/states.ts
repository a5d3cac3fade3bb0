/** The states of a dunning attempt and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { lifecycle } from '../../rules/lifecycle.js'
import type { DunningAttempt } from './store.js'

export interface DunningTypes {
  state: DunningAttempt['status']
  action: 'start' | 'recover' | 'exhaust'
  event: EventType
  subject: { status: DunningAttempt['status'] | null }
  facts: unknown
}

export const dunningStates = lifecycle<DunningTypes>({
  name: 'Dunning attempt',
  stateOf: ({ status }) => status,
  actions: {
    start: { text: 'A subscription is past due, on hold, or cancelled by its customer' },
    recover: { text: 'The amount due is paid' },
    exhaust: { text: 'The last e-mail had no effect, the subscription has ended, or the customer has bought something else' }
  },
  transitions: [
    { on: 'start', from: null, to: 'recovering', events: ['dunning.started'] },
    { on: 'recover', from: 'recovering', to: 'recovered', events: ['dunning.recovered'] },
    { on: 'exhaust', from: 'recovering', to: 'exhausted' }
  ]
})
