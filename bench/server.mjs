// A server from start to stop: chooses a free port, waits for the first payment with 200, and notices
// a crash.
import { existsSync, readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPayment } from './payment.mjs'
import { removeFolder, startProcess, temporaryFolder } from './processes.mjs'

const POLL_MS = 3
const START_TIMEOUT_MS = 30_000

export class ServerError extends Error {}

export function freePort () {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(String(port)))
    })
  })
}

// One request on its own connection: {status, body}, or undefined if the server does not answer yet.
export function askOnce (url, { method, path, headers, body }) {
  return new Promise((resolve) => {
    const request = httpRequest(url + path, {
      method,
      agent: false,
      timeout: START_TIMEOUT_MS,
      headers: { ...headers, ...(body !== null && { 'content-length': Buffer.byteLength(body) }) }
    }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => { text += part })
      response.on('end', () => resolve({ status: response.statusCode, body: text }))
      response.on('error', () => resolve(undefined))
    })
    request.on('error', () => resolve(undefined))
    request.on('timeout', () => request.destroy())
    request.end(body ?? undefined)
  })
}

// Starts the contestant and resolves after its first payment. `folder` holds its database; by default
// it is a new folder that is removed when the server stops.
export async function startServer (contestant, { folder } = {}) {
  const ownFolder = folder === undefined
  const home = folder ?? temporaryFolder()
  const portFile = join(home, `port-${process.hrtime.bigint()}`)
  const port = contestant.writesPort ? undefined : await freePort()
  const args = contestant.args({
    port,
    portFile,
    database: join(home, 'bench.db'),
    document: contestant.document
  })

  const startedAt = performance.now()
  const child = startProcess(process.execPath, args, home)
  const server = {
    contestant,
    pid: child.pid,
    url: port && `http://127.0.0.1:${port}`,
    coldStartMs: undefined,
    assertAlive,
    kill: child.kill,
    stop
  }
  try {
    await firstPayment()
  } catch (error) {
    await stop()
    throw error
  }
  return server

  async function firstPayment () {
    for (;;) {
      assertAlive()
      server.url ??= urlFromFile()
      const reply = server.url && await askOnce(server.url, createPayment)
      const elapsedMs = performance.now() - startedAt
      if (reply?.status === 200) {
        server.coldStartMs = elapsedMs
        return
      }
      // Any other status is final: the server will not accept the payment.
      if (reply !== undefined && reply.status < 500) {
        throw new ServerError(`${contestant.name} answered the payment with ${reply.status}: ` +
          reply.body.slice(0, 500))
      }
      if (elapsedMs > START_TIMEOUT_MS) {
        throw new ServerError(`${contestant.name} took no payment within ` +
          `${START_TIMEOUT_MS / 1e3} s` + (reply ? `; last ${reply.status}: ${reply.body}` : ''))
      }
      await sleep(POLL_MS)
    }
  }

  function urlFromFile () {
    if (!existsSync(portFile)) return undefined
    const text = readFileSync(portFile, 'utf8').trim()
    return /^\d+$/.test(text) ? `http://127.0.0.1:${text}` : undefined
  }

  function assertAlive () {
    if (child.ended !== null) {
      throw new ServerError(`${contestant.name} died (${child.ended}):\n${child.logTail()}`)
    }
  }

  // Resolves to whether it ended after SIGTERM.
  async function stop () {
    const politely = await child.stop()
    if (ownFolder) removeFolder(home)
    return politely
  }
}
