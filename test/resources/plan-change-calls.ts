/** Requests and checks shared by the tests of plan changes. */
import type { Shop } from './subscription-calls.js'

export const FAILS_LATER = '4000000000000341'
export const SETTLES_LATER = '4000000000000077'
export const FULL = { proration_billing_mode: 'full_immediately' } as const
export const SCHEDULED = { ...FULL, effective_at: 'next_billing_date' } as const
export const CHANGED = ['subscription.plan_changed', 'subscription.updated']

export const totals = async (shop: Shop, id: string) => (await shop.payments(id)).map(({ total_amount: total }) => total)
export const since = (shop: Shop, sent: number) => shop.types().slice(sent)
export const deleteScheduled = async (shop: Shop, id: string) =>
  await shop.call('DELETE', `/subscriptions/${id}/change-plan/scheduled`)

/** An active subscription for 3000 a month, from 1 April 2026, and a plan for 8000. */
export async function begin (shop: Shop) {
  const [cheap, dear] = [await shop.plan(3000), await shop.plan(8000)]
  return { cheap, dear, id: await shop.activate(cheap) }
}
