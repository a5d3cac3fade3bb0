/**
 * Emulators as processes: the built command (dist/cli.js), ended with the test, and connections that
 * send bytes unchanged. The process gets only PATH of the test's environment, so that a PORT or DATABASE
 * around the tests has no effect.
 */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request, type OutgoingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { packagePath } from '../src/root.js'

export const COMMAND = packagePath('dist', 'cli.js')

/** Generous, because machines are slow: a wait of this length is a defect. */
const PATIENCE_MS = 60_000

export interface LaunchOptions {
  env?: Record<string, string>
  /** Options of Node itself, such as a preload. */
  node?: string[]
  /** The working directory. By default, an empty folder. */
  folder?: string
}

export interface Ended {
  /** The exit code; null when a signal ended the process. */
  code: number | null
  stdout: string
  stderr: string
}

export interface Launched {
  folder: string
  kill (signal: NodeJS.Signals): void
  /** The output so far. */
  output (): string
  /** Resolves once it listens and has printed its greeting. */
  greeted: Promise<void>
  ended: Promise<Ended>
}

export interface Running extends Launched {
  url: string
  port: number
}

/** A folder that is removed with the test. */
export function temporaryFolder (test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'dodo-emulator-test-'))
  test.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

/** Starts the command and returns immediately. */
export function launch (test: Test, args: string[], options: LaunchOptions = {}): Launched {
  const { env = {}, node = [], folder = temporaryFolder(test) } = options
  const child = spawn(process.execPath, [...node, COMMAND, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', text => { stderr += text })
  child.stdout.setEncoding('utf8')
  const greeted = new Promise<void>(resolve => {
    child.stdout.on('data', text => {
      stdout += text
      if (stdout.includes('DODO_PAYMENTS_BASE_URL=')) resolve()
    })
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  test.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { folder, kill: signal => { child.kill(signal) }, output: () => stdout, greeted, ended }
}

/** Runs the command to its end. */
export function runToEnd (test: Test, args: string[], options?: LaunchOptions): Promise<Ended> {
  return within(launch(test, args, options).ended, `dodo-emulator ${args.join(' ')} has not ended`)
}

/** Starts an emulator on a free port and waits for its greeting. Rejects if it ends instead. */
export async function startProcess (test: Test, args: string[] = [], options: LaunchOptions = {}): Promise<Running> {
  const portFile = join(temporaryFolder(test), 'port')
  const launched = launch(test, ['start', '--port', '0', '--port-file', portFile, ...args], options)
  const early = await within(Promise.race([launched.greeted, launched.ended]), 'the emulator has not started')
  if (early !== undefined) throw new Error(`the emulator ended instead of starting: ${early.stderr}`)
  const port = Number(readFileSync(portFile, 'utf8'))
  return { ...launched, port, url: `http://127.0.0.1:${port}` }
}

/** Ends it as a user or a container does, and waits for the end. */
export function stop ({ kill, ended }: Launched, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  kill(signal)
  return within(ended, `the emulator has not ended after ${signal}`)
}

async function within<Value> (promise: Promise<Value>, complaint: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new Error(`${complaint} after ${PATIENCE_MS / 1000} s`)) }, PATIENCE_MS)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A free port outside the range that the system assigns: a port of that range could become the local end of another
 * connection before it is used. No other test gets it until this process ends. The range also excludes the ports that fetch
 * refuses to call; the highest is 10080.
 */
export async function freePort (): Promise<number> {
  for (;;) {
    const port = randomInt(11_000, 32_000)
    if (!reserve(port)) continue
    const server = createServer()
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
}

/** A folder for each port that a test process has reserved. The other processes see it. */
const reservations: string[] = []

process.once('exit', () => { for (const folder of reservations) rmSync(folder, { recursive: true, force: true }) })

function reserve (port: number): boolean {
  const folder = join(tmpdir(), `dodo-emulator-test-port-${port}`)
  try {
    mkdirSync(folder)
  } catch {
    return false // // another process has it
  }
  reservations.push(folder)
  return true
}

export interface Response<Json> {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The body, if its content type is JSON. */
  json: Json
}

export interface Connections {
  /** Sends one request with an API key. The bytes of its body are sent unchanged. */
  send<Json> (method: string, path: string, body?: Buffer | string, headers?: OutgoingHttpHeaders): Promise<Response<Json>>
  get<Json> (path: string): Promise<Response<Json>>
  /** Sends POST /payments. */
  pay (body: unknown): Promise<Response<PaymentReply>>
}

export interface PaymentReply {
  payment_id: string
  client_secret: string
  payment_link: string | null
  total_amount: number
}

export const JSON_TYPE = { 'content-type': 'application/json' }

/** Up to `count` connections to an emulator, kept open between requests and closed with the test. */
export function connect (test: Test, url: string, count = 1): Connections {
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  test.teardown(() => { agent.destroy() })

  const send = <Json>(...[method, path, body, headers = {}]: Parameters<Connections['send']>) =>
    new Promise<Response<Json>>((resolve, reject) => {
      const isChunked = headers['transfer-encoding'] !== undefined
      const length = body === undefined || isChunked ? {} : { 'content-length': Buffer.byteLength(body) }
      const options = { agent, method, path, headers: { authorization: 'Bearer test', ...length, ...headers } }
      const outgoing = request(url, options, incoming => {
        const chunks: Buffer[] = []
        incoming.on('data', chunk => chunks.push(chunk)).on('error', reject).on('end', () => {
          const { statusCode: status = 0, headers } = incoming
          const text = Buffer.concat(chunks).toString('utf8')
          const isJson = text !== '' && headers['content-type']?.startsWith('application/json') === true
          resolve({ status, headers, text, json: isJson ? JSON.parse(text) : undefined })
        })
      })
      outgoing.on('error', reject).end(body)
    })

  return {
    send,
    get: path => send('GET', path),
    pay: body => send('POST', '/payments', JSON.stringify(body), JSON_TYPE)
  }
}
