/**
 * The errors that refuse a request, with the codes of error-codes.ts. This file knows nothing of HTTP libraries or storage, so
 * that the pure rules can throw them.
 */
import { ERRORS, type ErrorCode } from './error-codes.js'

export { ERRORS, type ErrorCode } from './error-codes.js'

/** A violation: its path in the request (`product_cart[0].quantity`; empty for the whole request), and the problem. */
export interface Violation {
  path: string
  message: string
}

export interface Cause {
  /** The path of the cause in the request. */
  path?: string
  /** Replaces the sentence of the table, for codes without one and for variants of the documented sentence. */
  message?: string
  /** Follows the sentence in parentheses: the exact problem, and what to change. */
  because?: string
  /** All violations, if there may be several. */
  violations?: Violation[]
  /** Replaces the status of the table: 403 for a key without write access, 410 and 409 for objects that are already archived. */
  status?: number
}

/** The error that handlers and rules throw to refuse a request. http/replies.ts sends it. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly details: Violation[] | undefined

  constructor (code: ErrorCode, cause: Cause = {}) {
    const sentence = cause.message ?? ERRORS[code].sentence ?? code
    super(cause.because === undefined ? sentence : `${sentence} (${cause.because})`)
    this.name = 'ApiError'
    this.code = code
    this.status = cause.status ?? ERRORS[code].status
    this.details = cause.violations ??
      (cause.path === undefined ? undefined : [{ path: cause.path, message: cause.because ?? sentence }])
  }
}

/** An error of the setup or of a command, with a message of one line for the user. */
export class SetupError extends Error {
  constructor (message = '', options?: ErrorOptions) {
    super(message, options)
    this.name = 'SetupError'
  }
}

/** An invalid option or argument. */
export class UsageError extends SetupError {}

/** No emulator answers at the address that was given. */
export class UnreachableError extends SetupError {}

/** The error for a value that breaks a rule without a code of its own. The message says what to change. */
export function invalid (path: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST_PARAMETERS', { path, message })
}

/** The error for an unknown id in the path: `notFound('payment', id)`. `path` is the name of the path parameter. */
export function notFound (what: string, id: string, path = `${what}_id`): ApiError {
  return new ApiError('NOT_FOUND', { path, because: `there is no ${what} ${id}` })
}

/** The error for an unknown id in the body: `doesNotExist('Product', id, 'product_cart[0].product_id')`. */
export function doesNotExist (what: string, id: string, path: string): ApiError {
  return invalid(path, `${what} ${id} does not exist`)
}

/** The error for a query parameter. `problem` follows its name: `must be a number`. */
export function invalidQuery (path: string, problem: string): ApiError {
  return new ApiError('INVALID_QUERY_PARAMS', { because: `${path} ${problem}`, violations: [{ path, message: problem }] })
}

/** The error for a value in the body that the schema can't refuse. `problem` follows its path: `must be a number`. */
export function invalidBody (path: string, problem: string): ApiError {
  return new ApiError('INVALID_REQUEST_BODY', { because: `${path} ${problem}`, violations: [{ path, message: problem }] })
}
