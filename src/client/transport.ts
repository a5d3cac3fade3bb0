/**
 * The transport of `start()` and `connect()`. A separate file, because users' programs compile these declarations and they must
 * not refer to Node's types.
 */
import type { Method } from './controls.js'

/** Sends a request to an emulator. */
export type Send = (method: Method, path: string, body: object | undefined) => Promise<{ status: number, bytes: Uint8Array }>
