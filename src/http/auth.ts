/** Authenticates API requests by their bearer token. */
import { ApiError } from '../errors.js'

export interface KeyPolicy {
  /** Accepted keys. If empty, any non-empty key is accepted. */
  apiKeys: ReadonlySet<string>
  /** Keys that are accepted for reads only. */
  readOnlyKeys: ReadonlySet<string>
}

/** A key may contain spaces: the published samples use `My Bearer Token`. */
const BEARER = /^bearer +(\S.*)$/i

/** The token of an authorization header; undefined if it has no bearer token. */
export function bearerOf (authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined
  if (authorization !== latest.authorization) latest = { authorization, token: BEARER.exec(authorization)?.[1]?.trimEnd() }
  return latest.token
}

/** The latest header, because each request is asked for its token several times, and programs repeat theirs. */
let latest: { authorization: string, token: string | undefined } = { authorization: '', token: undefined }

/**
 * Returns the request's API key. Throws UNAUTHORIZED: 401 for a missing or unknown key, 403 for a write with a read-only key.
 */
export function authenticate (authorization: string | undefined, isWrite: boolean, { apiKeys, readOnlyKeys }: KeyPolicy): string {
  const key = bearerOf(authorization)
  if (key === undefined) {
    const which = apiKeys.size + readOnlyKeys.size > 0 ? 'use a key that the emulator was started with' : 'any key works'
    throw new ApiError('UNAUTHORIZED', { because: `send the header Authorization: Bearer <API key>; ${which}` })
  }
  const isReadOnly = readOnlyKeys.has(key)
  if (apiKeys.size > 0 && !isReadOnly && !apiKeys.has(key)) {
    throw new ApiError('UNAUTHORIZED', { because: 'this API key is unknown: use a key that the emulator was started with' })
  }
  if (isReadOnly && isWrite) {
    throw new ApiError('UNAUTHORIZED', { status: 403, because: 'this API key is read-only' })
  }
  return key
}
