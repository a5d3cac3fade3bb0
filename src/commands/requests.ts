/** The command `requests`: what a program has called, and why it was refused. */
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { SetupError } from '../errors.js'
import { ask, follow, printLatest, type Latest } from './ask.js'

type LoggedRequest = components['schemas']['LoggedRequest']

export interface RequestsOptions extends Latest {
  status?: string | undefined
  operation?: string | undefined
  payment?: string | undefined
}

/** Prints the latest calls, the newest last. */
export async function requests (config: Config, { status, operation, payment, ...latest }: RequestsOptions): Promise<void> {
  await printLatest(config, '/_emulator/requests', { status, operation, payment_id: payment }, latest, lines)
}

export async function clearRequests (config: Config): Promise<void> {
  await ask(config, '/_emulator/requests', { method: 'DELETE' })
}

export interface FollowOptions extends Pick<RequestsOptions, 'status' | 'operation' | 'payment' | 'json'> {
  /** Aborted when the person has seen enough. */
  stop: AbortSignal
}

/** Prints calls as they are answered; with `json` one object in a line. */
export async function followRequests (
  config: Config, { status, operation, payment, json, stop }: FollowOptions
): Promise<void> {
  if (status !== undefined && !/^[1-5](?:\d\d|xx)$/.test(status)) {
    throw new SetupError(`--status must be a status such as 422, or a class such as 4xx, not ${status}`)
  }
  const hasStatus = (request: LoggedRequest) => status === undefined ||
    (status.endsWith('xx') ? String(request.status).startsWith(status.slice(0, 1)) : String(request.status) === status)
  for await (const data of follow(config, '/_emulator/requests/stream', stop)) {
    const request = JSON.parse(data) as LoggedRequest
    if (!hasStatus(request) || (operation !== undefined && request.operation !== operation)) continue
    if (payment !== undefined && request.payment_id !== payment) continue
    console.log(json === true ? JSON.stringify(request) : lines(request))
  }
}

/** `12:00:01  422  POST /payments  in 3 ms  req_…`, and below it why it was refused and what was ignored. */
function lines (request: LoggedRequest): string {
  const { answered_at: at, status, method, path, duration_ms: duration, request_id: id, payment_id: payment } = request
  const first = [
    at.slice(11, 19), status, `${method} ${path}`, `in ${Math.round(duration)} ms`, id, ...(payment === null ? [] : [payment])
  ].join('  ')
  const ignored = request.ignored_fields.map(field => field === '' ? 'the whole body' : field)
  return [
    first,
    ...(request.explanation === null ? [] : [`          ${request.error_code}: ${request.explanation.message}`]),
    ...(ignored.length === 0 ? [] : [`          ignored: ${ignored.join(', ')}`])
  ].join('\n')
}
