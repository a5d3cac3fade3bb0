/**
 * Reorders deliveries for the fault `shuffle`: holds them back until the last one arrives, or until none arrives for a while, and
 * then sends them one by one, last first.
 */
import { clearTimeout, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import type { Delivery } from './store.js'

export interface Shuffle {
  hold (delivery: Delivery, isLast: boolean): void
  close (): void
}

/** How long held deliveries wait for further ones. */
const TIMEOUT_MS = 1000

export function createShuffle (send: (delivery: Delivery) => Promise<void>): Shuffle {
  let held: Delivery[] = []
  let timer: NodeJS.Timeout | undefined

  async function release (): Promise<void> {
    const deliveries = held.reverse()
    held = []
    for (const delivery of deliveries) await send(delivery)
  }

  return {
    hold (delivery, isLast) {
      held.push(delivery)
      clearTimeout(timer)
      if (isLast) release()
      else timer = setTimeout(() => { release() }, TIMEOUT_MS).unref()
    },
    close () { clearTimeout(timer) }
  }
}
