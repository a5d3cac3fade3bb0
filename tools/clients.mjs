// Runs the published clients of other languages against one emulator, each in its own sandbox, and prints a table:
//
//   npm run clients                 all
//   npm run clients python go       these
//
// A client whose toolchain is missing is left out; with CI set, this is a failure. A complete run writes docs/clients.gen.md, or
// with CI set checks it. Builds are kept in .build/clients.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writePrograms } from './clients/generated.mjs'
import { CLIENTS, NOT_RUN, STEPS, TRIED } from './clients/list.mjs'

const ROOT = dirname(import.meta.dirname)
const COMMAND = join(ROOT, 'bin', 'dodo-emulator.js')
const MATRIX = join(ROOT, 'docs', 'clients.gen.md')
const IS_CI = Boolean(process.env.CI)
const PATIENCE_MS = 15 * 60_000

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !CLIENTS.some(client => client.name === name))
if (unknown.length > 0) throw new Error(`no client is named ${unknown.join(', ')}; there are ${CLIENTS.map(({ name }) => name).join(', ')}`)
const chosen = CLIENTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))

const folder = await mkdtemp(join(tmpdir(), 'dodo-emulator-clients-'))
const emulator = await startEmulator()
try {
  const results = await inTurns(chosen, IS_CI ? 1 : 2, runClient)
  printTable(results)
  if (wanted.length === 0) await inTurns(TRIED, 1, trySample)
  if (results.some(({ problem }) => problem !== null)) process.exitCode = 1
  else if (results.length === CLIENTS.length && results.every(({ isLeftOut }) => !isLeftOut)) await keepMatrix(results)
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
    result.steps = stepsOf(await must(flow, source, runEnv))
    const left = STEPS.filter(step => !result.steps.includes(step))
    if (left.length > 0) throw new Error(`the flow ended without ${left.join(', ')}`)
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

/** Runs the published sample of a client if the registry has its package, and reports it as not run otherwise. */
async function trySample ({ name, artifact, toolchain, resolve, sample }) {
  const source = join(ROOT, 'examples', 'clients', name)
  const missing = await firstMissing(toolchain)
  if (missing !== null) return console.log(`note: ${name} was not run: ${missing} is missing`)
  const { code } = await run(resolve, source, process.env)
  if (code !== 0) return console.log(`note: ${name} was not run: the Maven registry has no ${artifact}`)
  const env = { ...process.env, DODO_PAYMENTS_BASE_URL: `${emulator.url}/~${name}`, DODO_PAYMENTS_API_KEY: 'test' }
  await must(sample(join(ROOT, '.build', 'clients', name)), source, env)
  console.log(`ok  ${name}: the published sample, with ${artifact}`)
}

async function firstMissing (toolchain) {
  for (const [command, ...args] of toolchain) {
    const { code } = await run([command, ...args], ROOT, process.env).catch(() => ({ code: -1 }))
    if (code !== 0) return [command, ...args].join(' ')
  }
  return null
}

function stepsOf (output) {
  return [...output.matchAll(/^ok (.+)$/gm)].map(([, step]) => step)
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
  const line = ({ client: { name, version }, sample, steps, isLeftOut, problem, seconds }) => [
    problem !== null ? 'not ok' : isLeftOut ? 'left out' : 'ok',
    name, version, sample ? 'sample' : '', `${steps.length} of ${STEPS.length} steps`, `${seconds.toFixed(0)} s`
  ]
  const rows = results.map(line)
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)))
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd())
  for (const { client, isLeftOut, problem } of results) {
    if (problem !== null) console.error(`\n${client.name}: ${problem}`)
    else if (isLeftOut) console.log(`note: ${client.name} was left out, because ${client.toolchain.map(part => part[0]).join(' or ')} is missing`)
  }
}

/** Writes the matrix. In CI, a matrix that differs from the run is a failure. */
async function keepMatrix (results) {
  const text = matrixOf(results)
  if (!IS_CI) return await writeFile(MATRIX, text)
  if (await readFile(MATRIX, 'utf8') === text) return
  console.error('docs/clients.gen.md differs from this run: run npm run clients')
  process.exitCode = 1
}

function matrixOf (results) {
  const ran = results.map(({ client: { name, title, version, sample, strict, webhook }, steps }) =>
    `| [${title}](../examples/clients/${name}) | ${version} | ${sample} | ${steps.length} of ${STEPS.length} steps | ${webhook} | ${strict} |`)
  const others = NOT_RUN.map(({ name, title, version, reason }) =>
    `| [${title}](../examples/clients/${name}) | ${version} | recorded | not run: ${reason} | not run | not run |`)
  return `# Clients in other languages

The published clients, run against the emulator by \`npm run clients\`, which wrote this page. The steps of the flow are
${STEPS.join(', ')}.

| Client | Version | Sample of \`POST /payments\` | Flow | Webhook verified by | Strict replies |
|---|---|---|---|---|---|
${[...ran, ...others].join('\n')}

"Recorded" means that the client could not be installed where this ran. A test sends the request of its published sample, as its source
writes it, and checks the fields of the reply that it reads.
`
}
