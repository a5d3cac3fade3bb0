/** Every call of the official client is an operation of our document, so that none is answered as a missing item. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { contract, type Operation } from '../../src/contract/load.js'
import { handlers } from '../../src/resources/all.js'

type Method = (...given: unknown[]) => Promise<unknown>
type Resource = Record<string, unknown>

/** Returns an id for any parameter that a method reads. */
const ANY: unknown = new Proxy({}, { get: (_target, name) => typeof name === 'string' && name !== 'then' && name !== 'toJSON' ? 'id' : undefined })

function isResource (value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && '_client' in value
}

/** The methods of the client that call the API, each with its name. */
function methods (resource: Resource, path = ''): Array<{ name: string, call: Method }> {
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter(name => name !== 'constructor' && !/unwrap/i.test(name))
  const inner = Object.entries(resource).filter(([name, value]) => !name.startsWith('_') && isResource(value))
  return [
    ...(isResource(resource) ? own.map(name => ({ name: `${path}${name}`, call: (resource[name] as Method).bind(resource) })) : []),
    ...inner.flatMap(([name, value]) => methods(value as Resource, `${path}${name}.`))
  ]
}

function operationOf (request: string): Operation | undefined {
  const [method, path = ''] = request.split(' ')
  const given = path.split('/')
  return contract().operations.find(operation => {
    const wanted = operation.path.split('/')
    return operation.method === method && wanted.length === given.length &&
      wanted.every((segment, index) => segment.startsWith('{') || segment === given[index])
  })
}

t.test('every method of the client calls an operation of the contract', async t => {
  let requests: string[] = []
  const client = new DodoPayments({
    bearerToken: 'test',
    baseURL: 'http://emulator.test',
    maxRetries: 0,
    fetch: async (url, init) => {
      requests.push(`${(init?.method ?? 'GET').toUpperCase()} ${new URL(String(url)).pathname}`)
      return new Response('{"items":[],"data":[]}', { headers: { 'content-type': 'application/json' } })
    }
  })
  const all = Object.entries(client as unknown as Resource).flatMap(([name, value]) => isResource(value) ? methods(value, `${name}.`) : [])
  t.ok(all.length > 140, `${all.length} methods`)
  for (const { name, call } of all) {
    requests = []
    // Options are the second or the third argument. Anything else is refused before a request is sent.
    const attempt = async (...given: unknown[]): Promise<unknown> => await call(...given)
    await attempt('id', ANY, {}).catch(() => attempt('id', {}))
    const [request = 'nothing'] = requests
    t.ok(operationOf(request) !== undefined, `${name} calls ${request}`)
  }
})

t.test('every operation of the newest client is emulated', async t => {
  t.strictSame(contract().operations.map(({ name }) => name as string).filter(name => !(name in handlers)), [])
})
