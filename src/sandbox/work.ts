/**
 * Long work of a sandbox: moving its clock, what falls due, loading data. It is done in slices, each a transaction of its own, so
 * that other requests are answered in between; a process that is killed leaves what the last slice has stored. Work is done one
 * piece after the other, in the order in which it was asked for.
 */
import { setImmediate } from 'node:timers' // not the global, which a test may have replaced
import { elapsedMs } from './clock.js'
import { ApiError } from '../errors.js'
import type { Batch } from '../store/batch.js'

/** How long a slice may take: other requests wait for about so long. */
const SLICE_MS = 5

/**
 * Work as a generator, which yields wherever it may be interrupted. What it returns is given out once everything is stored.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** How far work has come, for the people who wait for it. */
export interface Progress {
  done: number
  /** How much there is in all; null where nobody knows. */
  total: number | null
}

export interface WorkInfo extends Readonly<Progress> {
  name: string
  /** Whether it has begun. */
  isUnderWay: boolean
}

export interface Work {
  /**
   * Does a piece of work once those before it are done. Rejects with what `steps` throws, whose slice is taken back while those
   * before it stay, with the error of a database that can't store a slice, or with INTERRUPTED when it is abandoned.
   */
  run<Result> (name: string, steps: (progress: Progress) => Steps<Result>): Promise<Result>
  /** What is under way, and then what waits. */
  list (): WorkInfo[]
  isBusy (): boolean
  /** Ends everything that is under way or waits, with INTERRUPTED and this reason. */
  abandon (because: string): void
  /** `listener` is called whenever the last piece has ended. */
  watch (listener: () => void): void
}

interface Piece {
  info: Progress & { name: string, isUnderWay: boolean }
  /** Does one slice, inside a transaction. Gives what is to be called once it is stored if there is no more to do. */
  slice (): (() => void) | undefined
  reject (error: unknown): void
}

export function createWork (batch: Pick<Batch, 'alone'>): Work {
  let pieces: Piece[] = []
  let isWaiting = false
  let ended = () => {}

  /** Two turns of the event loop later: requests that came during a slice are read in the first and answered before the next. */
  function workSoon (): void {
    if (isWaiting) return
    isWaiting = true
    setImmediate(() => {
      setImmediate(() => {
        isWaiting = false
        work()
      })
    })
  }

  function work (): void {
    const [piece] = pieces
    if (piece === undefined) return // abandoned
    piece.info.isUnderWay = true
    try {
      const finish = batch.alone(piece.slice)
      if (finish !== undefined) {
        pieces.shift()
        finish()
      }
    } catch (error) {
      pieces.shift()
      piece.reject(error)
    }
    if (pieces.length > 0) workSoon()
    else ended()
  }

  return {
    run: <Result>(name: string, steps: (progress: Progress) => Steps<Result>) => new Promise<Result>((resolve, reject) => {
      const info = { name, isUnderWay: false, done: 0, total: null }
      pieces.push({ info, slice: slicer(steps(info), resolve), reject })
      workSoon()
    }),
    list: () => pieces.map(({ info }) => ({ ...info })),
    isBusy: () => pieces.length > 0,
    abandon (because) {
      const abandoned = pieces
      pieces = []
      for (const { reject } of abandoned) reject(new ApiError('INTERRUPTED', { because }))
      if (abandoned.length > 0) ended()
    },
    watch: listener => { ended = listener }
  }
}

/** The same at once, without pauses. */
export function drain<Result> (steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

function slicer<Result> (steps: Steps<Result>, resolve: (result: Result) => void): Piece['slice'] {
  return () => {
    const endMs = elapsedMs() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done === true) return () => { resolve(step.value) }
    } while (elapsedMs() < endMs)
    return undefined
  }
}
