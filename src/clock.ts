/** The time of a sandbox. Everything that needs the time asks its clock, which can be frozen and moved. */

export interface Clock {
  /** Microseconds since 1970 in UTC. */
  now (): number
}

/** Milliseconds since some moment, to tell how long something took: it never goes back. */
export function elapsedMs (): number {
  return performance.now()
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

/** How far a clock is ahead of the computer's, and where it stands if it stands still. */
export interface ClockState {
  /** 0 while it stands still, because it then changes with every moment. */
  offset_us: number
  frozen_at: number | null
}

export interface MoveOptions {
  /** Whether the clock stands still afterwards; as before unless given. */
  frozen?: boolean | undefined
  /** Where a longer move began of which this is a part; unless given, this is all of it. */
  from?: number
}

export interface SandboxClock extends Clock {
  state (): Readonly<ClockState>
  /** Sets the time; it goes on from there unless the clock is, or is to be, frozen. */
  moveTo (us: number, options?: MoveOptions): void
  /** `listener` is called whenever the clock was set, frozen or released. */
  watch (listener: () => void): void
  /** Whether a time lies in what the last move of the clock has skipped: it was reached, but nothing could be done at it. */
  skipped (us: number): boolean
  /** Follows what is stored, where that is not what was set here. */
  restore (state: ClockState): void
}

/** A clock that follows the computer's from a state of its own. `save` hears of every change of that state. */
export function sandboxClock (system: Clock, initial: ClockState, save: (state: ClockState) => void): SandboxClock {
  let state = initial
  let skipped = { from: 0, to: 0 }
  const listeners: Array<() => void> = []
  const now = () => state.frozen_at ?? system.now() + state.offset_us
  const change = (next: ClockState) => {
    state = next
    save(next)
    for (const listener of listeners) listener()
  }
  return {
    now,
    state: () => state,
    watch: listener => { listeners.push(listener) },
    skipped: us => us > skipped.from && us <= skipped.to,
    restore (stored) {
      if (stored.offset_us === state.offset_us && stored.frozen_at === state.frozen_at) return
      state = stored
      for (const listener of listeners) listener()
    },
    moveTo (us, { frozen = state.frozen_at !== null, from = now() } = {}) {
      skipped = { from, to: us }
      change(stateAt(us, frozen, system))
    }
  }
}

function stateAt (us: number, frozen: boolean, system: Clock): ClockState {
  return frozen ? { offset_us: 0, frozen_at: us } : { offset_us: us - system.now(), frozen_at: null }
}

/** Where a clock is to start. */
export interface ClockStart {
  /** In microseconds; null for the computer's time. */
  at: number | null
  frozen: boolean
}

/** The first state of a clock. */
export function startState ({ at, frozen }: ClockStart, system: Clock): ClockState {
  if (at === null && !frozen) return { offset_us: 0, frozen_at: null }
  return stateAt(at ?? system.now(), frozen, system)
}
