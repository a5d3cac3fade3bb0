/**
 * Faults at work on a call: waiting, answering instead of the handler, cutting connections, spoiling replies. Which fault a call
 * meets is decided by the rules of its sandbox (faults/) or its own header. No transaction is open while a call waits here: what
 * strikes before does so before the handler, and what strikes after, after its COMMIT.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import type { Effect } from '../faults/effect.js'
import { FAULT_HEADER, readFaultHeader } from '../faults/header.js'
import type { Fault } from '../faults/rules.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { sendFailure, sendJson } from './replies.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** What is to happen to the reply; null, nearly always. */
    fault: Fault | null
  }
}

export interface FaultGateOptions {
  /** Whether a call may ask for a fault by its header. */
  acceptsHeader: boolean
  report (error: unknown): void
}

export interface FaultGate {
  /** What a call meets; null for nothing. Throws INVALID_REQUEST_PARAMETERS for a header that can't be read. */
  faultOf (request: FastifyRequest, operation: string, sandbox: Sandbox): Fault | null
  /** Lets a call meet a fault. `serve` answers it as if there were none. */
  meet (fault: Fault, request: FastifyRequest, reply: FastifyReply, serve: () => void): void
  /** Does to a reply what is to happen after the call. */
  onSend: onSendHookHandler
}

/** After so long, the rest of a slow body comes at once. */
const TRICKLE_MAX_MS = 300_000

export function createFaultGate (app: FastifyInstance, { acceptsHeader, report }: FaultGateOptions): FaultGate {
  const waits = createWaits()
  app.decorateRequest('fault', null)
  app.addHook('preClose', done => {
    waits.end() // a server that closes answers what is under way
    done()
  })

  /** What throws behind a timer would end the process. */
  const guarded = (reply: FastifyReply, action: () => void) => () => {
    try {
      action()
    } catch (thrown) {
      sendFailure(reply, thrown, report)
    }
  }

  function strike (fault: Fault, reply: FastifyReply, serve: () => void): void {
    const { kind, answer } = fault
    if (kind === 'reset') return reset(reply)
    if (answer === null) return serve()
    reply.headers(answer.headers)
    sendJson(reply, answer.status, bodyOf(answer))
  }

  function trickle (reply: FastifyReply, bytes: Buffer, pace: NonNullable<Effect['trickle']>): void {
    const { bytes: size, interval_ms: intervalMs } = pace
    const { raw } = reply
    const steps = TRICKLE_MAX_MS / intervalMs
    const next = (from: number, step: number) => {
      if (raw.destroyed) return // the client has gone
      const isLast = from + size >= bytes.length || step >= steps || waits.haveEnded()
      if (isLast) raw.end(bytes.subarray(from))
      else {
        raw.write(bytes.subarray(from, from + size))
        waits.add(intervalMs, () => { next(from + size, step + 1) })
      }
    }
    writeHead(reply, bytes.length)
    next(0, 0)
  }

  /** Null where the reply takes another way than Fastify's. */
  function spoil ({ kind, answer, trickle: pace }: Fault, reply: FastifyReply, payload: unknown): { payload: unknown } | null {
    if (kind === 'reset') {
      reset(reply)
      return null
    }
    if (answer !== null) {
      reply.removeHeader('content-length')
      reply.code(answer.status).headers({ ...answer.headers, 'content-type': 'application/json; charset=utf-8' })
      return { payload: JSON.stringify(bodyOf(answer)) }
    }
    if (kind === 'delay' || reply.statusCode === 204) return { payload }
    reply.hijack()
    const bytes = Buffer.from(payload instanceof Uint8Array ? payload : String(payload ?? ''))
    if (pace === null) truncate(reply, bytes)
    else trickle(reply, bytes, pace)
    return null
  }

  return {
    faultOf (request, operation, sandbox) {
      const header = acceptsHeader ? request.headers[FAULT_HEADER] : undefined
      if (header !== undefined) return readFaultHeader(String(header), sandbox.ids.chance)
      return sandbox.faults.isEmpty ? null : sandbox.faults.take(operation)
    },
    meet (fault, request, reply, serve) {
      reply.header(FAULT_HEADER, fault.kind)
      if (fault.when === 'after') {
        request.fault = fault
        serve()
      } else if (fault.delayMs === 0) strike(fault, reply, serve)
      else waits.add(fault.delayMs, guarded(reply, () => { strike(fault, reply, serve) }))
    },
    onSend (request, reply, payload, done) {
      const { fault } = request
      if (fault === null) return done(null, payload)
      request.fault = null
      const finish = () => {
        const spoilt = spoil(fault, reply, payload)
        if (spoilt !== null) done(null, spoilt.payload)
      }
      if (fault.delayMs === 0) finish()
      else waits.add(fault.delayMs, guarded(reply, finish))
    }
  }
}

function bodyOf ({ code, message }: NonNullable<Effect['answer']>): { code: string, message: string } {
  return { code, message }
}

/** Ends the connection with RST instead of FIN: what a client sees of a server that has crashed. */
function reset (reply: FastifyReply): void {
  reply.hijack()
  reply.request.raw.socket.resetAndDestroy()
}

/** Promises the whole body, and ends the connection in the middle of it; an empty one would have had one byte. */
function truncate (reply: FastifyReply, bytes: Buffer): void {
  const { raw } = reply
  writeHead(reply, Math.max(bytes.length, 1))
  raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => { raw.destroy() })
  raw.flushHeaders()
}

function writeHead (reply: FastifyReply, length: number): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.setHeader('content-length', length)
  reply.raw.writeHead(reply.statusCode)
}

interface Waits {
  /** Calls `then` after so long, or as soon as nobody is to wait any more. */
  add (ms: number, then: () => void): void
  end (): void
  haveEnded (): boolean
}

function createWaits (): Waits {
  const waiting = new Set<() => void>()
  let isOver = false
  return {
    add (ms, then) {
      const go = () => {
        clearTimeout(timer)
        waiting.delete(go)
        then()
      }
      const timer = setTimeout(go, isOver ? 0 : ms)
      waiting.add(go)
    },
    end () {
      isOver = true
      for (const go of [...waiting]) go()
    },
    haveEnded: () => isOver
  }
}
