/** Subscriptions: the declaration of the resource. */
import type { Payloads } from '../../sandbox/sender.js'
import type { Resource } from '../resource.js'
import { subscriptionControls as controls } from './control.js'
import { subscriptionJobs as jobs } from './engine.js'
import { fixtures } from './fixtures.js'
import { subscriptions as handlers } from './routes.js'
import { subscriptionResponse } from './view.js'

const payloads: Payloads = {
  Subscription (subscriptionId, context) {
    const subscription = context.sandbox.subscriptions.find(subscriptionId)
    return subscription && subscriptionResponse(subscription, context)
  }
}

export const subscriptions = { handlers, controls, jobs, payloads, fixtures } satisfies Resource
