/** The time of a sandbox. Everything that needs the time asks a clock, so that it can be frozen and moved. */

export interface Clock {
  /** Microseconds since 1970 in UTC. */
  now (): number
}

/** The computer's clock. Readings within one millisecond are told apart by their microseconds, so that they keep their order. */
export function systemClock (): Clock {
  let lastMs = 0
  let reading = 0
  return {
    now () {
      const ms = Date.now()
      reading = ms === lastMs ? Math.min(reading + 1, 999) : 0
      lastMs = ms
      return ms * 1000 + reading
    }
  }
}
