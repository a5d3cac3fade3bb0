/**
 * Adds the calls that actions of the dashboard make to the request log, so that the log explains every change. They are marked,
 * because verifications concern only programs. Pages that are merely shown log nothing.
 */
import { contract, controlContract, type Operation } from '../../contract/load.js'
import type { OperationName } from '../../contract/operations.js'
import { ApiError } from '../../errors.js'
import { elapsedMs } from '../../sandbox/clock.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { PageContext } from './page.js'

/** Clears the log, and therefore is not logged. */
const CLEARS = 'DELETE /_emulator/requests'

/** The page, with an `operate` that logs changes. */
export function logging (page: PageContext): PageContext {
  const { operate, context, apiKey } = page
  return {
    ...page,
    async operate (name, input) {
      if (name.startsWith('GET ') || name === CLEARS) return await operate(name, input)
      const startedMs = elapsedMs()
      const given = (input ?? {}) as Given
      const add = (status: number | null, answer: unknown) => {
        record({ name, given, startedMs, status, answer, apiKey }, context)
      }
      try {
        const reply = await operate(name, input)
        add(null, reply)
        return reply
      } catch (error) {
        if (error instanceof ApiError) add(error.status, errorOf(error))
        throw error
      }
    }
  }
}

interface Given {
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, unknown>>
  body?: unknown
}

interface Made {
  name: OperationName
  given: Given
  startedMs: number
  /** Null for the operation's status of success. */
  status: number | null
  answer: unknown
  apiKey: string
}

function record ({ name, given, startedMs, status, answer, apiKey }: Made, { sandbox }: Pick<Context, 'sandbox'>): void {
  const operation = operationNamed(name)
  const { path = {}, query = {}, body } = given
  const hasBody = operation.body !== null && !operation.isUpload && body !== undefined
  sandbox.requests.add({
    at: sandbox.clock.now(),
    duration_ms: elapsedMs() - startedMs,
    elapsed_ms: elapsedMs(),
    method: operation.method,
    url: urlOf(operation.path, path, query),
    operation,
    page: null,
    params: path,
    // The headers of the same call by a program, with which it can be repeated.
    headers: [
      ...(operation.secured ? ['Authorization', `Bearer ${apiKey}`] : []),
      ...(hasBody ? ['Content-Type', 'application/json'] : [])
    ],
    status: status ?? operation.success,
    location: null,
    refusal: null,
    ignored: null,
    isFromDashboard: true
  }, hasBody ? JSON.stringify(body) : '', answer === undefined ? '' : JSON.stringify(answer))
}

/** The body of the reply to a refused call. */
function errorOf ({ code, message, details }: ApiError): object {
  return details === undefined ? { code, message } : { code, message, details }
}

function operationNamed (name: string): Operation {
  const operation = [...contract().operations, ...controlContract().operations].find(candidate => candidate.name === name)
  if (operation === undefined) throw new Error(`there is no operation ${name}`)
  return operation
}

function urlOf (template: string, path: Readonly<Record<string, string>>, query: Readonly<Record<string, unknown>>): string {
  const url = template.replace(/\{(\w+)\}/g, (_found, name: string) => encodeURIComponent(path[name] ?? ''))
  const search = new URLSearchParams(Object.entries(query)
    .flatMap(([name, value]): Array<[string, string]> => value === undefined ? [] : [[name, String(value)]]))
  return search.size === 0 ? url : `${url}?${search}`
}
