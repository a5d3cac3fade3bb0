/**
 * Tells open pages that something has changed in their sandbox, over server-sent events; the pages then fetch themselves again.
 * Whether something has changed is looked at a few times a second, and only while somebody listens: what happens in the sandbox
 * knows nothing of it, and costs no more for it.
 */
import type { ServerResponse } from 'node:http'
import { clearInterval, setInterval } from 'node:timers' // not the globals, which a test may have replaced
import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { isHead } from '../../http/rewrite.js'
import type { Sandbox } from '../../sandbox/sandbox.js'

const LOOK_EVERY_MS = 250
/** A line that says nothing goes out every so many looks, by which both sides notice a connection that has died. */
const BREATHE_EVERY = 60
const STREAMS_MAX = 200
/** So much may wait for a reader before it is given up. */
const UNREAD_MAX_BYTES = 16 * 1024

export interface Changes {
  /** Differs whenever something has changed since it was last asked for. */
  versionOf (sandbox: Sandbox): string
  /** Sends the version now and whenever it changes; false where too many listen already. */
  follow (sandbox: Sandbox, reply: FastifyReply): boolean
  /** Lets everybody go. */
  end (): void
}

export function createChanges (): Changes {
  const mark = randomBytes(4).toString('hex') // pages of a process before this one have another
  const seen = new WeakMap<Sandbox, { state: string, version: string }>()
  const streams = new Map<ServerResponse, { sandbox: Sandbox, told: string }>()
  let latest = 0
  let looks = 0
  let timer: NodeJS.Timeout | undefined

  function versionOf (sandbox: Sandbox): string {
    const state = stateOf(sandbox)
    const known = seen.get(sandbox)
    if (known?.state === state) return known.version
    const version = `${mark}-${++latest}`
    seen.set(sandbox, { state, version })
    return version
  }

  function appearance (): void {
    const isBreath = ++looks % BREATHE_EVERY === 0
    for (const [stream, follower] of streams) {
      if (!follower.sandbox.isOpen() || stream.writableLength > UNREAD_MAX_BYTES) {
        stream.destroy() // the page connects again, and finds what is there then
        continue
      }
      const version = versionOf(follower.sandbox)
      if (version !== follower.told) stream.write(`data: ${version}\n\n`)
      else if (isBreath) stream.write(':\n\n')
      follower.told = version
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
      const told = versionOf(sandbox)
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no' // nginx would wait for more
      })
      if (isHead(reply.request)) {
        raw.end()
        return true
      }
      raw.write(`retry: 1000\ndata: ${told}\n\n`)
      streams.set(raw, { sandbox, told })
      raw.on('close', () => { leave(raw) })
      timer ??= setInterval(appearance, LOOK_EVERY_MS).unref()
      return true
    },
    end () {
      for (const stream of streams.keys()) stream.end()
    }
  }
}

/** All that a page may show, as far as it changes: what was written, and what is kept in memory. */
function stateOf ({ batch, requests, faults, sender, snapshots }: Sandbox): string {
  return JSON.stringify([
    batch.countWrites(),
    requests.lastSeq(),
    requests.next(0)?.seq, // none is left when the log has been cleared
    faults.list().map(({ fault_id: id, met }) => [id, met]),
    sender.faults.list(),
    snapshots.list().map(({ name, takenAt }) => [name, takenAt])
  ])
}
