/** Grants: the declaration of the resource. */
import type { Payloads } from '../../sandbox/sender.js'
import type { Jobs } from '../../sandbox/jobs.js'
import type { Effects } from '../../sandbox/effects.js'
import type { Resource } from '../resource.js'
import { grantControls as controls } from './control.js'
import { followSubscription, grantPayment, revokeRefunded } from './issue.js'
import { DELIVER_JOB, deliverWhenDue } from './lifecycle.js'
import { grantHandlers as handlers } from './routes.js'
import { grantResponse } from './view.js'

const payloads: Payloads = {
  EntitlementGrant (grantId, context) {
    const grant = context.sandbox.grants.find(grantId)
    return grant && grantResponse(grant, context)
  }
}

const jobs: Jobs = { [DELIVER_JOB]: { rank: 1, run: deliverWhenDue } }

const effects: Partial<Effects> = {
  paymentSucceeded: grantPayment,
  refundSucceeded: revokeRefunded,
  subscriptionChanged: followSubscription
}

export const grants = { handlers, controls, jobs, payloads, effects } satisfies Resource
