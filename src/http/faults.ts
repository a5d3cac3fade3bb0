/**
 * Injects faults into calls: delays, error replies, closed connections, truncated or slow bodies. The rules of the sandbox
 * (faults/) or the call's own header select the fault. A fault applies either before the handler or after its COMMIT, so no
 * transaction is open while a call waits.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import type { Effect } from '../faults/effect.js'
import { FAULT_HEADER, readFaultHeader } from '../faults/header.js'
import type { Fault } from '../faults/rules.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { sendFailure, sendJson } from './replies.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The fault to apply to the reply; null for nearly all requests. */
    fault: Fault | null
  }
}

export interface FaultGateOptions {
  /** Whether calls may request a fault with a header. */
  acceptsHeader: boolean
  report (error: unknown): void
}

export interface FaultGate {
  /** The fault of a call; null if there is none. Throws INVALID_REQUEST_PARAMETERS for an invalid header. */
  faultOf (request: FastifyRequest, operation: string, sandbox: Sandbox): Fault | null
  /** Applies a fault to a call. `serve` handles the call normally. */
  apply (fault: Fault, request: FastifyRequest, reply: FastifyReply, serve: () => void): void
  /** Applies the faults that take effect after the handler. */
  onSend: onSendHookHandler
}

/** The longest time a slow body takes. The rest is then sent at once. */
const TRICKLE_MAX_MS = 300_000

export function createFaultGate (app: FastifyInstance, { acceptsHeader, report }: FaultGateOptions): FaultGate {
  const timers = createTimers()
  app.decorateRequest('fault', null)
  app.addHook('preClose', done => {
    timers.finish() // a closing server answers the requests in progress
    done()
  })

  /** An error thrown in a timer would end the process. */
  const guarded = (reply: FastifyReply, action: () => void) => () => {
    try {
      action()
    } catch (thrown) {
      sendFailure(reply, thrown, report)
    }
  }

  function applyBefore (fault: Fault, reply: FastifyReply, serve: () => void): void {
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
      const isLast = from + size >= bytes.length || step >= steps || timers.isFinished()
      if (isLast) raw.end(bytes.subarray(from))
      else {
        raw.write(bytes.subarray(from, from + size))
        timers.add(intervalMs, () => { next(from + size, step + 1) })
      }
    }
    writeHead(reply, bytes.length)
    next(0, 0)
  }

  /** The payload for Fastify to send; null if the reply bypasses Fastify. */
  function applyAfter (
    { kind, answer, trickle: pace }: Fault, reply: FastifyReply, payload: unknown
  ): { payload: unknown } | null {
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
    apply (fault, request, reply, serve) {
      reply.header(FAULT_HEADER, fault.kind)
      if (fault.when === 'after') {
        request.fault = fault
        serve()
      } else if (fault.delayMs === 0) applyBefore(fault, reply, serve)
      else timers.add(fault.delayMs, guarded(reply, () => { applyBefore(fault, reply, serve) }))
    },
    onSend (request, reply, payload, done) {
      const { fault } = request
      if (fault === null) return done(null, payload)
      request.fault = null
      const finish = () => {
        const altered = applyAfter(fault, reply, payload)
        if (altered !== null) done(null, altered.payload)
      }
      if (fault.delayMs === 0) finish()
      else timers.add(fault.delayMs, guarded(reply, finish))
    }
  }
}

function bodyOf ({ code, message }: NonNullable<Effect['answer']>): { code: string, message: string } {
  return { code, message }
}

/** Closes the connection with RST instead of FIN, as a server that crashes does. */
function reset (reply: FastifyReply): void {
  reply.hijack()
  const { socket } = reply.request.raw
  if ('resetAndDestroy' in socket) socket.resetAndDestroy()
  else reply.raw.destroy() // a call of a tool of /_emulator/mcp has no connection
}

/** Announces the full length and closes the connection after half of the body. An empty body is announced as one byte. */
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

interface Timers {
  /** Calls `then` after `ms`, or as soon as the server closes. */
  add (ms: number, then: () => void): void
  /** Calls all waiting callbacks now, and later ones without delay. */
  finish (): void
  isFinished (): boolean
}

function createTimers (): Timers {
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
    finish () {
      isOver = true
      for (const go of [...waiting]) go()
    },
    isFinished: () => isOver
  }
}
