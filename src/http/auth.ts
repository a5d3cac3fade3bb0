/** Who is calling: the bearer token of a request, and whether it may write. */
import { ApiError } from '../errors.js'

export interface KeyPolicy {
  /** Keys that are accepted; empty for every non-empty one. */
  apiKeys: ReadonlySet<string>
  /** Keys that may read but not write. */
  readOnlyKeys: ReadonlySet<string>
}

/** A key may contain spaces: the published samples say `My Bearer Token`. */
const BEARER = /^bearer +(\S.*)$/i

/** The token of an authorization header, undefined where it has none. */
export function bearerOf (authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]?.trimEnd()
}

/** The request's API key. Throws UNAUTHORIZED: 401 for a missing or unknown key, 403 for a write with a read-only one. */
export function authenticate (authorization: string | undefined, isWrite: boolean, { apiKeys, readOnlyKeys }: KeyPolicy): string {
  const key = bearerOf(authorization)
  if (key === undefined) {
    const which = apiKeys.size + readOnlyKeys.size > 0 ? 'one of those that the emulator was started with' : 'any key will do'
    throw new ApiError('UNAUTHORIZED', { because: `send the header Authorization: Bearer <API key>; ${which}` })
  }
  const isReadOnly = readOnlyKeys.has(key)
  if (apiKeys.size > 0 && !isReadOnly && !apiKeys.has(key)) {
    throw new ApiError('UNAUTHORIZED', { because: 'this API key is not one of those that the emulator was started with' })
  }
  if (isReadOnly && isWrite) {
    throw new ApiError('UNAUTHORIZED', { status: 403, because: 'this API key may only read' })
  }
  return key
}
