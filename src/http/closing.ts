/**
 * How a connection ends. One that is closed while its client still sends is reset by the system, and the client may never read
 * the answer that was on its way. So the answer goes out first, and what still arrives is read and discarded, for a bounded time
 * and amount (RFC 9112, 9.6).
 */
import { Socket } from 'node:net'
import { clearInterval, setInterval } from 'node:timers' // not the globals, which a test may have replaced
import { elapsedMs } from '../sandbox/clock.js'

export interface Patience {
  /** How long to read on, in all. */
  maxMs: number
  /** How long to wait for more. */
  idleMs: number
  maxBytes: number
}

/** With a request whose end is known. */
export const PATIENT: Patience = { maxMs: 30_000, idleMs: 5000, maxBytes: 256 * 1024 * 1024 }
/** With bytes that make no sense, and with a client that has stalled. */
export const BRIEF: Patience = { maxMs: 5000, idleMs: 1000, maxBytes: 16 * 1024 * 1024 }
const LOOK_EVERY_MS = 50

const closing = new WeakSet<Socket>()

/** Whether everything that can be said on a connection has been said. */
export function isClosing (socket: Socket): boolean {
  return closing.has(socket)
}

/**
 * Closes our side of a connection as soon as what was written is out, and the whole of it when `isOver`, when the client has
 * closed its side, or when the patience is at its end. Node goes on reading: a body that nobody wants is dropped as it arrives.
 */
export function closeGently (socket: Socket, patience: Patience, isOver = () => false): void {
  if (closing.has(socket)) return
  closing.add(socket)
  socket.end()
  const begin = { atMs: elapsedMs(), bytes: socket.bytesRead }
  let latest = begin
  const timer = setInterval(() => {
    const now = { atMs: elapsedMs(), bytes: socket.bytesRead }
    if (now.bytes !== latest.bytes) latest = now
    const isTooMuch = now.bytes - begin.bytes > patience.maxBytes || now.atMs - begin.atMs > patience.maxMs
    if (isTooMuch || now.atMs - latest.atMs > patience.idleMs) socket.destroy()
    else if (isOver()) Socket.prototype.destroySoon.call(socket)
  }, LOOK_EVERY_MS)
  socket.once('close', () => { clearInterval(timer) })
}
