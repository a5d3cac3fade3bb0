/**
 * Work that takes as long as a caller's own words make it, such as a regular expression that backtracks without end: it is
 * stopped when its time is over. V8 looks for that while it matches, too, so that every expression of JavaScript may be allowed.
 */
import { runInNewContext } from 'node:vm'

/** What `work` returns; null where it was stopped. It must not leave anything half done: it may end at any point. */
export function withinTime<Result> (timeoutMs: number, work: () => Result): { result: Result } | null {
  try {
    let result: { result: Result } | null = null
    runInNewContext('work()', { work: () => { result = { result: work() } } }, { timeout: timeoutMs })
    return result
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
    throw error
  }
}
