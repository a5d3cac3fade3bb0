/** Customers' credits: the declaration of the resource. */
import type { Jobs } from '../../sandbox/jobs.js'
import type { Effects } from '../../sandbox/effects.js'
import type { Payloads } from '../../sandbox/sender.js'
import type { Resource } from '../resource.js'
import { EXPIRE_JOB, expireWhenDue, followSubscription } from './expiry.js'
import { fixtures } from './fixtures.js'
import { grantPacks } from './packs.js'
import { settlePaidOverage, startPeriod } from './periods.js'
import { creditHandlers as handlers } from './routes.js'
import { USE_JOB, deductUsage, usageRecorded } from './usage.js'
import { entryResponse } from './view.js'

const payloads: Payloads = {
  CreditLedgerEntry (entryId, context) {
    const entry = context.sandbox.credits.findEntry(entryId)
    return entry && entryResponse(entry, context)
  },
  CreditBalanceLow: (lowId, context) => context.sandbox.credits.findLow(lowId)
}

const effects: Partial<Effects> = {
  paymentSucceeded: grantPacks,
  periodStarted: startPeriod,
  overagePaid: settlePaidOverage,
  subscriptionChanged: followSubscription,
  usageRecorded,
  usageCycleClosing: deductUsage
}

const jobs: Jobs = {
  [USE_JOB]: { rank: 2, run: deductUsage },
  [EXPIRE_JOB]: { rank: 9, run: expireWhenDue }
}

export const credits = { handlers, jobs, payloads, effects, fixtures } satisfies Resource
