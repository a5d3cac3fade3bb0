/** The command `mcp`: an MCP server for coding agents over standard input and output. */
import type { Command } from 'commander'
import { nonEmpty } from '../config/values.js'
import { UsageError } from '../errors.js'
import { TOOL_SETS, type ToolSet } from '../mcp/tool-sets.js'
import { oneOf, option } from './arguments.js'
import { API_KEY_OPTION, type TargetFlags } from './target.js'
import type { Tools } from './tools.js'

export interface McpOptions {
  /** The URL of the emulator; null starts one in memory. */
  url: string | null
  /** The sandbox of tools that name none: `/~mine`, or empty. */
  prefix: string
  apiKey: string
  controlKey: string | null
  set: ToolSet
  /** Aborted when the user ends the command. */
  stop: AbortSignal
}

interface McpFlags extends TargetFlags {
  start?: boolean
  tools: ToolSet
  apiKey?: string
}

export function addMcp (program: Command, tools: Tools, run: (options: McpOptions) => Promise<void>): void {
  tools.client(program, 'mcp', 'serve the tools for coding agents (Model Context Protocol) on standard input and output')
    .option('--start', 'start an emulator in memory, which ends with the command')
    .addOption(option('--tools <set>', `the tools to offer: ${TOOL_SETS.join(', ')}`, oneOf(...TOOL_SETS)).default('core'))
    .addOption(option(`--api-key ${API_KEY_OPTION.value}`, `${API_KEY_OPTION.about} [${API_KEY_OPTION.env}]`, nonEmpty))
    .action(async ({ start = false, tools: set, apiKey: key, ...flags }: McpFlags) => {
      const isAddressed = flags.url !== undefined || flags.host !== undefined || flags.port !== undefined
      if (start && isAddressed) throw new UsageError('--start excludes --url, --host and --port: leave them out')
      const target = tools.targetOf(start ? { ...flags, host: '127.0.0.1' } : flags)
      const [prefix = target.prefix] = /\/~[^/]+$/.exec(target.url) ?? []
      await run({
        url: start ? null : target.url.slice(0, target.url.length - (target.url.endsWith(prefix) ? prefix.length : 0)),
        prefix,
        apiKey: tools.apiKeyOf(key),
        controlKey: target.controlKey,
        set,
        stop: tools.stopSignal()
      })
    })
}
