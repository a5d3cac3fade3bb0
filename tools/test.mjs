// Runs the tests and, with --checks, the checks that need no other tool: types and generated files. Prints a line for each file, each
// failure once, and `N passed, N failed`. Checks and groups of test files run at the same time, one more than the machine has cores,
// because a test waits for timers, browsers and sockets about a third of its time.
//
//   npm test                                 everything
//   npm run one rules/money cli              the files whose path contains one of these, without the checks
//   npm run one rules/money -- --tap         also prints their TAP
//   npm run one -- --except test/browser     all files except these
//   npm test -- --coverage                   also measures the coverage of src/

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { copyDeclarations } from './build/declarations.mjs'
import { ROOT } from './build/program.mjs'
import { printFailure, printFile, printLine } from './suite/report.mjs'
import { runGroup } from './suite/run.mjs'
import { OUT, testFiles, translate } from './suite/translate.mjs'

/**
 * The folders that take longest, longest first, and the number of processes that share their files. The other folders follow the
 * checks, in the order of their names.
 */
const LONG_FOLDERS = new Map([['test/browser', 2], ['test', 3], ['test/api', 2], ['test/control', 2], ['test/delivery', 1]])
/** Reads dist/*.d.ts, which the type check writes. */
const DECLARATIONS_TEST = 'test/types.test.ts'

/** The folder for coverage of all processes. */
const COVERAGE = join(OUT, 'coverage')

const { values: options, positionals: names } = parseArgs({
  options: {
    checks: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    except: { type: 'string', multiple: true, default: [] },
    tap: { type: 'boolean', default: false }
  },
  allowPositionals: true
})
const files = (await testFiles())
  .filter(file => names.length === 0 || names.some(name => file.includes(name)))
  .filter(file => !options.except.some(name => file.includes(name)))
if (files.length === 0) {
  console.error(`No test file matches ${process.argv.slice(2).join(' ')}.`)
  process.exit(2)
}

const started = performance.now()
const totals = { passed: 0, failed: 0, skipped: 0 }
const failures = []

if (options.coverage) process.env.NODE_V8_COVERAGE = COVERAGE
await rm(COVERAGE, { recursive: true, force: true })
await translate({ hasVendor: names.length > 0, coverage: options.coverage })
await runAll(tasks(), availableParallelism() + 1)
if (options.coverage) await checkCoverage()

for (const failure of failures) printFailure(failure)
if (totals.skipped > 0) console.log(`\n${totals.skipped} skipped`)
console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s\n${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 ? 0 : 1)

/** All checks and groups of files in starting order: the long ones first, so that all workers end together. */
function tasks () {
  const chosen = files.filter(file => file !== DECLARATIONS_TEST)
  const isLong = file => LONG_FOLDERS.has(dirname(file))
  const run = group => () => runGroup(group, report, options)
  const needsTypes = options.checks || files.includes(DECLARATIONS_TEST)
  return [
    ...(needsTypes ? [checkTypes] : []),
    ...[...LONG_FOLDERS].flatMap(([folder, count]) => split(chosen.filter(file => dirname(file) === folder), count)).map(run),
    ...(options.checks ? [() => check('generated')] : []),
    ...groupsOf(chosen.filter(file => !isLong(file))).map(run)
  ]
}

/** At most `count` groups of about the same size. */
function split (files, count) {
  const size = Math.ceil(files.length / count)
  return Array.from({ length: count }, (_, index) => files.slice(index * size, (index + 1) * size)).filter(group => group.length > 0)
}

/** A group for each folder: its files share a process. */
function groupsOf (files) {
  const folders = [...new Set(files.map(file => dirname(file)))].sort()
  return folders.map(folder => files.filter(file => dirname(file) === folder))
}

async function runAll (waiting, slots) {
  const runNext = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task()
  }
  await Promise.all(Array.from({ length: slots }, runNext))
}

function report (result) {
  printFile(result)
  totals.passed += result.passed
  totals.failed += result.failures.length
  totals.skipped += result.skipped
  failures.push(...result.failures.map(failure => ({ file: result.file, ...failure })))
}

/** Runs a script of package.json. Its output is shown only if it fails. */
async function check (script) {
  const begun = performance.now()
  const child = spawn('npm', ['run', '--silent', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const isOk = code === 0
  printLine(isOk, `npm run ${script}`, '', (performance.now() - begun) / 1000)
  totals[isOk ? 'passed' : 'failed']++
  if (!isOk) failures.push({ file: `npm run ${script}`, name: `exit code ${code}`, diagnostic: { output: `${out}${err}`.trimEnd() } })
  return isOk
}

/** Loaded on demand, because only coverage needs its libraries. */
async function checkCoverage () {
  const begun = performance.now()
  const { measureCoverage } = await import('./suite/coverage.mjs')
  const { isOk, lines } = await measureCoverage(COVERAGE)
  printLine(isOk, 'coverage', '', (performance.now() - begun) / 1000)
  for (const line of lines) console.log(`       ${line}`)
  await rm(COVERAGE, { recursive: true })
  totals[isOk ? 'passed' : 'failed']++
  if (!isOk) failures.push({ file: 'coverage', name: 'has fallen', diagnostic: { lines: lines.join('\n') } })
}

/** The compiler writes the declarations that one test file reads. */
async function checkTypes () {
  const isOk = await check('types')
  if (!isOk) return
  await copyDeclarations(join(OUT, 'declarations/src'))
  if (files.includes(DECLARATIONS_TEST)) await runGroup([DECLARATIONS_TEST], report, options)
}
