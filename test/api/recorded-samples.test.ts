/**
 * The published samples of clients that cannot be installed here: the request that each sends, written from its source, and the
 * fields that its reply type requires. They are in examples/clients.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { packagePath } from '../../src/root.js'
import { startEmulator } from '../helper.js'

interface Exchange {
  request: { method: 'POST', path: string, headers: Record<string, string>, body: string }
  /** The type of every field that the client reads. */
  reply: { status: number, body: Record<string, 'string' | 'number' | 'object'> }
}

const CLIENTS = packagePath('examples', 'clients')
const recorded = readdirSync(CLIENTS).filter(name => existsSync(packagePath('examples', 'clients', name, 'exchange.json')))

t.strictSame(recorded.sort(), ['csharp', 'java', 'kotlin', 'php', 'ruby'])

for (const client of recorded) {
  t.test(`the sample for ${client}`, async t => {
    const { request, reply } = JSON.parse(readFileSync(packagePath('examples', 'clients', client, 'exchange.json'), 'utf8')) as Exchange
    const { call } = startEmulator(t)
    const { status, json, text } = await call(request.method, request.path, { raw: request.body, headers: request.headers, key: null })
    t.equal(status, reply.status, text)
    for (const [field, type] of Object.entries(reply.body)) t.type((json as Record<string, unknown>)[field], type, field)
    const readme = readFileSync(packagePath('examples', 'clients', client, 'README.md'), 'utf8')
    t.match(readme, /was not run/, 'the folder says that it was not run')
  })
}
