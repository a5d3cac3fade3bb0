// Generates openapi/llms.gen.txt, an index of the documentation and the operations for language models (https://llmstxt.org). The
// emulator serves it at /llms.txt. Its links are relative to the emulator.
import { readdirSync, readFileSync } from 'node:fs'

const REFERENCE = ['commands', 'options', 'errors', 'warnings', 'functions.gen', 'fidelity', 'security']
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

export function llms () {
  const { paths } = JSON.parse(readFileSync('openapi/openapi.gen.json', 'utf8'))
  const guides = readdirSync('docs/how-to').filter(name => name.endsWith('.md')).sort().map(name => `how-to/${name.slice(0, -3)}`)
  const operations = Object.entries(paths).flatMap(([path, item]) => METHODS.filter(method => item[method] !== undefined)
    .map(method => `- \`${method.toUpperCase()} ${path}\`: ${item[method].summary}`))
  const lines = [
    '# dodo-emulator',
    '',
    '> A local emulator of the Dodo Payments API for development and tests. No money moves. Point a client at it with',
    '> DODO_PAYMENTS_BASE_URL, and set no environment in the client. Any API key is accepted, unless it was started with --api-keys.',
    '',
    '- [The contract](openapi.json): all operations and schemas of the emulated API',
    '- [The control API](_emulator/openapi.json): operations for tests, under /_emulator',
    '- MCP server: `POST /_emulator/mcp`, or `npx dodo-emulator mcp` over standard input and output',
    '',
    '## How-tos',
    '',
    ...guides.map(linkTo),
    '',
    '## Reference',
    '',
    ...REFERENCE.map(linkTo),
    '',
    '## Operations',
    '',
    ...operations
  ]
  return [{ path: 'openapi/llms.gen.txt', content: lines.join('\n') + '\n' }]
}

/** The page of the guide, which the emulator serves at /docs/guide/. */
function linkTo (name) {
  const [, title] = /^# (.*)$/m.exec(readFileSync(`docs/${name}.md`, 'utf8'))
  return `- [${title}](docs/guide/${name.replace('.gen', '')}.html)`
}
