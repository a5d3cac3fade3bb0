/**
 * How the functions of `start()` and `connect()` reach an emulator. A file of its own, because programs compile it too: the
 * declarations that they see must name no types of Node.
 */
import type { Method } from './controls.js'

/** A request's way to an emulator and back. */
export type Send = (method: Method, path: string, body: object | undefined) => Promise<{ status: number, bytes: Uint8Array }>
