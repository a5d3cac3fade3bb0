/** The table of all tools, for both entrances of the MCP server. */
import type { ErrorObject, ValidateFunction } from 'ajv'
import { createAjv } from '../contract/ajv.js'
import { violations } from '../contract/violations.js'
import { nearest } from '../rules/near.js'
import { failure, isBug, success, type ToolResult } from './result.js'
import { createSession, ToolError } from './session.js'
import type { ToolSet } from './tool-sets.js'
import type { Effect, Serving, Tool } from './tool.js'
import { callApi } from './tools/call.js'
import { contractTools } from './tools/contract.js'
import { eventTools } from './tools/events.js'
import { outcomeTools } from './tools/outcomes.js'
import { requestTools } from './tools/requests.js'
import { sandboxTools } from './tools/sandbox.js'
import { getState } from './tools/state.js'

export const TOOLS: readonly Tool[] =
  [...contractTools, callApi, getState, ...outcomeTools, ...eventTools, ...requestTools, ...sandboxTools]

const SANDBOX = { type: 'string', minLength: 1, description: 'The sandbox to use. Default: that of the server.' }

const SETS: Record<ToolSet, (tool: Tool) => boolean> = {
  all: () => true, core: ({ isCore }) => isCore, readonly: ({ effect }) => effect === 'reads'
}

const HINTS: Record<Effect, object> = {
  reads: { readOnlyHint: true, openWorldHint: false },
  changes: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  destroys: { readOnlyHint: false, destructiveHint: true, openWorldHint: false }
}

const schemaOf = ({ input: { type, properties, required = [] } }: Tool) =>
  ({ type, properties: { ...properties, sandbox: SANDBOX }, required, additionalProperties: false })

/** The tools of a set in the protocol's form. */
export function listed (set: ToolSet): object[] {
  return TOOLS.filter(SETS[set]).map(tool => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: schemaOf(tool),
    annotations: { title: tool.title, ...HINTS[tool.effect] }
  }))
}

const validators = new Map<Tool, ValidateFunction>()
let ajv: ReturnType<typeof createAjv> | undefined

function check (tool: Tool, given: unknown): void {
  ajv ??= createAjv(false)
  const validate = validators.get(tool) ?? ajv.compile(schemaOf(tool))
  validators.set(tool, validate)
  if (validate(given)) return
  const found = violations(validate.errors as ErrorObject[])
  const message = found.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')
  throw new ToolError('INVALID_ARGUMENTS', message, found)
}

/** Runs a tool of a set. All errors are results. */
export async function runTool (name: string, given: unknown, { backend, set, report }: Serving): Promise<ToolResult> {
  try {
    const tool = findTool(name, set)
    const args = given ?? {}
    check(tool, args)
    const { sandbox, ...own } = args as { sandbox?: string }
    return success(await tool.run(own, createSession(backend, sandbox)))
  } catch (error) {
    if (isBug(error)) report(error)
    return failure(error)
  }
}

function findTool (name: string, set: ToolSet): Tool {
  const tools = TOOLS.filter(SETS[set])
  const tool = tools.find(tool => tool.name === name)
  if (tool !== undefined) return tool
  const isElsewhere = TOOLS.some(tool => tool.name === name)
  const near = isElsewhere ? null : nearest(name, tools.map(tool => tool.name))
  const hint = isElsewhere ? ` in the set ${set}` : near === null ? '' : `: did you mean ${near}?`
  throw new ToolError('UNKNOWN_TOOL', `there is no tool ${name.slice(0, 100)}${hint}`)
}
