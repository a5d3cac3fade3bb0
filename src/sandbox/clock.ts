/**
 * The clock of a sandbox, which is the only source of time in it. It can be frozen and moved. It never goes back by itself,
 * even if the computer's clock is set back.
 */

export interface Clock {
  /** Microseconds since 1970 in UTC. */
  now (): number
}

/** Monotonic milliseconds, to measure durations. */
export function elapsedMs (): number {
  return performance.now()
}

/** The computer's clock. Readings within one millisecond get increasing microseconds, so that they stay in order. */
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

/** A monotonic clock. Follows the computer's clock, and continues from the last reading if that is set back. */
export function steadyClock (system: Clock, elapsed = elapsedMs): Clock {
  let lastUs = -Infinity
  let lastMs = 0
  let aheadUs = 0
  return {
    now () {
      const us = system.now()
      const ms = elapsed()
      if (us < lastUs) aheadUs += lastUs - us + Math.round((ms - lastMs) * 1000)
      lastUs = us
      lastMs = ms
      return us + aheadUs
    }
  }
}

/** The state of a clock: its offset from the computer's clock, and the time at which it is frozen. */
export interface ClockState {
  /** 0 while the clock is frozen. */
  offset_us: number
  frozen_at: number | null
}

export interface StoredClock extends ClockState {
  /** The time of the clock when this was stored. */
  reached_at: number
}

export interface MoveOptions {
  /** Whether the clock is frozen afterwards. Defaults to the current state. */
  frozen?: boolean | undefined
  /** The start of the longer move that this is a part of. Defaults to the current time. */
  from?: number
}

export interface SandboxClock extends Clock {
  state (): Readonly<ClockState>
  /** Sets the time. The clock runs from there unless it is frozen. */
  moveTo (us: number, options?: MoveOptions): void
  /** Calls `listener` whenever the clock is set, frozen or released. */
  watch (listener: () => void): void
  /** Whether the last move of the clock skipped this time, so that nothing could run at it. */
  skipped (us: number): boolean
  /** Adopts a stored state if it differs from the current one. */
  restore (stored: StoredClock): void
  /** Stores the current time, at most once a second unless `isLast`. Runs inside a transaction. */
  keep (isLast?: boolean): void
}

const KEEP_EVERY_MS = 1000

/** Creates a clock with a stored state that follows a monotonic clock. Calls `save` with each new state. */
export function sandboxClock (steady: Clock, stored: StoredClock, save: (stored: StoredClock) => void): SandboxClock {
  let state: ClockState = { offset_us: 0, frozen_at: null }
  let skipped = { from: 0, to: 0 }
  let keepsAgainMs = 0
  const listeners: Array<() => void> = []
  const now = () => state.frozen_at ?? steady.now() + state.offset_us

  function change (next: ClockState): void {
    state = next
    save({ ...next, reached_at: now() })
    for (const listener of listeners) listener()
  }

  /** Continues from the last stored time if the computer's clock was set back while the emulator was stopped. */
  function resume ({ offset_us: offset, frozen_at: frozenAt, reached_at: reachedAt }: StoredClock): void {
    state = { offset_us: offset, frozen_at: frozenAt }
    if (frozenAt === null && now() < reachedAt) change(stateAt(reachedAt, false, steady))
  }

  resume(stored)
  return {
    now,
    state: () => state,
    watch: listener => { listeners.push(listener) },
    skipped: us => us > skipped.from && us <= skipped.to,
    restore (next) {
      const isSame = next.offset_us === state.offset_us && next.frozen_at === state.frozen_at
      if (isSame && now() >= next.reached_at) return
      resume(next)
      for (const listener of listeners) listener()
    },
    moveTo (us, { frozen = state.frozen_at !== null, from = now() } = {}) {
      skipped = { from, to: us }
      change(stateAt(us, frozen, steady))
    },
    keep (isLast = false) {
      if (state.frozen_at !== null || (!isLast && elapsedMs() < keepsAgainMs)) return
      keepsAgainMs = elapsedMs() + KEEP_EVERY_MS
      save({ ...state, reached_at: now() })
    }
  }
}

function stateAt (us: number, frozen: boolean, steady: Clock): ClockState {
  return frozen ? { offset_us: 0, frozen_at: us } : { offset_us: us - steady.now(), frozen_at: null }
}

/** The start of a new clock. */
export interface ClockStart {
  /** In microseconds; null for the computer's time. */
  at: number | null
  frozen: boolean
}

/** The initial state of a clock. */
export function newClock ({ at, frozen }: ClockStart, steady: Clock): StoredClock {
  const state = at === null && !frozen ? { offset_us: 0, frozen_at: null } : stateAt(at ?? steady.now(), frozen, steady)
  return { ...state, reached_at: 0 }
}
