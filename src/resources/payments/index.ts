/** Payments: the declaration of the resource. */
import type { Payloads } from '../../sandbox/sender.js'
import type { Jobs } from '../../sandbox/jobs.js'
import type { Resource } from '../resource.js'
import { ABANDON_JOB, abandonWhenDue, abandonedCheckout } from './abandonment.js'
import { paymentControls as controls } from './control.js'
import { fixtures } from './fixtures.js'
import { SETTLE_JOB, settlePayment } from './lifecycle.js'
import { payments as handlers } from './routes.js'
import { paymentResponse } from './view.js'

const payloads: Payloads = {
  Payment (paymentId, context) {
    const payment = context.sandbox.payments.find(paymentId)
    return payment && paymentResponse(payment, context)
  },
  AbandonedCheckout (paymentId, { sandbox }) {
    const payment = sandbox.payments.find(paymentId)
    return payment && abandonedCheckout(payment)
  }
}

const jobs: Jobs = {
  [SETTLE_JOB]: { rank: 1, run: settlePayment },
  [ABANDON_JOB]: { rank: 9, run: abandonWhenDue }
}

export const payments = { handlers, controls, jobs, payloads, fixtures } satisfies Resource
