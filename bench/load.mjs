// The load generator: wrk if it is installed, otherwise autocannon. A closed loop on keep-alive
// connections from one thread. Both are child processes, so that the runner's work does not affect a
// count.
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runToEnd, temporaryFolder } from './processes.mjs'

const luaScript = fileURLToPath(new URL('wrk.lua', import.meta.url))
export const autocannonFile = fileURLToPath(
  new URL('node_modules/autocannon/autocannon.js', import.meta.url)
)

function findOnPath (command) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, command)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      continue
    }
  }
}

// A request with `paths` asks for one of them at random; autocannon asks for `path` only.
// {name, load}, or undefined if neither is installed. load() resolves to
// {requests, requestsPerSecond, p50Us, p99Us, non2xx, socketErrors: {kind: number}}. Both count
// every reply. wrk's non-2xx are 400 and above, and no server here redirects.
export async function findGenerator () {
  const wrk = findOnPath('wrk')
  const folder = temporaryFolder()
  if (wrk !== undefined) return { name: await wrkName(wrk), load: wrkLoad(wrk, folder) }
  if (existsSync(autocannonFile)) return { name: autocannonName(), load: autocannonLoad(folder) }
}

async function wrkName (wrk) {
  // `wrk -v` prints its version and ends with code 1
  const text = await runToEnd(wrk, ['-v']).catch((error) => error.message)
  return /wrk \S+/.exec(text.slice(text.indexOf(': ') + 1))?.[0] ?? 'wrk'
}

function autocannonName () {
  const { version } = JSON.parse(readFileSync(join(dirname(autocannonFile), 'package.json'), 'utf8'))
  return `autocannon ${version}`
}

function bodyFile (folder, request) {
  if (request.body === null) return undefined
  const file = join(folder, 'body.json')
  writeFileSync(file, request.body)
  return file
}

function pathsFile (folder, { paths }) {
  if (paths === undefined) return undefined
  const file = join(folder, 'paths.txt')
  writeFileSync(file, paths.join('\n'))
  return file
}

function headerArguments (request) {
  return Object.entries(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
}

function wrkLoad (wrk, folder) {
  return async function load ({ url, request, connections, seconds }) {
    const file = bodyFile(folder, request)
    const paths = pathsFile(folder, request)
    const output = await runToEnd(wrk, [
      '-t', '1', '-c', String(connections), '-d', String(Math.ceil(seconds)), '--latency',
      '--timeout', '10s', '-s', luaScript, ...headerArguments(request), url + request.path
    ], {
      env: {
        BENCH_METHOD: request.method,
        ...(file && { BENCH_BODY_FILE: file }),
        ...(paths && { BENCH_PATHS_FILE: paths })
      },
      ...(!Number.isInteger(seconds) && { interruptAfterMs: seconds * 1e3 })
    })
    const line = output.split('\n').find((text) => text.startsWith('BENCH '))
    if (line === undefined) throw new Error(`wrk printed no result:\n${output}`)
    const result = JSON.parse(line.slice('BENCH '.length))
    const { connect, read, write, timeout } = result
    return {
      requests: result.requests,
      requestsPerSecond: result.requests / (result.duration_us / 1e6),
      p50Us: result.p50_us,
      p99Us: result.p99_us,
      non2xx: result.non_2xx,
      socketErrors: { connect, read, write, timeout }
    }
  }
}

function autocannonLoad (folder) {
  return async function load ({ url, request, connections, seconds }) {
    const file = bodyFile(folder, request)
    const output = await runToEnd(process.execPath, [
      autocannonFile, '--json', '-c', String(connections), '-d', String(Math.ceil(seconds)),
      '-m', request.method, ...headerArguments(request), ...(file ? ['-i', file] : []),
      url + request.path
    ])
    const result = JSON.parse(output.slice(output.indexOf('{')))
    return {
      requests: result.requests.total,
      requestsPerSecond: result.requests.total / result.duration,
      p50Us: result.latency.p50 * 1e3,
      p99Us: result.latency.p99 * 1e3,
      non2xx: result.non2xx,
      socketErrors: {
        error: result.errors - result.timeouts,
        timeout: result.timeouts,
        reset: result.resets
      }
    }
  }
}
