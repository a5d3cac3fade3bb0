/** The states of a grant and their transitions. lifecycle.ts performs the transitions. */
import type { EventType } from '../../delivery/catalogue.js'
import { invalid } from '../../errors.js'
import { lifecycle, type Guard } from '../../rules/lifecycle.js'
import type { Grant, GrantStatus } from './store.js'

type Subject = Pick<Grant, 'grant_id' | 'integration_type'> & { status: GrantStatus | null }

interface GrantTypes {
  state: GrantStatus
  action: 'create' | 'accept' | 'deliver' | 'fail' | 'revoke' | 'restore'
  event: EventType
  subject: Subject
  facts: unknown
}

export type GrantAction = GrantTypes['action']

/** Types for which the customer connects an account on the accept page. */
const CONNECTED = new Set(['discord', 'github', 'notion', 'telegram'])

export function needsAccount ({ integration_type: type }: Pick<Grant, 'integration_type'>): boolean {
  return CONNECTED.has(type)
}

const refusal = (reason: string) => ({ grant_id: id, status }: Subject) =>
  invalid('grant_id', `Grant ${id} is ${status}: ${reason}`)

const hasAccountType: Guard<GrantTypes> = {
  text: 'its type requires a connected account',
  holds: needsAccount,
  refusal: ({ grant_id: id, integration_type: type }) =>
    invalid('grant_id', `Grant ${id} is of type ${type}, which the customer does not accept: deliver it instead`)
}

export const grantStates = lifecycle<GrantTypes>({
  name: 'Grant',
  stateOf: ({ status }) => status,
  actions: {
    create: { text: 'A payment succeeds or a subscription becomes active' },
    accept: {
      text: 'The customer connects an account on the accept page',
      refusal: refusal('only a grant that is Pending or Failed can be accepted'),
      guards: [hasAccountType]
    },
    deliver: {
      text: 'Deliver the grant: automatically, by the merchant, or through the control API',
      refusal: refusal('only a grant that is Pending or Failed can be delivered')
    },
    fail: { text: 'The platform refuses', refusal: refusal('only a Pending grant can fail') },
    revoke: { text: 'Revoke grant', refusal: refusal('it is already revoked') },
    restore: { text: 'Restore the grant', refusal: refusal('only a Revoked grant can be restored') }
  },
  transitions: [
    { on: 'create', from: null, to: 'Pending', events: ['entitlement_grant.created'] },
    { on: 'create', from: null, to: 'Delivered', events: ['entitlement_grant.created'] },
    { on: 'accept', from: ['Pending', 'Failed'], to: 'Delivered', events: ['entitlement_grant.delivered'] },
    { on: 'deliver', from: ['Pending', 'Failed'], to: 'Delivered', events: ['entitlement_grant.delivered'] },
    { on: 'fail', from: 'Pending', to: 'Failed', events: ['entitlement_grant.failed'] },
    { on: 'revoke', from: ['Pending', 'Delivered', 'Failed'], to: 'Revoked', events: ['entitlement_grant.revoked'] },
    { on: 'restore', from: 'Revoked', to: 'Delivered', events: ['entitlement_grant.delivered'] },
    { on: 'restore', from: 'Revoked', to: 'Pending' }
  ]
})
