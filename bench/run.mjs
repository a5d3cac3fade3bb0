// npm run bench: measures the emulator beside a bare Fastify, a naive Fastify + ajv + SQLite, Prism
// and steady in one run, and prints Markdown. README.md describes the measurements.
import { copyFileSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join, resolve } from 'node:path'
import { contestants as findContestants, isInstalled, root } from './contestants.mjs'
import { createCounter } from './counted.mjs'
import { cutToOperation } from './document.mjs'
import { fallen, isTooNoisy, ratiosOf, readBaseline, writeBaseline } from './guard.mjs'
import { findGenerator } from './load.mjs'
import { measureLicenses } from './measure/licenses.mjs'
import { measureLists } from './measure/lists.mjs'
import { measureMemory } from './measure/memory.mjs'
import { measureReads } from './measure/reads.mjs'
import { measureRenewals } from './measure/renewals.mjs'
import { measureSandboxes } from './measure/sandboxes.mjs'
import { measureSize } from './measure/size.mjs'
import { measureStart } from './measure/start.mjs'
import { measureStored } from './measure/stored.mjs'
import { measureThroughput } from './measure/throughput.mjs'
import { measureUsage } from './measure/usage.mjs'
import { measureWebhooks } from './measure/webhooks.mjs'
import { readOptions } from './options.mjs'
import { installAutocannon, withInstalledPeers } from './peers.mjs'
import { temporaryFolder } from './processes.mjs'
import { machine, report } from './report.mjs'
import { ServerError, startServer } from './server.mjs'

const TMPFS = 0x01021994

const measures = {
  throughput: measureThroughput,
  memory: measureMemory,
  start: measureStart,
  size: measureSize,
  stored: measureStored,
  webhooks: measureWebhooks,
  lists: measureLists,
  renewals: measureRenewals,
  sandboxes: measureSandboxes,
  usage: measureUsage,
  licenses: measureLicenses,
  reads: measureReads
}

const startedAt = Date.now()
const notes = []
const problems = []

const options = readOptions(process.argv.slice(2))
if (options !== undefined) await main()
process.exit() // an error may have left handles open; the exit code is set already

async function main () {
  const loadAverage = os.loadavg()[0]
  const generator = await prepareGenerator()
  const candidates = generator && await prepareContestants()
  if (candidates === undefined) return
  if (statfsSync(temporaryFolder()).type === TMPFS) {
    notes.push('Databases were in memory (tmpfs): set TMPDIR to a folder on a disk.')
  }

  const contestants = await withAnAnswer(candidates)
  const counter = createCounter({ generator, problems })
  const measureParts = async (options) => {
    const results = {}
    for (const part of options.parts) {
      results[part] = await measures[part]({ contestants, options, counter, guard, progress, notes, problems })
    }
    return results
  }
  const { results, rounds } = options.guard
    ? await measureGuarded(measureParts)
    : { results: await measureParts(options), rounds: options.rounds }

  const run = {
    date: new Date(startedAt).toISOString().slice(0, 10),
    host: machine(),
    generator: generator.name,
    loadAverage,
    options: { ...options, rounds },
    contestants,
    results,
    notes,
    problems
  }
  console.log(report(run))
  if (options.guard) judge(results)
  if (options.baseline) writeBaseline(ratiosOf(results), run)
  if (options.json) writeFileSync(options.json, JSON.stringify(run, null, 2) + '\n')
  progress('done')
  if (problems.length > 0) process.exitCode = 1
}

// Measures round after round until no ratio has fallen. The best round of a ratio counts, so further rounds would not change the
// verdict.
async function measureGuarded (measureParts) {
  const results = {}
  let rounds = 0
  do {
    rounds++
    const measured = await measureParts({ ...options, rounds: 1 })
    for (const [part, samples] of Object.entries(measured)) {
      results[part] = [...results[part] ?? [], ...samples.map((sample) => ({ ...sample, round: rounds }))]
    }
  } while (rounds < options.rounds && fallen(readBaseline(), ratiosOf(results)).length > 0)
  return { results, rounds }
}

function judge (results) {
  const lines = fallen(readBaseline(), ratiosOf(results))
  for (const line of lines) console.error(line)
  if (lines.length > 0 && isTooNoisy(results)) console.error('note: the machine is too busy to judge the speed')
  else problems.push(...lines)
}

function progress (text) {
  const seconds = Math.round((Date.now() - startedAt) / 1e3)
  console.error(`[bench ${String(seconds).padStart(4)} s] ${text}`)
}

async function prepareGenerator () {
  const generator = await findGenerator()
  if (generator !== undefined) return generator
  const complaint = await installAutocannon({ progress })
  if (complaint === undefined) return findGenerator()
  console.error(complaint)
  process.exitCode = 2
}

async function prepareContestants () {
  const candidates = findContestants(options.servers)
  if (candidates.some((one) => one.key === 'ours' && !isInstalled(one))) {
    console.error('dist/cli.js is missing: run `npm run bench`, which builds it first.')
    process.exitCode = 2
    return undefined
  }
  // A copy, because Prism restarts when the file is written.
  const document = join(temporaryFolder(), 'openapi.json')
  copyFileSync(resolve(options.document ?? join(root, 'openapi', 'openapi.gen.json')), document)
  for (const candidate of candidates) candidate.document = document
  return withInstalledPeers(candidates, { notes, progress })
}

// Starts each server once before the long run, to check that it answers the payment with 200. A mock
// that cannot load the whole document gets one operation. This also fills the page cache.
async function withAnAnswer (candidates) {
  const answering = []
  for (const candidate of candidates) {
    progress(`tries ${candidate.name}`)
    const failure = await tryOnce(candidate)
    if (failure === undefined) {
      answering.push(candidate)
    } else if (candidate.package === undefined) {
      problems.push(failure)
      if (candidate.key === 'bare') throw new Error(failure)
    } else {
      candidate.document = writeCutDocument(candidate.document)
      const secondFailure = await tryOnce(candidate)
      if (secondFailure === undefined) {
        notes.push(`${candidate.name} mocks the operation alone; with the whole contract: ${failure}`)
        answering.push(candidate)
      } else {
        notes.push(`${candidate.name} skipped: ${secondFailure}`)
      }
    }
  }
  return answering
}

async function tryOnce (candidate) {
  try {
    const server = await startServer(candidate)
    await server.stop()
  } catch (error) {
    return error.message
  }
}

function writeCutDocument (documentFile) {
  const file = join(temporaryFolder(), 'openapi.json')
  const document = JSON.parse(readFileSync(documentFile, 'utf8'))
  writeFileSync(file, JSON.stringify(cutToOperation(document, '/payments', 'post')))
  return file
}

// Starts a contestant, uses it and stops it. A failure is recorded and does not end the run.
async function guard (contestant, start, use) {
  let server
  try {
    server = await start()
    await use(server)
    server.assertAlive()
  } catch (error) {
    const isServers = error instanceof ServerError
    problems.push(isServers ? error.message : `${contestant.name}: ${error.message}`)
    progress(error.message)
    await server?.stop()
    return
  }
  if (!await server.stop() && contestant.key === 'ours') {
    problems.push(`${contestant.name} did not end by itself on SIGTERM`)
  }
}
