// Runs the tests and, with --checks, the checks that need no other tool: types and generated files. Prints a line for each file, each
// failure once, and `N passed, N failed`. Checks and tests run at the same time, in more processes than the machine has cores, because
// a test waits for timers, browsers and sockets about half of its time.
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
import { runFiles } from './suite/run.mjs'
import { OUT, testFiles, translate } from './suite/translate.mjs'

/** A process for tests in the browser starts a browser of its own, so there are at most two. */
const BROWSER_FOLDER = 'test/browser'
const BROWSER_PROCESSES = 2
/** The other folders whose files take longest, longest first: started early, so that all processes end together. */
const LONG_FOLDERS = ['test', 'test/api', 'test/control', 'test/delivery']
/** Reads dist/*.d.ts, which the type check writes. */
const DECLARATIONS_TEST = 'test/types.test.ts'

/** The folder for the coverage of the processes that run tests. */
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
/** Each loads the emulator once, which takes longer than most files. */
const PROCESSES = names.length === 0 ? availableParallelism() + 2 : availableParallelism()
if (files.length === 0) {
  console.error(`No test file matches ${process.argv.slice(2).join(' ')}.`)
  process.exit(2)
}

const started = performance.now()
const totals = { passed: 0, failed: 0, skipped: 0 }
const failures = []

await rm(COVERAGE, { recursive: true, force: true })
await translate({ hasVendor: names.length > 0, hasData: names.length === 0 })
await Promise.all([runChecks(), ...runTests()])
if (options.coverage) await checkCoverage()

for (const failure of failures) printFailure(failure)
if (totals.skipped > 0) console.log(`\n${totals.skipped} skipped`)
console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s\n${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 ? 0 : 1)

async function runChecks () {
  if (options.checks || files.includes(DECLARATIONS_TEST)) await checkTypes()
  if (options.checks) await check('generated')
}

/** Starts processes that take files from common queues. */
function runTests () {
  const chosen = files.filter(file => file !== DECLARATIONS_TEST)
  const browser = chosen.filter(file => dirname(file) === BROWSER_FOLDER)
  const others = chosen.filter(file => dirname(file) !== BROWSER_FOLDER).sort((a, b) => rank(a) - rank(b))
  return Array.from({ length: PROCESSES }, (_, index) => {
    const next = index < BROWSER_PROCESSES ? () => browser.shift() ?? others.shift() : () => others.shift()
    return runFiles(next, report, { tap: options.tap, coverageFolder: options.coverage ? COVERAGE : undefined })
  })
}

function rank (file) {
  const index = LONG_FOLDERS.indexOf(dirname(file))
  return index === -1 ? LONG_FOLDERS.length : index
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
  const declarations = files.filter(file => file === DECLARATIONS_TEST)
  await runFiles(() => declarations.shift(), report, { tap: options.tap })
}
