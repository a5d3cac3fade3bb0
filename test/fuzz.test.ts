/**
 * Requests from a seeded generator for every operation of the API and of the control API: bodies, paths, queries, headers and
 * methods, most of them with one mistake. Only operations that are not emulated answer 5xx, every refusal is in the envelope,
 * every success matches the contract, memory does not grow, the databases stay intact, and afterwards everything works.
 *
 * FUZZ_REQUESTS is the number of requests; 2,000 by default, 20,000 if THOROUGH is set. FUZZ_SEED repeats a run.
 */
import { readdirSync } from 'node:fs'
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import { readConfig } from '../src/config/config.js'
import { contract, controlContract, type Operation } from '../src/contract/load.js'
import { createApp } from '../src/emulator.js'
import { ERRORS } from '../src/errors.js'
import { handlers } from '../src/resources/all.js'
import { isThorough } from './effort.js'
import { requestFor, type FuzzRequest } from './fuzz/requests.js'
import { createPool } from './fuzz/values.js'
import { closedReply, paymentBody } from './helper.js'
import { connect, JSON_TYPE, temporaryFolder } from './processes.js'
import { randomFrom, type Random } from './random.js'

const COUNT = Number(process.env['FUZZ_REQUESTS'] ?? (isThorough ? 20_000 : 2000))
const SEED = Number(process.env['FUZZ_SEED'] ?? 20260901)
const CONNECTIONS = 16
const PATIENCE_MS = 30_000
/** Over the second half of the requests: everything with a limit has reached it by then. */
const GROWTH_MAX_BYTES = 16 * 1024 * 1024

t.setTimeout(600_000)

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

t.test(`survives ${COUNT} requests (seed ${SEED})`, async t => {
  const database = join(temporaryFolder(t), 'emulator.db')
  const emulator = createApp(readConfig({ database, port: '0', seed: 'fuzz' }, {}))
  t.teardown(() => emulator.close())
  const reports = t.capture(console, 'error')
  const { url, port } = await emulator.listen()
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  t.teardown(() => { agent.destroy() })

  await drawDocuments(t, url)
  const pool = createPool()
  const operations = operationsByTurns()
  const failures: string[] = []
  const statuses = new Map<number, number>()
  const succeeded = new Set<string>()
  let taken = 0

  async function attack (end: number): Promise<void> {
    while (taken < end && failures.length < 20) {
      const n = taken++
      if (n % 1000 === 0) t.comment(`${n} requests`)
      const random = randomFrom(SEED + n)
      const asked = requestFor(operations(n, random), random, pool)
      if (random.chance(0.02)) {
        await sendBytes(port, asked, random)
        continue
      }
      const answer = await send(url, agent, asked).catch((error: Error) => error)
      const complaint = answer instanceof Error ? `no answer: ${answer.message}` : wrongWith(asked, answer)
      if (complaint !== undefined) failures.push(`${n}: ${complaint}\n${described(asked)}`)
      if (answer instanceof Error) continue
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      if (answer.status >= 300) continue
      if (asked.method === asked.operation.method) succeeded.add(asked.operation.name)
      const isJson = asked.isKept && answer.text !== '' && answer.headers['content-type']?.startsWith('application/json') === true
      if (isJson) pool.harvest(JSON.parse(answer.text), random)
    }
  }

  const attackUntil = (end: number) => Promise.all(Array.from({ length: CONNECTIONS }, () => attack(end)))
  await attackUntil(Math.floor(COUNT / 2))
  const bytesAtHalf = await bytesInUse()
  await attackUntil(COUNT)
  t.strictSame(failures, [])
  t.strictSame(reports.args(), [], 'no internal error was reported')
  t.equal((Object.prototype as Record<string, unknown>)['polluted'], undefined)
  t.comment([...statuses].sort().map(([status, count]) => `${status}: ${count}`).join(', '))
  t.ok(succeeded.size > 60, `${succeeded.size} operations have succeeded`)
  const grown = await bytesInUse() - bytesAtHalf
  t.ok(grown < GROWTH_MAX_BYTES, `memory in use has grown by ${Math.round(grown / 1024)} KiB`)
  await everythingWorks(t, url)
  await emulator.close()
  checkDatabases(t, database)
})

/** Every operation in turn, interleaved with emulated ones, mainly those that change something. */
function operationsByTurns (): (n: number, random: Random) => Operation {
  const all = [...contract().operations, ...controlContract().operations]
  const implemented = [...contract().operations.filter(({ name }) => name in handlers), ...controlContract().operations]
  const changes = implemented.filter(({ body, path }) => body !== null && !path.startsWith('/_emulator'))
  return (n, random) => n % 4 === 0 ? all[n / 4 % all.length] ?? random.one(all) : random.one(n % 2 === 0 ? changes : implemented)
}

/** Memory of objects and buffers that are in use, without SQLite's page cache, which has its own limit. */
async function bytesInUse (): Promise<number> {
  v8.setFlagsFromString('--expose-gc')
  const collect = vm.runInNewContext('gc') as () => void
  // A buffer is freed after the collection, and only then what refers to it.
  for (let turn = 0; turn < 3; turn++) {
    collect()
    await setImmediate()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Reads only the head of a stream. */
function send (url: string, agent: Agent, { method, url: path, headers, body }: FuzzRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, path, headers }, incoming => {
      const { statusCode: status = 0, headers } = incoming
      let text = ''
      if (headers['content-type']?.startsWith('text/event-stream') === true) {
        incoming.destroy()
        return resolve({ status, headers, text })
      }
      incoming.setEncoding('utf8').on('data', part => { text += part }).on('error', reject)
        .on('end', () => { resolve({ status, headers, text }) })
    })
    outgoing.setTimeout(PATIENCE_MS, () => { outgoing.destroy(new Error('nothing came')) })
    outgoing.on('error', reject).end(body)
  })
}

/** Sends the request with some changed bytes on its own connection. The emulator must survive any result. */
function sendBytes (port: number, { method, url, headers, body = Buffer.alloc(0) }: FuzzRequest, random: Random): Promise<void> {
  const head = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')
  const bytes = Buffer.concat([Buffer.from(`${method} ${url} HTTP/1.1\r\n${head}\r\n`, 'latin1'), body])
  for (let changes = 1 + random.below(5); changes > 0; changes--) bytes[random.below(bytes.length)] = random.below(256)
  return new Promise(resolve => {
    const socket = connectSocket(port, '127.0.0.1', () => { socket.end(bytes) }).resume().on('error', () => {}).on('close', () => { resolve() })
    socket.setTimeout(PATIENCE_MS, () => { socket.destroy() })
  })
}

/** The problem with an answer, or undefined. */
function wrongWith ({ operation, method, isUnchanged }: FuzzRequest, { status, headers, text }: Answer): string | undefined {
  if (status >= 500 && status !== 501) return `${status} ${text.slice(0, 300)}`
  if (status < 400) return status === operation.success && isUnchanged ? misshapen(operation.name, text) : undefined
  if (method === 'HEAD') return text === '' ? undefined : 'HEAD with a body'
  if (headers['content-type']?.startsWith('text/html') === true) return // // a page, where the path was changed into that of a page
  const { code, message, details = [], ...others } = JSON.parse(text) as Record<string, unknown>
  if (operation.name === 'POST /_emulator/mcp' && others['jsonrpc'] === '2.0' && status < 500) return // // an error of that protocol
  const isEnvelope = typeof code === 'string' && Object.hasOwn(ERRORS, code) && typeof message === 'string' && message !== '' &&
    Object.keys(others).length === 0 && Array.isArray(details) && details.every(({ path, message }) =>
    typeof path === 'string' && typeof message === 'string')
  if (!isEnvelope) return `not the form of an error: ${text.slice(0, 300)}`
  if (/node_modules|\n {4}at |SQLITE/.test(text)) return `shows internals: ${text.slice(0, 300)}`
}

/** Whether a success does not match the contract. */
function misshapen (name: Operation['name'], text: string): string | undefined {
  if (name.includes('/_emulator') || text === '' || text.startsWith('%PDF')) return
  const validate = closedReply(name)
  if (validate === null || validate(JSON.parse(text))) return
  return `not as the contract says: ${JSON.stringify(validate.errors?.slice(0, 2))} ${text.slice(0, 300)}`
}

function described ({ method, url, headers, body }: FuzzRequest): string {
  return `${method} ${url.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)} ${String(body ?? '').slice(0, 1000)}`
}

/** Loads the libraries and the limited number of fonts that stay in memory, which would look like growth later. */
async function drawDocuments (test: Test, url: string): Promise<void> {
  const { send, get, pay } = connect(test, url)
  const names = ['Ада', 'أحمد', 'שרה', 'राजेश', 'สมชาย', 'ខ្មែរ', '김철수', '山田 さくら', '张伟', '陳ㄅ', '🎉 ½ ∑']
  for (const [index, name] of names.entries()) {
    const customer = { email: `reader${index}@example.com`, name }
    const { json } = await pay({ ...paymentBody(), customer })
    await send('POST', `/_emulator/payments/${json.payment_id}/pay`, '{"outcome":"succeeded"}', JSON_TYPE)
    const { status } = await get(`/invoices/payments/${json.payment_id}`)
    test.equal(status, 200, name)
  }
}

/** Creates, pays and refunds a payment in a new sandbox and in the attacked one. */
async function everythingWorks (test: Test, url: string): Promise<void> {
  const { send } = connect(test, url)
  for (const key of ['sandbox_after', 'test']) {
    const call = async <Json>(path: string, body?: object) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = { authorization: `Bearer ${key}`, ...(text === undefined ? {} : JSON_TYPE) }
      const { status, json, text: answer } = await send<Json>('POST', path, text, headers)
      test.ok(status < 300, `${path}: ${status} ${answer.slice(0, 200)}`)
      return json
    }
    await call('/_emulator/reset')
    const { payment_id: id } = await call<{ payment_id: string }>('/payments', paymentBody())
    await call(`/_emulator/payments/${id}/pay`, { outcome: 'succeeded' })
    await call('/refunds', { payment_id: id })
  }
}

function checkDatabases (test: Test, file: string): void {
  const folder = join(file, '..', 'sandboxes')
  for (const name of [file, ...readdirSync(folder).filter(name => name.endsWith('.db')).map(name => join(folder, name))]) {
    const database = new Sqlite(name)
    test.equal(database.pragma('integrity_check', { simple: true }), 'ok', name)
    database.close()
  }
}
