/** Disputes: the declaration of the resource. */
import type { Jobs } from '../../sandbox/jobs.js'
import type { Payloads } from '../../sandbox/sender.js'
import type { Resource } from '../resource.js'
import { disputeControls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { EXPIRE_JOB, expireWhenDue } from './lifecycle.js'
import { disputesHandlers as handlers } from './routes.js'
import { disputeResponse } from './view.js'

const payloads: Payloads = {
  Dispute (id, context) {
    const dispute = context.sandbox.disputes.find(id)
    return dispute && disputeResponse(dispute, context)
  }
}

const jobs: Jobs = { [EXPIRE_JOB]: { rank: 4, run: expireWhenDue } }

export const disputes = { handlers, controls, jobs, payloads, fixtures } satisfies Resource
