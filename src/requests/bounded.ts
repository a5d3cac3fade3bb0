/**
 * Limits the time of work that depends on a caller's input, such as a regular expression that backtracks. V8 checks the timeout
 * during matching too, so any JavaScript expression can be allowed.
 */
import { runInNewContext } from 'node:vm'

/**
 * Returns the result of `work`, or null after the timeout. `work` must have no side effects, because it can stop at any point.
 */
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
