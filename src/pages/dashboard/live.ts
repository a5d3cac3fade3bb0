/**
 * Notifies open pages of changes in their sandbox over server-sent events. The pages then fetch themselves again. Changes are
 * detected by polling a few times per second while a page is connected, so that the rest of the program need not report them.
 */
import type { ServerResponse } from 'node:http'
import { clearInterval, setInterval } from 'node:timers' // tests may replace the globals
import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { isHead } from '../../http/rewrite.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

const POLL_MS = 250
/** The number of polls between comments that keep the connection alive and reveal a broken one to both sides. */
const KEEP_ALIVE_POLLS = 60
const STREAMS_MAX = 200
/** A connection with more unread bytes is closed. */
const UNREAD_MAX_BYTES = 16 * 1024

export interface Changes {
  /** A text that is different after every change. */
  versionOf (sandbox: Sandbox): string
  /** Sends the version now and whenever it changes; false if too many pages are connected. */
  follow (sandbox: Sandbox, reply: FastifyReply): boolean
  /** Closes all connections. */
  end (): void
}

export function createChanges (): Changes {
  const processId = randomBytes(4).toString('hex') // so that pages notice a restart
  const seen = new WeakMap<Sandbox, { state: string, version: string }>()
  const streams = new Map<ServerResponse, { sandbox: Sandbox, sent: string }>()
  let latest = 0
  let polls = 0
  let timer: NodeJS.Timeout | undefined

  function versionOf (sandbox: Sandbox): string {
    const state = stateOf(sandbox)
    const known = seen.get(sandbox)
    if (known?.state === state) return known.version
    const version = `${processId}-${++latest}`
    seen.set(sandbox, { state, version })
    return version
  }

  function poll (): void {
    const isKeepAlive = ++polls % KEEP_ALIVE_POLLS === 0
    for (const [stream, follower] of streams) {
      if (!follower.sandbox.isOpen() || stream.writableLength > UNREAD_MAX_BYTES) {
        stream.destroy() // the page connects again
        continue
      }
      const version = versionOf(follower.sandbox)
      if (version !== follower.sent) stream.write(`data: ${version}\n\n`)
      else if (isKeepAlive) stream.write(':\n\n')
      follower.sent = version
    }
  }

  function leave (stream: ServerResponse): void {
    streams.delete(stream)
    if (streams.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    versionOf,
    follow (sandbox, reply) {
      if (streams.size >= STREAMS_MAX) return false
      const sent = versionOf(sandbox)
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform', // middleware that compresses would buffer the events
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no' // nginx would buffer the events
      })
      if (isHead(reply.request)) {
        raw.end()
        return true
      }
      raw.write(`retry: 1000\ndata: ${sent}\n\n`)
      streams.set(raw, { sandbox, sent })
      raw.on('close', () => { leave(raw) })
      timer ??= setInterval(poll, POLL_MS).unref()
      return true
    },
    end () {
      for (const stream of streams.keys()) stream.end()
    }
  }
}

/** Summarizes everything that a page may show and that can change: rows, and data in memory. */
function stateOf ({ batch, requests, faults, sender, snapshots }: Sandbox): string {
  return JSON.stringify([
    batch.countWrites(),
    requests.lastSeq(),
    requests.next(0)?.seq, // undefined after the log was cleared
    faults.list().map(({ fault_id: id, met }) => [id, met]),
    sender.faults.list(),
    snapshots.list().map(({ name, takenAt }) => [name, takenAt])
  ])
}
