/**
 * Long operations of a sandbox: moving its clock, running due jobs, loading data. They run in slices, each in its own
 * transaction, so that requests are answered in between. If the process is killed, the completed slices stay. Operations run
 * one after the other, in the order in which they were requested.
 */
import { setImmediate, setTimeout } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from './clock.js'
import { ApiError } from '../errors.js'
import type { Batch } from '../store/batch.js'
import { ASK_AGAIN_MS, startPace, type Pace } from './pace.js'

/** An operation as a generator that yields where it may be interrupted. Its result is passed on after the last COMMIT. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** The progress of an operation. */
export interface Progress {
  done: number
  /** The total; null if unknown. */
  total: number | null
}

export interface WorkInfo extends Readonly<Progress> {
  name: string
  /** Whether it has started. */
  isUnderWay: boolean
}

export interface Work {
  /**
   * Runs an operation after those before it. Rejects with the error that `steps` throws, with the database error of a slice, or
   * with INTERRUPTED if it is abandoned. The slice that fails is rolled back, and the slices before it stay.
   */
  run<Result> (name: string, steps: (progress: Progress) => Steps<Result>): Promise<Result>
  /** The running operation, then the waiting ones. */
  list (): WorkInfo[]
  isBusy (): boolean
  /** Ends all running and waiting operations with INTERRUPTED and this reason. */
  abandon (because: string): void
  /** Calls `listener` whenever the last operation has ended. */
  watch (listener: () => void): void
}

interface Piece {
  info: Progress & { name: string, isUnderWay: boolean }
  /** Undefined until the first slice. */
  pace: Pace | undefined
  /** Runs one slice until this time, inside a transaction. If it is the last, returns a function to call after COMMIT. */
  slice (untilMs: number): (() => void) | undefined
  reject (error: unknown): void
}

export function createWork (batch: Pick<Batch, 'alone'>): Work {
  let pieces: Piece[] = []
  let isWaiting = false
  let ended = () => {}

  /**
   * Waits for two turns of the event loop: requests that arrived during a slice are read in the first and answered in the
   * second.
   */
  function workSoon (): void {
    if (isWaiting) return
    isWaiting = true
    setImmediate(() => { setImmediate(workNow) })
  }

  function workNow (): void {
    isWaiting = false
    const [piece] = pieces
    if (piece === undefined) return // abandoned
    piece.info.isUnderWay = true
    piece.pace ??= startPace()
    const ms = piece.pace.slice()
    if (ms === undefined) {
      isWaiting = true
      setTimeout(workNow, ASK_AGAIN_MS)
      return
    }
    const begin = elapsedMs()
    try {
      const finish = batch.alone(() => piece.slice(begin + ms))
      if (finish !== undefined) {
        remove(piece)
        finish()
      }
    } catch (error) {
      remove(piece)
      piece.reject(error)
    }
    piece.pace.took(elapsedMs() - begin)
    if (pieces.length > 0) workSoon()
    else ended()
  }

  function remove (piece: Piece): void {
    pieces = pieces.filter(other => other !== piece)
    piece.pace?.end()
  }

  return {
    run: <Result>(name: string, steps: (progress: Progress) => Steps<Result>) => new Promise<Result>((resolve, reject) => {
      const info = { name, isUnderWay: false, done: 0, total: null }
      pieces.push({ info, pace: undefined, slice: slicer(steps(info), resolve), reject })
      workSoon()
    }),
    list: () => pieces.map(({ info }) => ({ ...info })),
    isBusy: () => pieces.length > 0,
    abandon (because) {
      const abandoned = pieces
      pieces = []
      for (const { pace, reject } of abandoned) {
        pace?.end()
        reject(new ApiError('INTERRUPTED', { because }))
      }
      if (abandoned.length > 0) ended()
    },
    watch: listener => { ended = listener }
  }
}

/** Runs all steps synchronously. */
export function drain<Result> (steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

function slicer<Result> (steps: Steps<Result>, resolve: (result: Result) => void): Piece['slice'] {
  return untilMs => {
    do {
      const step = steps.next()
      if (step.done === true) return () => { resolve(step.value) }
    } while (elapsedMs() < untilMs)
    return undefined
  }
}
