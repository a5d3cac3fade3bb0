/**
 * The time of a sandbox. Everything that needs the time asks its clock, which can be frozen and moved. It never goes back by
 * itself, whatever is done to the computer's clock.
 */

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

/** Follows the computer's clock forward. Where that is set back, it goes on from its last reading by the time that has passed. */
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

/** How far a clock is ahead of the computer's, and where it stands if it stands still. */
export interface ClockState {
  /** 0 while it stands still, because it then changes with every moment. */
  offset_us: number
  frozen_at: number | null
}

export interface StoredClock extends ClockState {
  /** How far it had come when this was stored. */
  reached_at: number
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
  restore (stored: StoredClock): void
  /** Stores how far it has come, but not more than once a second unless it is for the last time. Runs inside a transaction. */
  keep (isLast?: boolean): void
}

const KEEP_EVERY_MS = 1000

/** A clock that follows a steady one from what is stored. `save` is called with every change of that. */
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

  /** Where the computer's clock was set back while nobody looked, it goes on from where it had come to. */
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

/** Where a clock is to start. */
export interface ClockStart {
  /** In microseconds; null for the computer's time. */
  at: number | null
  frozen: boolean
}

/** What is stored of a clock that is new. */
export function newClock ({ at, frozen }: ClockStart, steady: Clock): StoredClock {
  const state = at === null && !frozen ? { offset_us: 0, frozen_at: null } : stateAt(at ?? steady.now(), frozen, steady)
  return { ...state, reached_at: 0 }
}
