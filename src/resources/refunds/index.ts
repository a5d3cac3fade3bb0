/** Refunds: the declaration of the resource. */
import type { Payloads } from '../../sandbox/sender.js'
import type { Jobs } from '../../sandbox/jobs.js'
import type { Resource } from '../resource.js'
import { refundControls as controls } from './control.js'
import { SETTLE_JOB, settleRefundWhenDue } from './lifecycle.js'
import { refunds as handlers } from './routes.js'
import { refundResponse } from './view.js'

const payloads: Payloads = {
  Refund (refundId, context) {
    const refund = context.sandbox.refunds.find(refundId)
    const payment = refund && context.sandbox.payments.find(refund.payment_id)
    return payment && refundResponse(refund, payment, context)
  }
}

const jobs: Jobs = { [SETTLE_JOB]: { rank: 1, run: settleRefundWhenDue } }

export const refunds = { handlers, controls, jobs, payloads } satisfies Resource
