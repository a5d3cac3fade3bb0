/**
 * Starts the built command (dist/cli.js) as a process of its own, as a person would, and ends it with the test. The process sees
 * nothing of the test's environment but PATH, so that a PORT or DATABASE around the tests decides nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request, type OutgoingHttpHeaders } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { packagePath } from '../src/root.js'

export const COMMAND = packagePath('dist', 'cli.js')

/** Generous, because machines are slow; whoever waits this long has a defect before him. */
const PATIENCE_MS = 60_000

export interface LaunchOptions {
  env?: Record<string, string>
  /** Options of Node itself, such as a preload. */
  node?: string[]
  /** Where it runs; unless given, an empty folder. */
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
  stdout (): string
  stderr (): string
  kill (signal: NodeJS.Signals): void
  ended: Promise<Ended>
}

export interface Running extends Launched {
  url: string
  port: number
}

/** Starts the command and gives it back at once. */
export function launch (test: Test, args: string[], { env = {}, node = [], folder = test.testdir() }: LaunchOptions = {}): Launched {
  const child = spawn(process.execPath, [...node, COMMAND, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => { output[stream] += text })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }))
  test.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    folder,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    kill: signal => { child.kill(signal) },
    ended
  }
}

/** Runs the command to its end. */
export async function runToEnd (test: Test, args: string[], options?: LaunchOptions): Promise<Ended> {
  return await within(launch(test, args, options).ended, `dodo-emulator ${args.join(' ')} has not ended`)
}

/** Starts an emulator on a free port and waits until it has greeted. Fails when it ends instead. */
export async function startProcess (test: Test, args: string[] = [], options: LaunchOptions = {}): Promise<Running> {
  const folder = options.folder ?? test.testdir()
  const portFile = join(folder, 'port')
  const launched = launch(test, ['start', '--port', '0', '--port-file', portFile, ...args], { ...options, folder })
  await within(Promise.race([greeted(launched), launched.ended]), 'the emulator has not started')
  if (!hasGreeted(launched)) throw new Error(`the emulator ended instead of starting: ${launched.stderr()}`)
  const port = Number(readFileSync(portFile, 'utf8'))
  return { ...launched, port, url: `http://127.0.0.1:${port}` }
}

/** Ends it as a person or a container does, and waits for the end. */
export async function stop ({ kill, ended }: Launched, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  kill(signal)
  return await within(ended, `the emulator has not ended after ${signal}`)
}

const hasGreeted = ({ stdout }: Launched) => stdout().includes('/docs\n')

async function greeted (launched: Launched): Promise<void> {
  let over = false
  launched.ended.then(() => { over = true }, () => { over = true })
  while (!over && !hasGreeted(launched)) await pause(10)
}

export function pause (ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

export async function within<Value> (promise: Promise<Value>, complaint: string): Promise<Value> {
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

/** A port that nobody listens on, until somebody takes it. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface Response<Json> {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The body, if its content type says JSON. */
  json: Json
}

export interface Connections {
  /** One request, its body's bytes as they are; with the key `test` unless the headers say otherwise. */
  send<Json = Record<string, unknown>> (method: string, path: string, body?: Buffer | string, headers?: OutgoingHttpHeaders): Promise<Response<Json>>
  /** POST /payments. */
  pay<Json = Record<string, unknown>> (body: unknown): Promise<Response<Json>>
  close (): void
}

/** Up to `count` connections to an emulator that are kept open between requests. */
export function connect (url: string, count = 1): Connections {
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  const { send, pay } = { send: sender(url, agent), pay: <Json>(body: unknown) => send<Json>('POST', '/payments', JSON.stringify(body), JSON_BODY) }
  return { send, pay, close: () => { agent.destroy() } }
}

export const JSON_BODY = { 'content-type': 'application/json' }

function sender (url: string, agent: Agent): Connections['send'] {
  return (method, path, body, headers = {}) => new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent, method, path, headers: { authorization: 'Bearer test', ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }), ...headers }
    }, incoming => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const { statusCode: status = 0, headers } = incoming
        const isJson = headers['content-type']?.startsWith('application/json') === true && text !== ''
        resolve({ status, headers, text, json: isJson ? JSON.parse(text) : undefined })
      })
    })
    outgoing.on('error', reject).end(body)
  })
}
