/**
 * The published samples of clients that cannot be installed here: the request that each sends, written from its source, and the
 * fields that its reply type requires. They are in examples/clients. The flow of Java and Kotlin, which are generated alike, is
 * recorded in the same way.
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

/** A request of a flow. `{name}` stands for a value that an earlier exchange kept. Fields are named by paths such as `items.0.key`. */
interface FlowExchange {
  step: string
  request: { method: 'GET' | 'POST' | 'DELETE', path: string, body?: object }
  status?: number
  times?: number
  types?: Record<string, string>
  values?: Record<string, unknown>
  keep?: Record<string, string>
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

const flow = JSON.parse(readFileSync(packagePath('examples', 'clients', 'java', 'flow.json'), 'utf8')) as FlowExchange[]

for (const client of ['java', 'kotlin']) {
  t.test(`the flow for ${client}`, async t => {
    const { request: sample } = JSON.parse(readFileSync(packagePath('examples', 'clients', client, 'exchange.json'), 'utf8')) as Exchange
    const { 'content-type': _, ...headers } = sample.headers
    const { call } = startEmulator(t)
    const kept: Record<string, string> = {}
    for (const { step, request, status: expected = 200, times = 1, types = {}, values = {}, keep = {} } of flow) {
      const { method, path } = request
      const body = request.body === undefined ? {} : { raw: filled(JSON.stringify(request.body), kept) }
      for (let time = 0; time < times; time++) {
        const { status, json, text } = await call(method, filled(path, kept), { headers, key: null, ...body })
        t.equal(status, expected, `${step}: ${method} ${path} ${text}`)
        for (const [field, type] of Object.entries(types)) t.type(at(json, field), type, `${step}: ${field}`)
        for (const [field, value] of Object.entries(values)) {
          t.strictSame(at(json, field), typeof value === 'string' ? filled(value, kept) : value, `${step}: ${field}`)
        }
        for (const [name, field] of Object.entries(keep)) kept[name] = String(at(json, field))
      }
    }
    const program = readFileSync(packagePath('examples', 'clients', client, 'flow', client === 'java' ? 'Flow.java' : 'Flow.kt'), 'utf8')
    for (const step of new Set(flow.map(({ step }) => step))) t.match(program, `done("${step}")`, `the program has the step ${step}`)
    const readme = readFileSync(packagePath('examples', 'clients', client, 'README.md'), 'utf8')
    t.match(readme, /written from the client's source.*not compiled.*not run/s, 'the folder says that its flow was not run')
  })
}

function filled (text: string, kept: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = kept[name]
    if (value === undefined) throw new Error(`no exchange keeps ${name}`)
    return value
  })
}

function at (json: unknown, path: string): unknown {
  return path.split('.').reduce((value, part) => (value as Record<string, unknown>)[part], json)
}
