/**
 * Closes connections without losing the reply. If a connection is closed while its client still sends, the system resets it,
 * and the client may never read the reply. So the reply is sent first, and further input is read and discarded, up to a limit
 * of time and size (RFC 9112, section 9.6).
 */
import { Socket } from 'node:net'
import { clearInterval, setInterval } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from '../sandbox/clock.js'

/** Limits on the input that is read and discarded. */
export interface DrainLimits {
  /** In total. */
  maxMs: number
  /** Without new input. */
  idleMs: number
  maxBytes: number
}

/** For a well-formed request whose body has not arrived completely. */
export const LONG_DRAIN: DrainLimits = { maxMs: 30_000, idleMs: 5000, maxBytes: 256 * 1024 * 1024 }
/** For malformed input, and for a client that has stalled. */
export const SHORT_DRAIN: DrainLimits = { maxMs: 5000, idleMs: 1000, maxBytes: 16 * 1024 * 1024 }
const CHECK_EVERY_MS = 50

const closing = new WeakSet<Socket>()

/** Whether the last reply of a connection has been written. */
export function isClosing (socket: Socket): boolean {
  return closing.has(socket)
}

/**
 * Closes our side of a connection after pending writes, and all of it once `isOver` returns true, the client has closed its
 * side, or a limit is reached. Node keeps reading and drops the input.
 */
export function closeGently (socket: Socket, limits: DrainLimits, isOver = () => false): void {
  if (closing.has(socket)) return
  closing.add(socket)
  socket.end()
  const begin = { atMs: elapsedMs(), bytes: socket.bytesRead }
  let latest = begin
  const timer = setInterval(() => {
    const now = { atMs: elapsedMs(), bytes: socket.bytesRead }
    if (now.bytes !== latest.bytes) latest = now
    const isTooMuch = now.bytes - begin.bytes > limits.maxBytes || now.atMs - begin.atMs > limits.maxMs
    if (isTooMuch || now.atMs - latest.atMs > limits.idleMs) socket.destroy()
    else if (isOver()) Socket.prototype.destroySoon.call(socket)
  }, CHECK_EVERY_MS)
  socket.once('close', () => { clearInterval(timer) })
}
