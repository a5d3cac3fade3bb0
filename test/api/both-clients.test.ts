/**
 * The clients of contract 1.113.0 and of the newest one call every operation that they have. Every reply is compared with the
 * schema of the client's contract. A reply of the newest contract has no other fields.
 */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import Older from 'dodopayments-2.47'
import Newest from 'dodopayments-2.52'
import t, { type Test } from 'tap'
import { olderContract } from '../../src/contract/load.js'
import type { ContractVersion } from '../../src/contract/versions.js'
import { checkAnswer, operationOf, startEmulator, type Answer } from '../helper.js'
import { tellStory } from './client-story.js'

type Resource = Record<string, unknown>
type Method = (...given: unknown[]) => unknown

const isResource = (value: unknown): value is Resource => typeof value === 'object' && value !== null && '_client' in value

/** Methods that call nothing. */
const LOCAL = ['webhooks.unwrap', 'webhooks.unsafeUnwrap']

/** Notes the calls of all methods of a client. Returns their names. */
function watch (resource: Resource, called: Set<string>, path = ''): string[] {
  const own = isResource(resource) ? Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter(name => name !== 'constructor') : []
  const inner = Object.entries(resource).filter(([name, value]) => !name.startsWith('_') && isResource(value))
  for (const name of own) {
    const method = resource[name] as Method
    resource[name] = (...given: unknown[]) => {
      called.add(`${path}${name}`)
      return method.apply(resource, given)
    }
  }
  return [...own.map(name => `${path}${name}`), ...inner.flatMap(([name, value]) => watch(value as Resource, called, `${path}${name}.`))]
}

let older: Ajv2020 | undefined

/** Checks a reply against the older document: all fields that it requires are there, with their types and values. */
function checkOlder (test: Test, method: string, url: string, { status, json, text }: Answer): void {
  test.ok(status < 400, `${method} ${url}: ${text}`)
  if (older === undefined) {
    older = new Ajv2020({ allErrors: true, strict: false })
    addFormats.default(older)
    older.addSchema(olderContract(), 'older')
  }
  const path = operationOf(method, url)?.path ?? ''
  const responses = olderContract().paths[path]?.[method.toLowerCase()]?.responses ?? {}
  if (responses[status]?.content?.['application/json'] === undefined) return
  const pointer = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')
  const validate = older.compile({ $ref: `older#/paths/${pointer}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema` })
  test.ok(validate(json), `${method} ${path}: ${JSON.stringify(validate.errors?.slice(0, 3))}`)
}

for (const [name, Client, version] of [['2.47', Older, '1.113.0'], ['2.52', Newest, 'newest']] as const) {
  t.test(`client ${name} calls every operation, and the replies fit its contract`, async t => {
    const { emulator } = startEmulator(t, { contract: version satisfies ContractVersion, clock: '2026-01-31T12:00:00Z', clockFrozen: 'on' })
    const check = version === 'newest' ? checkAnswer : checkOlder
    const client = new Client({
      bearerToken: 'test',
      baseURL: 'http://emulator.test',
      maxRetries: 0,
      fetch: async (address, init) => {
        const { method, headers, url, body } = await requestOf(String(address), init as RequestInit)
        const response = await emulator.app.inject({ method: method as 'GET', url, headers, payload: body })
        const { statusCode: status, payload: text } = response
        const isJson = text !== '' && String(response.headers['content-type']).startsWith('application/json')
        if (isJson || text === '') check(t, method, url, { status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined })
        else t.equal(status, 200, `${method} ${url}`)
        return new Response(status === 204 ? null : response.rawPayload, { status, headers: response.headers as Record<string, string> })
      }
    })
    const called = new Set<string>()
    const methods = Object.entries(client as unknown as Resource).flatMap(([name, value]) => isResource(value) ? watch(value, called, `${name}.`) : [])
    await tellStory({
      client: client as Newest, // the newest client only adds to the older one
      isNewest: version === 'newest',
      control: async (method, path, body) => {
        const { statusCode: status, payload } = await emulator.app.inject({
          method, url: `/_emulator/${path}`, headers: { authorization: 'Bearer test' }, payload: body
        })
        t.equal(status, 200, payload)
        return JSON.parse(payload)
      }
    })
    t.strictSame(methods.filter(method => !called.has(method) && !LOCAL.includes(method)), [], `all ${methods.length} methods`)
  })
}

/** The request that `fetch` would send, with a form as bytes. */
async function requestOf (address: string, init: RequestInit) {
  const request = new Request(address, init)
  const { pathname, search } = new URL(address)
  const body = Buffer.from(await request.arrayBuffer())
  return { method: request.method, url: pathname + search, headers: Object.fromEntries(request.headers), body }
}
