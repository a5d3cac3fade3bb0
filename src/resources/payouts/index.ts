/** Payouts: the declaration of the resource. */
import type { Effects } from '../../sandbox/effects.js'
import type { Jobs } from '../../sandbox/jobs.js'
import type { Payloads } from '../../sandbox/sender.js'
import type { Resource } from '../resource.js'
import { payoutControls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { CYCLE_JOB, END_JOB, START_JOB, closeCycle, endWhenDue, planCycle, startWhenDue } from './lifecycle.js'
import { payoutHandlers as handlers } from './routes.js'
import { payoutResponse } from './view.js'

const payloads: Payloads = {
  Payout (id, context) {
    const payout = context.sandbox.payouts.find(id)
    return payout && payoutResponse(payout, context)
  }
}

/** A cycle contains what happened before its end, so it is closed before everything else at that time. */
const jobs: Jobs = {
  [CYCLE_JOB]: { rank: 0, run: closeCycle },
  [START_JOB]: { rank: 7, run: startWhenDue },
  [END_JOB]: { rank: 7, run: endWhenDue }
}

const effects: Partial<Effects> = { settingsChanged: planCycle }

export const payouts = { handlers, controls, jobs, payloads, effects, fixtures } satisfies Resource
