/** The cycles of payouts: when the sales of a cycle are closed, and when they are paid out. Days are in UTC. Pure. */

export type PayoutCycle = 'bi_monthly' | 'weekly' | 'monthly'

/**
 * The days of the month on which a cycle closes, each with the day on which it is due. A cycle closes at the start of its day.
 * The first of the month closes the last cycle of the month before.
 */
const DAYS: Readonly<Record<PayoutCycle, ReadonlyArray<readonly [closes: number, due: number]>>> = {
  bi_monthly: [[1, 4], [16, 18]],
  weekly: [[1, 4], [8, 11], [15, 18], [22, 25]],
  monthly: [[1, 11]]
}

const US_PER_MS = 1000

export interface CycleEnd {
  /** In microseconds. */
  closesAt: number
  dueAt: number
}

/** The end of the cycle that contains a time, always later than it. */
export function cycleEnd (nowUs: number, cycle: PayoutCycle): CycleEnd {
  const now = new Date(nowUs / US_PER_MS)
  const year = now.getUTCFullYear()
  const day = (month: number, date: number) => Date.UTC(year, now.getUTCMonth() + month, date) * US_PER_MS
  const ends = [0, 1].flatMap(month =>
    DAYS[cycle].map(([closes, due]) => ({ closesAt: day(month, closes), dueAt: day(month, due) })))
  const next = ends.find(({ closesAt }) => closesAt > nowUs)
  if (next === undefined) throw new Error('a cycle closes on the first of each month')
  return next
}
