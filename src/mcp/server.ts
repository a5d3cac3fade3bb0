/** The MCP server: maps requests of the protocol to tools, resources and prompts. */
import { VERSION } from '../root.js'
import { INSTRUCTIONS, PROMPTS, RESOURCES } from './context.js'
import type { Serving } from './tool.js'
import { listed, runTool } from './tools.js'

/** The library, which callers load on first use. */
export type Library = typeof import('../vendor/mcp.js')

type Params = Record<string, unknown>

/** Creates a server for one connection or one request. */
export function createMcpServer ({ Server }: Library, serving: Serving): InstanceType<Library['Server']> {
  const { set } = serving
  const server = new Server({ name: 'dodo-emulator', title: 'Emulator of Dodo Payments', version: VERSION }, {
    capabilities: { tools: {}, resources: {}, prompts: {} }, instructions: INSTRUCTIONS
  })
  const handle = (method: string, handler: (params: Params) => object | Promise<object>): void => {
    server.setRequestHandler(method, async ({ params = {} }) => await handler(params))
  }
  handle('tools/list', () => ({ tools: listed(set) }))
  handle('tools/call', ({ name, arguments: given }) => runTool(String(name), given, serving))
  handle('resources/list', () => ({
    resources: Object.entries(RESOURCES).map(([uri, { name, description }]) => ({ uri, name, description, mimeType: JSON_TYPE }))
  }))
  handle('resources/templates/list', () => ({ resourceTemplates: [] }))
  handle('resources/read', ({ uri }) => {
    const resource = RESOURCES[String(uri)]
    if (resource === undefined) throw protocolError(RESOURCE_NOT_FOUND, `there is no resource ${String(uri)}: see resources/list`)
    return { contents: [{ uri: String(uri), mimeType: JSON_TYPE, text: JSON.stringify(resource.read()) }] }
  })
  handle('prompts/list', () => ({
    prompts: Object.entries(PROMPTS).map(([name, { title, description }]) => ({ name, title, description }))
  }))
  handle('prompts/get', ({ name }) => {
    const prompt = PROMPTS[String(name)]
    if (prompt === undefined) throw protocolError(INVALID_PARAMS, `there is no prompt ${String(name)}: see prompts/list`)
    return { description: prompt.description, messages: [{ role: 'user', content: { type: 'text', text: prompt.text } }] }
  })
  return server
}

const JSON_TYPE = 'application/json'
const INVALID_PARAMS = -32_602
const RESOURCE_NOT_FOUND = -32_002

/** The library sends the code to the client. */
function protocolError (code: number, message: string): Error {
  return Object.assign(new Error(message), { code })
}
