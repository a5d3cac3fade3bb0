// The part of @modelcontextprotocol/server that tools/build.mjs bundles. Loaded only for the command mcp and for requests to
// /_emulator/mcp. Add new names to mcp.d.ts too.
export { createMcpHandler, Server } from '@modelcontextprotocol/server'
export { serveStdio } from '@modelcontextprotocol/server/stdio'
