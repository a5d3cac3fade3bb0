/** The collections for Postman and Bruno: every operation of the contract once, with bodies that the emulator accepts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { contract, type Operation } from '../src/contract/load.js'
import { bodyValidator } from '../src/contract/validate.js'
import { packagePath } from '../src/root.js'
import { paymentBody, startEmulator } from './helper.js'

interface Request {
  method: string
  url: { raw: string, path: string[] }
  auth?: object
  body?: { mode: string, raw?: string }
}

interface Collection {
  variable: Array<{ key: string, value: string }>
  item: Array<{ name: string, item: Array<{ name: string, request: Request }> }>
}

const read = (...path: string[]) => readFileSync(packagePath('examples', ...path), 'utf8')
const collection = JSON.parse(read('postman', 'dodo-payments.postman_collection.gen.json')) as Collection
const requests = collection.item.flatMap(({ item }) => item.map(({ request }) => request))
const BASE = '{{base_url}}'

/** `/products/{}` for `{{base_url}}/products/{{product_id}}` and for `/products/{id}`. */
const shapeOf = (url: string) => url.replace(BASE, '').replace(/\{\{?\w+\}?\}/g, '{}')

const operationOf = ({ method, url: { raw } }: Request): Operation => {
  const found = contract().operations.find(operation => operation.method === method && shapeOf(operation.path) === shapeOf(raw))
  if (found === undefined) throw new Error(`the contract has no ${method} ${raw}`)
  return found
}

t.test('every operation is in both collections once', async t => {
  const names = contract().operations.map(({ method, path }) => `${method} ${shapeOf(path)}`).sort()
  t.strictSame(requests.map(({ method, url: { raw } }) => `${method} ${shapeOf(raw)}`).sort(), names)
  const files = readdirSync(packagePath('examples', 'bruno'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.bru') && !/^(?:collection|environments.Emulator)\.bru$/.test(name))
  const inBruno = files.map(name => {
    const [, method = '', url = ''] = /^(get|post|put|patch|delete) \{\n {2}url: (\S+)/m.exec(read('bruno', name)) ?? []
    return `${method.toUpperCase()} ${shapeOf(url)}`
  })
  t.strictSame(inBruno.sort(), names)
  t.ok(existsSync(packagePath('examples', 'bruno', 'bruno.json')))
})

t.test('all variables are defined', async t => {
  const known = new Set(collection.variable.map(({ key }) => key))
  const used = [...JSON.stringify(collection).matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name)
  t.strictSame([...new Set(used)].filter(name => !known.has(name)), [])
  const environment = read('bruno', 'environments', 'Emulator.bru')
  t.strictSame([...known].filter(name => !environment.includes(`  ${name}:`)), [])
})

t.test('all bodies match the contract', async t => {
  const withBody = requests.filter(({ body }) => body?.mode === 'raw')
  t.equal(withBody.length, contract().operations.filter(({ body }) => body !== null).length)
  for (const request of withBody) {
    t.doesNotThrow(() => { bodyValidator(operationOf(request))(JSON.parse(request.body?.raw ?? '')) }, `${request.method} ${request.url.raw}`)
  }
})

t.test('the emulator accepts the requests', async t => {
  const { call, pay, get } = startEmulator(t)
  const values = new Map(collection.variable.map(({ key, value }) => [key, value]))
  const settle = async (paymentId: string) => {
    await call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome: 'succeeded' } })
  }
  await settle((await pay(paymentBody({ product_cart: [{ product_id: 'pdt_license', quantity: 1 }] }))).payment_id)
  const { payment_id: paymentId } = await pay(paymentBody())
  await settle(paymentId)
  values.set('payment_id', paymentId)
  const { items: [key] } = await get<{ items: Array<{ id: string, key: string }> }>('/license_keys')
  values.set('license_key', key?.key ?? '').set('license_key_id', key?.id ?? '')

  const filled = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values.get(name) ?? '')
  const isReady = ({ url, body }: Request) =>
    [...`${url.raw}${body?.raw ?? ''}`.matchAll(/\{\{(\w+)\}\}/g)].every(([, name = '']) => name === 'base_url' || values.get(name) !== '')
  const accepted = new Set<Request>()
  const refused = new Map<Request, string>()
  /** Sends what has all of its ids, and keeps the ids of the replies. */
  const send = async (wanted: readonly Request[]) => {
    for (const request of wanted.filter(request => !accepted.has(request) && isReady(request))) {
      const url = filled(request.url.raw.replace(BASE, ''))
      const { body } = request
      const reply = await call(request.method as 'POST', url, body?.raw === undefined ? {} : { body: JSON.parse(filled(body.raw)) })
      if (reply.status >= 300) {
        refused.set(request, `${request.method} ${url}: ${reply.status} ${reply.text.slice(0, 200)}`)
        continue
      }
      accepted.add(request)
      refused.delete(request)
      const made = (reply.json ?? {}) as Record<string, string>
      const variable = `${request.url.path.at(-1)?.replaceAll('-', '_').replace(/ies$/, 'y').replace(/s$/, '')}_id`
      const id = made[variable] ?? made['id']
      if (request.method === 'POST' && id !== undefined && values.get(variable) === '') values.set(variable, id)
      if (url === '/subscriptions') await settle(made['payment_id'] ?? '')
    }
  }
  const creations = requests.filter(({ method, body }) => method === 'POST' && body?.mode === 'raw')
  for (let round = 0; round < 3; round++) await send(creations)
  await send(requests.filter(({ method, body }) => ['PATCH', 'GET'].includes(method) && body?.mode !== 'formdata')
    .filter(({ url: { path: [folder] } }) => folder !== 'invoices')) // which are PDF
  t.ok(accepted.size > 80, `${accepted.size} requests were accepted`)
  t.strictSame([...refused].filter(([{ method, url }]) => !EXPECTED.test(`${method} ${url.raw}`)).map(([, reason]) => reason), [])
})

/**
 * Prices by currency need a product with a pricing mode, a charge a subscription that is on demand, and a change a brand that was
 * not archived before.
 */
const EXPECTED = /^POST \S+\/(?:localized-prices|charge)$|^PATCH \S+\/brands\//
