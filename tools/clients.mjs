// Runs the published clients of other languages against one emulator, each in its own sandbox, and prints a table:
//
//   npm run clients                 all
//   npm run clients python go       these
//
// A client whose toolchain is missing is left out; with CI set, this is a failure. Java and Kotlin run if the Maven registry has their
// package, and are noted as not run otherwise. A complete run writes docs/clients.gen.md, or with CI set checks it. Builds are kept in
// .build/clients.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writePrograms } from './clients/generated.mjs'
import { CLIENTS, STEPS, TRIED } from './clients/list.mjs'
import { matrixOf } from './clients/matrix.mjs'

const ROOT = dirname(import.meta.dirname)
const COMMAND = join(ROOT, 'bin', 'dodo-emulator.js')
const MATRIX = join(ROOT, 'docs', 'clients.gen.md')
const IS_CI = Boolean(process.env.CI)
const PATIENCE_MS = 15 * 60_000

const wanted = process.argv.slice(2)
const names = [...CLIENTS, ...TRIED].map(({ name }) => name)
const unknown = wanted.filter(name => !names.includes(name))
if (unknown.length > 0) throw new Error(`no client is named ${unknown.join(', ')}; there are ${names.join(', ')}`)
const isChosen = ({ name }) => wanted.length === 0 || wanted.includes(name)

const folder = await mkdtemp(join(tmpdir(), 'dodo-emulator-clients-'))
const emulator = await startEmulator()
try {
  const results = await inTurns(CLIENTS.filter(isChosen), IS_CI ? 1 : 2, runClient)
  const tried = await inTurns(TRIED.filter(isChosen), 1, tryClient)
  printTable([...results, ...tried])
  if ([...results, ...tried].some(({ problem }) => problem !== null)) process.exitCode = 1
  else if (results.length === CLIENTS.length && results.every(({ isLeftOut }) => !isLeftOut)) await keepMatrix(results, tried)
} finally {
  emulator.child.kill()
  await once(emulator.child, 'exit')
  await rm(folder, { recursive: true, force: true })
}

async function startEmulator () {
  const portFile = join(folder, 'port')
  const child = spawn(process.execPath, [
    COMMAND, 'start', '--port', '0', '--port-file', portFile, '--database', ':memory:'
  ], { stdio: ['ignore', 'ignore', 'inherit'] })
  while (!existsSync(portFile) || readFileSync(portFile, 'utf8').trim() === '') {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode} instead of starting`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return { child, url: `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}` }
}

/** Calls `act` for every item, at most `width` at a time. Results are in the order of the items. */
async function inTurns (items, width, act) {
  const results = []
  const waiting = [...items.entries()]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await act(next[1])
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

/**
 * Builds the programs of a client, then runs the published sample, the flow, the code that the dashboard generates, and the example
 * of a test.
 */
async function runClient (client) {
  const source = join(ROOT, 'examples', 'clients', client.name)
  const build = join(ROOT, '.build', 'clients', client.name)
  const result = { client, steps: [], sample: false, isLeftOut: false, problem: null, seconds: 0 }
  const begin = performance.now()
  try {
    const missing = await firstMissing(client.toolchain)
    if (missing !== null) {
      result.isLeftOut = true
      if (IS_CI) throw new Error(`${missing} is missing`)
      return result
    }
    await mkdir(build, { recursive: true })
    const { env, prepare, sample, viaProxy, flow, tests, generated } = client.commands(source, build)
    const runEnv = {
      ...process.env, ...env, DODO_PAYMENTS_BASE_URL: `${emulator.url}/~${client.name}`, DODO_PAYMENTS_API_KEY: 'test'
    }
    const testEnv = { ...process.env, ...env, DODO_PAYMENTS_EMULATOR_URL: emulator.url }
    for (const command of prepare) await must(command, source, { ...process.env, ...env })
    await must(sample, source, runEnv)
    if (viaProxy) await tryProxy(sample, source, { ...process.env, ...env })
    result.sample = true
    result.steps = completeSteps(await must(flow, source, runEnv))
    for (const program of await writePrograms(client.name, join(build, 'generated'), runEnv.DODO_PAYMENTS_BASE_URL)) {
      for (const command of generated(program)) await must(command, source, runEnv)
      await program.check()
    }
    if (tests !== undefined) await must(tests.command, join(ROOT, 'examples', tests.folder), testEnv)
  } catch (error) {
    result.problem = error.message
  } finally {
    result.seconds = (performance.now() - begin) / 1000
  }
  return result
}

/** Runs the published sample without a base URL: it calls the host of live mode, for which the proxy answers. */
async function tryProxy (sample, source, env) {
  const exec = [process.execPath, COMMAND, 'exec', '--proxy', '0', '--tls-folder', join(folder, 'tls')]
  const output = await must([...exec, '--', 'env', '-u', 'DODO_PAYMENTS_BASE_URL', ...sample], source, env)
  if (!/^pay_\w+$/m.test(output)) throw new Error(`the sample printed no payment through the proxy: ${output}`)
}

/** Runs the published sample and the flow of a client if the registry has its package. Otherwise `notRun` is the reason. */
async function tryClient (client) {
  const { name, artifact, toolchain, resolve } = client
  const source = join(ROOT, 'examples', 'clients', name)
  const result = { client, steps: [], sample: false, isLeftOut: false, notRun: null, problem: null, seconds: 0 }
  const begin = performance.now()
  try {
    const missing = await firstMissing(toolchain)
    if (missing !== null) result.notRun = `${missing} is missing`
    else if ((await run(resolve, source, process.env)).code !== 0) result.notRun = `the Maven registry has no ${artifact}`
    if (result.notRun !== null) return result
    const { sample, flow } = client.commands(join(ROOT, '.build', 'clients', name))
    const env = { ...process.env, DODO_PAYMENTS_BASE_URL: `${emulator.url}/~${name}`, DODO_PAYMENTS_API_KEY: 'test' }
    await must(sample, source, env)
    result.sample = true
    result.steps = completeSteps(await must(flow, source, env))
  } catch (error) {
    result.problem = error.message
  } finally {
    result.seconds = (performance.now() - begin) / 1000
  }
  return result
}

async function firstMissing (toolchain) {
  for (const [command, ...args] of toolchain) {
    const { code } = await run([command, ...args], ROOT, process.env).catch(() => ({ code: -1 }))
    if (code !== 0) return [command, ...args].join(' ')
  }
  return null
}

/** The steps that a flow printed. All must be there. */
function completeSteps (output) {
  const steps = [...output.matchAll(/^ok (.+)$/gm)].map(([, step]) => step)
  const left = STEPS.filter(step => !steps.includes(step))
  if (left.length > 0) throw new Error(`the flow ended without ${left.join(', ')}`)
  return steps
}

async function must (command, cwd, env) {
  const { code, output } = await run(command, cwd, env)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${output.split('\n').slice(-40).join('\n')}`)
  return output
}

async function run ([command, ...args], cwd, env) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => { output += text })
  const [code] = await once(child, 'close')
  return { code, output }
}

function printTable (results) {
  const line = ({ client: { name, version }, sample, steps, isLeftOut, notRun = null, problem, seconds }) => [
    problem !== null ? 'not ok' : isLeftOut ? 'left out' : notRun !== null ? 'not run' : 'ok',
    name, version, sample ? 'sample' : '', `${steps.length} of ${STEPS.length} steps`, `${seconds.toFixed(0)} s`
  ]
  const rows = results.map(line)
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)))
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd())
  for (const { client, isLeftOut, notRun = null, problem } of results) {
    if (problem !== null) console.error(`\n${client.name}: ${problem}`)
    else if (notRun !== null) console.log(`not run: ${client.name}: ${notRun}`)
    else if (isLeftOut) console.log(`note: ${client.name} was left out, because ${client.toolchain.map(part => part[0]).join(' or ')} is missing`)
  }
}

/** Writes the matrix. In CI, a matrix that differs from the run is a failure. */
async function keepMatrix (results, tried) {
  const text = matrixOf(results, tried)
  if (!IS_CI) return await writeFile(MATRIX, text)
  if (await readFile(MATRIX, 'utf8') === text) return
  console.error('docs/clients.gen.md differs from this run: run npm run clients')
  process.exitCode = 1
}
