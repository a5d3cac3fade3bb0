/** Results of tools: JSON that fits into a message, and errors that say what to do. */
import { whenAnswered } from '../requests/advice.js'
import { UnreachableError } from '../errors.js'
import { ToolError } from './session.js'

/** The result of a tool in the protocol's form. */
export interface ToolResult {
  content: Array<{ type: 'text', text: string }>
  /** The same as the text. Left out if both together would be too large. */
  structuredContent?: object
  isError?: true
}

/** The largest result as JSON, in bytes. Agents read all of it, and clients cut larger ones. */
export const RESULT_MAX_BYTES = 25_000
/** Leaves space for the message around the text. */
const TEXT_MAX_BYTES = RESULT_MAX_BYTES - 200

export function success (value: unknown): ToolResult {
  return resultOf(typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { result: value })
}

/** An error as a result, because agents do not see errors of the protocol. */
export function failure (error: unknown): ToolResult {
  const { code, message, details } = toolErrorOf(error)
  const shown = details.map(({ path, message }) => ({ path, message }))
  return { ...resultOf({ code, message, details: shown, what_to_do: whatToDo(code) }), isError: true }
}

function toolErrorOf (error: unknown): ToolError {
  if (error instanceof ToolError) return error
  if (error instanceof UnreachableError) return new ToolError('UNREACHABLE', error.message)
  return new ToolError('INTERNAL_ERROR', 'the tool failed: this is a bug of the emulator')
}

/** Whether an error is a bug, and not the answer to a wrong call. */
export function isBug (error: unknown): boolean {
  return toolErrorOf(error).code === 'INTERNAL_ERROR'
}

/** Advice for errors of this server. The table of errors explains those of the emulator. */
const ADVICE: Readonly<Record<string, string>> = {
  INVALID_ARGUMENTS: 'Correct the arguments that details name, and call the tool again.',
  UNKNOWN_TOOL: 'Call one of the tools of tools/list. Start the server with --tools all for all of them.',
  UNKNOWN_OPERATION: 'Find the operation with search_operations.',
  UNREACHABLE: 'Start the emulator with "npx dodo-emulator start", or start this server with --start.',
  INTERNAL_ERROR: 'Read the output of the emulator, and report it.',
  UNEXPECTED_REPLY: 'Check that the URL of the server leads to a dodo-emulator, and not to another program.'
}

/** Longer lists of cases do not help. `list_error_codes` has them. */
const CASES_MAX = 400

function whatToDo (code: string): string {
  const advice = ADVICE[code]
  if (advice !== undefined) return advice
  const when = whenAnswered(code)
  const isShown = when !== null && when.length <= CASES_MAX
  const cause = isShown ? ` Cases of ${code}: ${when}.` : ''
  return `Change what the message names, and call the tool again.${cause}`
}

function resultOf (value: object): ToolResult {
  const text = JSON.stringify(fitted(value, TEXT_MAX_BYTES))
  const complete = { content: [{ type: 'text' as const, text }], structuredContent: JSON.parse(text) as object }
  return bytesIn(complete) <= RESULT_MAX_BYTES ? complete : { content: complete.content }
}

/** The size of a value inside of a text of a JSON message, where quotes are escaped. */
const sizeOf = (value: unknown) => bytesIn(JSON.stringify(value) ?? '')
const bytesIn = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '')

/**
 * Cuts a value until it fits: first the last items of the longest list, then the longest texts. `cut` of the result says what is
 * missing.
 */
export function fitted (value: object, maxBytes: number): object {
  if (sizeOf(value) <= maxBytes) return value
  const copy = structuredClone(value) as Record<string, unknown>
  const cuts = new Map<string, string>()
  for (;;) {
    const shown = { ...copy, cut: [...cuts.values()] }
    if (sizeOf(shown) <= maxBytes) return shown
    const largest = largestPart(copy)
    if (largest === null) return { cut: [`the result of ${sizeOf(value)} bytes is too large: ask for less`] }
    cuts.set(largest.path, shorten(largest, cuts.get(largest.path)))
  }
}

interface Part {
  path: string
  parent: Record<string | number, unknown>
  key: string | number
  value: unknown[] | string
  size: number
}

/** Texts below this length are not worth cutting. */
const TEXT_MIN = 200

/** The largest list or text that can become shorter. */
function largestPart (root: Record<string, unknown>): Part | null {
  let largest: Part | null = null
  const visit = (parent: Record<string | number, unknown>, prefix: string): void => {
    for (const [key, value] of Object.entries(parent)) {
      const path = Array.isArray(parent) ? `${prefix}[${key}]` : prefix === '' ? key : `${prefix}.${key}`
      if (typeof value === 'string' ? value.length > TEXT_MIN : Array.isArray(value) && value.length > 1) {
        const size = sizeOf(value)
        if (largest === null || size > largest.size) largest = { path, parent, key, value: value as unknown[] | string, size }
      } else if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>, path)
    }
  }
  visit(root, '')
  return largest
}

/** Halves a part, and says how much of it is left. */
function shorten ({ path, parent, key, value }: Part, earlier: string | undefined): string {
  const whole = Number(/ of (\d+) /.exec(earlier ?? '')?.[1] ?? value.length)
  const half = value.slice(0, Math.ceil(value.length / 2))
  parent[key] = half
  return `${path}: the first ${half.length} of ${whole} ${typeof value === 'string' ? 'characters' : 'items'}`
}
