/** The ledger of the business balance: the declaration of the resource. */
import type { Effects } from '../../sandbox/effects.js'
import type { Jobs } from '../../sandbox/jobs.js'
import type { Resource } from '../resource.js'
import { BOOK_JOB, bookDispute, bookFailedRefund, bookRefund, bookSuccess, bookWaiting } from './book.js'
import { ledgerControls as controls } from './control.js'
import { ledgerHandlers as handlers } from './routes.js'

/** Before everything else at the same time, so that a batch contains what happened before it. */
const jobs: Jobs = { [BOOK_JOB]: { rank: -1, run: bookWaiting } }

const effects: Partial<Effects> = {
  paymentSucceeded: bookSuccess,
  refundCreated: bookRefund,
  refundFailed: bookFailedRefund,
  disputeChanged: (dispute, _from, payment, context) => { bookDispute(dispute, payment, context) }
}

export const ledger = { handlers, controls, jobs, effects } satisfies Resource
