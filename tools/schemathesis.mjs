// Tests both documents with Schemathesis, each against an emulator of its own:
//
//   npm run schemathesis                at least 20,000 requests, in at most five minutes
//   npm run schemathesis -- 20          for 20 seconds, without a minimum
//
// Operations that answer 501 are left out. Installs the pinned version into .build/schemathesis.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { parse } from 'yaml'

const ROOT = dirname(import.meta.dirname)
const SETTINGS = join(import.meta.dirname, 'schemathesis')
const VENV = join(ROOT, '.build', 'schemathesis')
const API_KEY = 'schemathesis'
const SEED = '1'
/** They have objects of almost every kind. */
const FIXTURES = ['client-suites', 'subscriptions', 'money', 'licences', 'credits', 'usage']
/** The hooks restore it. */
const SNAPSHOT = 'schemathesis'
const MIN_REQUESTS = 20_000
const MAX_SECONDS = 300

const given = process.argv[2]
const seconds = given === undefined ? null : Number(given)
if (seconds !== null && !(seconds >= 1)) throw new Error(`the seconds must be a number from 1, not "${given}"`)

const folder = await mkdtemp(join(tmpdir(), 'dodo-emulator-schemathesis-'))
try {
  await install()
  const data = join(folder, 'data.json')
  await writeFile(data, JSON.stringify(await fixtures()))
  const begin = performance.now()
  const api = { name: 'api', path: '/openapi.json', more: (await notServed()).flatMap(id => ['--exclude-operation-id', id]) }
  const control = { name: 'control', path: '/_emulator/openapi.json', more: [], most: 100 } // snapshots and clock moves are slow
  const results = await Promise.all([api, control].map(document => test(document, data)))
  report(results, (performance.now() - begin) / 1000)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function install () {
  const python = join(VENV, 'bin', 'python')
  if (!existsSync(python)) await must('python3', ['-m', 'venv', VENV])
  await must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(SETTINGS, 'requirements.txt')])
}

/** The items of all files, each once: several files have the same customer. */
async function fixtures () {
  const all = {}
  const seen = new Set()
  for (const file of FIXTURES) {
    const lists = parse(await readFile(join(ROOT, 'fixtures', 'examples', `${file}.yaml`), 'utf8'))
    for (const [name, items] of Object.entries(lists)) {
      if (!Array.isArray(items)) all[name] ??= items
      else all[name] = [...all[name] ?? [], ...items.filter(item => name !== 'customers' || isNew(item.customer_id, seen))]
    }
  }
  return all
}

function isNew (id, seen) {
  const isKnown = seen.has(id)
  seen.add(id)
  return !isKnown
}

/** Adds what fixtures files do not have, and takes the snapshot. */
async function addObjects (url, hasSnapshot) {
  const post = async (path, body) => {
    const response = await fetch(url + path, {
      method: 'POST', headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }, body: JSON.stringify(body)
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  await post('/checkouts', { product_cart: [{ product_id: 'pdt_app', quantity: 1 }], customer: { customer_id: 'cus_ada' } })
  const { discount_id: discountId } = await post('/discounts', { type: 'percentage', amount: 500, customer_eligibility: 'specific' })
  await post(`/discounts/${discountId}/customers`, { customer_ids: ['cus_ada', 'cus_max'] })
  const { id: entryId } = await post('/blocklist/customers', { customer_id: 'cus_max' })
  await post(`/blocklist/customers/${entryId}/notes`, { note: 'A note' })
  await post('/webhooks', { url: 'http://127.0.0.1:9/webhook' })
  await post('/_emulator/usage', { customer_id: 'cus_ada', event_name: 'api.call', count: 5 })
  if (hasSnapshot) await post('/_emulator/snapshots', { name: SNAPSHOT })
}

/** The ids of the operations that answer 501. */
async function notServed () {
  const names = [...(await readFile(join(ROOT, 'docs', 'coverage.gen.md'), 'utf8')).matchAll(/^\| `([A-Z]+) (\S+)` .* \| 501 \|$/gm)]
  const { paths } = JSON.parse(await readFile(join(ROOT, 'openapi', 'openapi.gen.json'), 'utf8'))
  return names.map(([, method, path]) => paths[path][method.toLowerCase()].operationId)
}

async function test ({ name, path, more, most }, data) {
  const limit = seconds ?? most ?? null
  const portFile = join(folder, `${name}-port`)
  const child = spawn(process.execPath, [
    join(ROOT, 'bin', 'dodo-emulator.js'), 'start', '--port', '0', '--port-file', portFile, '--database', ':memory:',
    '--api-keys', API_KEY, '--fixtures', data
  ], { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    const url = `http://127.0.0.1:${await port(child, portFile)}`
    const hasSnapshot = name === 'api' // tests of the control API would restore it themselves, and miss what they have created
    await addObjects(url, hasSnapshot)
    const { code, output } = await run(join(VENV, 'bin', 'st'), [
      '--config-file', join(SETTINGS, 'schemathesis.toml'), 'run', url + path, '--url', url, '--seed', SEED, '--no-color',
      '--header', `Authorization: Bearer ${API_KEY}`, ...(limit === null ? [] : ['--max-time', String(limit)]), ...more
    ], {
      cwd: folder,
      env: {
        ...process.env,
        EMULATOR_URL: url,
        API_KEY,
        SNAPSHOT: hasSnapshot ? SNAPSHOT : '',
        PYTHONPATH: [SETTINGS, process.env.PYTHONPATH ?? ''].join(delimiter)
      }
    })
    const requests = Number(/([\d,]+) generated/.exec(output)?.[1].replaceAll(',', '') ?? 0)
    return { name, code, output, requests, isAlive: child.exitCode === null }
  } finally {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  }
}

async function port (child, portFile) {
  while (!existsSync(portFile) || (await readFile(portFile, 'utf8')).trim() === '') {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode} instead of starting`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return (await readFile(portFile, 'utf8')).trim()
}

function report (results, took) {
  const total = results.reduce((sum, { requests }) => sum + requests, 0)
  for (const { name, code, output, requests, isAlive } of results) {
    console.log(`${code === 0 && isAlive ? 'ok    ' : 'not ok'} ${name}: ${requests} requests`)
    if (!isAlive) console.error(`the emulator of ${name} ended`)
    if (code !== 0) console.error(output)
    else console.log(phasesOf(output))
    const unfound = /returned only 404 Not Found\n\n((?: {2}- .+\n)+)/.exec(output)?.[1] ?? ''
    if (unfound !== '') console.log(`       answered only 404:\n${unfound.replaceAll('  - ', '         ').trimEnd()}`)
    if (code !== 0 || !isAlive) process.exitCode = 1
  }
  console.log(`note: Schemathesis sent ${total} requests in ${took.toFixed(0)} s`)
  if (seconds !== null) return
  if (total < MIN_REQUESTS || took > MAX_SECONDS) {
    console.error(`at least ${MIN_REQUESTS} requests within ${MAX_SECONDS} s were expected`)
    process.exitCode = 1
  }
}

/** The lines about phases, with their durations. */
function phasesOf (output) {
  return output.split('\n').filter(line => /(?:Coverage|Fuzzing|Stateful) \(in/.test(line)).map(line => `       ${line.trim()}`).join('\n')
}

async function must (command, args) {
  const { code, output } = await run(command, args, {})
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)
}

async function run (command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => { output += text })
  const [code] = await once(child, 'close')
  return { code, output }
}
