/** The command `requests`: lists the logged API calls and explains refused ones. */
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { identifier, limitOption, operation, option, statusPattern } from './arguments.js'
import { ask, follow, printLatest, type Latest } from './ask.js'
import { colouredStatus } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type LoggedRequest = components['schemas']['LoggedRequest']

interface Filter {
  status?: string | undefined
  operation?: string | undefined
  payment?: string | undefined
}

interface RequestsFlags extends TargetFlags, Latest, Filter {
  follow?: boolean
  clear?: boolean
}

const PATH = '/_emulator/requests'

export function addRequests (program: Command, { client, targetOf, stopSignal, output }: Tools): void {
  client(program, 'requests', 'list API calls, and why they were refused')
    .addOption(option('--status <status>', 'only with this status, or a class such as 4xx', statusPattern))
    .addOption(option('--operation <operation>', "only of this operation, such as 'POST /payments'", operation))
    .addOption(option('--payment <payment_id>', 'only about this payment', identifier))
    .addOption(limitOption())
    .option('--follow', 'print new calls until Ctrl-C')
    .option('--clear', 'clear the log')
    .action(async ({ status, operation, payment, limit, follow, clear, ...flags }: RequestsFlags) => {
      const target = targetOf(flags)
      const filter = { status, operation, payment }
      if (clear === true) await ask(target, PATH, { method: 'DELETE' })
      else if (follow === true) await followRequests(target, filter, { json: output.json, stop: stopSignal() })
      else await latest(target, filter, { limit, show: output.show })
    })
}

async function latest (
  target: Target, { status, operation, payment }: Filter, shown: Parameters<typeof printLatest>[3]
): Promise<void> {
  const filters = { status, operation, payment_id: payment }
  const names = { status: '--status', operation: '--operation', payment_id: '--payment' }
  await printLatest(target, PATH, { filters, names }, shown, (request: LoggedRequest) => requestLines(request))
}

/** Prints calls as they are answered. With `json`, prints one object per line. */
async function followRequests (
  target: Target, { status, operation, payment }: Filter, { json, stop }: { json: boolean, stop: AbortSignal }
): Promise<void> {
  const hasStatus = (request: LoggedRequest) => status === undefined ||
    (status.endsWith('xx') ? String(request.status).startsWith(status.slice(0, 1)) : String(request.status) === status)
  for await (const data of follow(target, `${PATH}/stream`, stop)) {
    const request = JSON.parse(data) as LoggedRequest
    if (!hasStatus(request) || (operation !== undefined && request.operation !== operation)) continue
    if (payment !== undefined && request.payment_id !== payment) continue
    console.log(json ? JSON.stringify(request) : requestLines(request))
  }
}

/**
 * `12:00:01  422  POST /payments  in 3 ms  req_…`, followed by lines with the reason of a refusal, ignored fields and warnings.
 * `label` ends the first line.
 */
export function requestLines (request: LoggedRequest, label = ''): string {
  const { answered_at: at, status, method, path, duration_ms: duration, request_id: id, payment_id: payment } = request
  const first = [
    at.slice(11, 19), colouredStatus(status), `${method} ${path}`, `in ${Math.round(duration)} ms`, id,
    ...(payment === null ? [] : [payment])
  ].join('  ')
  const ignored = request.ignored_fields.map(field => field === '' ? 'the whole body' : field)
  return [
    `${first}${label}`,
    ...(request.explanation === null ? [] : [`          ${request.error_code}: ${request.explanation.message}`]),
    ...(ignored.length === 0 ? [] : [`          ignored: ${ignored.join(', ')}`]),
    ...request.notes.map(({ code, path, message }) => `          ${code}: ${path === '' ? '' : `${path} `}${message}`)
  ].join('\n')
}
