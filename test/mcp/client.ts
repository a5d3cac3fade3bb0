/** Clients of the MCP server for tests, by the library of the protocol. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Test } from 'tap'

export interface Called {
  /** The JSON of the result. */
  value: Record<string, unknown>
  isError: boolean
  /** The size of the whole result. */
  bytes: number
}

export interface McpClient {
  client: Client
  call (name: string, args?: Record<string, unknown>): Promise<Called>
  /** Calls a tool that must succeed. */
  done (name: string, args?: Record<string, unknown>): Promise<Record<string, unknown>>
}

type Transport = Parameters<Client['connect']>[0]

/** Connects with a transport, and closes with the test. */
export async function connectClient (test: Test, transport: Transport): Promise<McpClient> {
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(transport)
  test.teardown(() => client.close())

  const call: McpClient['call'] = async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: args })
    const [content] = result.content
    const text = content?.type === 'text' ? content.text : ''
    return { value: JSON.parse(text), isError: result.isError === true, bytes: Buffer.byteLength(JSON.stringify(result)) }
  }

  return {
    client,
    call,
    async done (name, args) {
      const { value, isError } = await call(name, args)
      test.notOk(isError, `${name} succeeds: ${JSON.stringify(value).slice(0, 300)}`)
      return value
    }
  }
}

export const httpTransport = (url: string, headers: Record<string, string> = {}) =>
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
