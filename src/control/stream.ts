/**
 * `GET /_emulator/requests/stream`: the request log as server-sent events. Nothing is buffered beyond a reader's socket. A
 * reader that does not keep up is disconnected, and can resume with Last-Event-ID.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../errors.js'
import { callId, seqOf } from '../requests/call.js'
import { sandboxOf } from '../http/context.js'
import type { Guard } from '../http/guard.js'
import { isHead } from '../http/rewrite.js'
import type { RequestLog } from '../requests/log.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Sandboxes } from '../sandbox/sandboxes.js'
import { callView } from './requests.js'

const READERS_MAX = 50
const HEARTBEAT_MS = 15_000
/** The number of calls that are written before other work continues. */
const BATCH = 50

export interface StreamOptions {
  sandboxes: Sandboxes
  guard: Guard
  report (error: unknown): void
}

export function addRequestStream (app: FastifyInstance, { sandboxes, guard, report }: StreamOptions): void {
  const readers = new Set<{ end (): void }>()

  app.addHook('preClose', done => {
    for (const reader of readers) reader.end()
    done()
  })

  app.get('/_emulator/requests/stream', { config: { cors: false } }, (request, reply) => {
    guard.admit('GET /_emulator/requests/stream', request, reply)
    if (readers.size >= READERS_MAX && !isHead(request)) {
      throw new ApiError('TOO_MANY_READERS', { because: `at most ${READERS_MAX}: close one of them` })
    }
    const sandbox = sandboxOf(request, sandboxes)
    const { 'last-event-id': lastId } = request.headers
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) { // CORS headers
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    reply.raw.writeHead(200, {
      connection: 'close', // the connection is not reused
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform', // middleware that compresses would buffer the events
      'x-accel-buffering': 'no'
    })
    if (isHead(request)) {
      reply.raw.end()
      return
    }
    const from = placeOf(lastId, sandbox.requests)
    const reader = startReader(reply.raw, sandbox, { from, report, closed: () => { readers.delete(reader) } })
    readers.add(reader)
  })
}

/**
 * The number of the call after which a reader starts: the last call that it saw, or else the last logged call. An unknown call
 * is from before a restart or a reset, so all calls are new to the reader.
 */
function placeOf (lastId: string | string[] | undefined, requests: RequestLog): number {
  const seq = typeof lastId === 'string' ? seqOf(lastId) : null
  if (seq === null) return requests.lastSeq()
  const call = requests.find(seq)
  const isOurs = call === undefined ? seq <= requests.lastSeq() : callId(call) === lastId
  return isOurs ? seq : 0
}

interface ReaderOptions {
  /** The number of the call before the first that is written. */
  from: number
  closed (): void
  report (error: unknown): void
}

/** Writes every call after `from` until the response is closed. */
function startReader (response: ServerResponse, sandbox: Sandbox, { from, closed, report }: ReaderOptions): { end (): void } {
  const { requests } = sandbox
  let sent = from
  let isWaiting = false // for the socket to drain
  let isScheduled = false

  function write (text: string): void {
    isWaiting = !response.write(text)
  }

  function writeCalls (): void {
    isScheduled = false
    if (isWaiting || response.writableEnded || response.destroyed) return
    for (let count = 0; count < BATCH && !isWaiting; count++) {
      const call = requests.next(sent)
      if (call === undefined) return
      if (call.seq !== sent + 1 && sent !== from) { // the log dropped calls before they were sent: the reader must reconnect
        response.destroy()
        return
      }
      sent = call.seq
      write(`event: request\nid: ${callId(call)}\ndata: ${JSON.stringify(callView(call, sandbox))}\n\n`)
    }
    schedule()
  }

  function schedule (): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(() => {
      try {
        writeCalls()
      } catch (error) {
        report(error)
        response.destroy()
      }
    })
  }

  /** Disconnects a reader whose socket has not drained since the last beat. A slow reader reconnects. */
  function beat (): void {
    if (isWaiting) response.destroy()
    else if (!response.writableEnded) write(': heartbeat\n\n')
  }

  const unwatch = requests.watch(schedule, () => { response.end() })
  const heartbeat = setInterval(beat, HEARTBEAT_MS).unref()
  response.on('drain', () => {
    isWaiting = false
    schedule()
  })
  response.on('error', () => { response.destroy() })
  response.on('close', () => {
    clearInterval(heartbeat)
    unwatch()
    closed()
  })
  write(': the calls of this sandbox, as they are answered\n\n')
  schedule()
  return { end: () => { response.end() } }
}
