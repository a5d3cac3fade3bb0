// The types of vendor/mcp.js, which tools/build.mjs bundles from mcp.entry.mjs. Written by hand, because the library's own types
// would make our declarations refer to a package that is not installed with ours.

type Handler = (request: { params?: Record<string, unknown> }) => Promise<object>

export declare class Server {
  constructor (
    about: { name: string, version: string, title?: string },
    options: { capabilities: { tools?: object, resources?: object, prompts?: object }, instructions: string }
  )

  setRequestHandler (method: string, handler: Handler): void
}

/** Called once for each HTTP request, or once for each connection over stdio. */
type Factory = () => Server

export declare function createMcpHandler (factory: Factory): {
  fetch (request: Request, options: { parsedBody: unknown }): Promise<Response>
  close (): Promise<void>
}

export declare function serveStdio (factory: Factory, options?: { onerror? (error: Error): void }): { close (): Promise<void> }
