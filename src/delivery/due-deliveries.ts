/**
 * The due deliveries of one endpoint, in the order of their due times. A delivery is claimed while it is in progress, so that it
 * is not sent a second time.
 */
import type { Delivery, Outbox } from './store.js'

export interface DueDeliveries {
  /** Claims the next delivery that is due at `byUs` or earlier and still waits. */
  claim (byUs: number): Delivery | undefined
  release (seq: number): void
  /** Releases the deliveries that were read but not returned yet. */
  clear (): void
  /** The number of claimed deliveries. */
  count (): number
}

/** Rows that are read in one query. */
const PAGE_ROWS = 64

export function createDueDeliveries (webhookId: string, outbox: Outbox): DueDeliveries {
  const claimed = new Set<number>()
  let queue: number[] = []

  function refill (byUs: number): void {
    const due = outbox.due(webhookId, byUs, PAGE_ROWS + claimed.size)
    queue = due.map(({ seq }) => seq).filter(seq => !claimed.has(seq))
    for (const seq of queue) claimed.add(seq)
  }

  return {
    claim (byUs) {
      for (;;) {
        if (queue.length === 0) refill(byUs)
        const seq = queue.shift()
        if (seq === undefined) return undefined
        const delivery = outbox.deliveryBySeq(seq)
        if (delivery?.state === 'waiting' && delivery.due_at !== null && delivery.due_at <= byUs) return delivery
        claimed.delete(seq)
      }
    },
    release (seq) { claimed.delete(seq) },
    clear () {
      for (const seq of queue) claimed.delete(seq)
      queue = []
    },
    count: () => claimed.size
  }
}
