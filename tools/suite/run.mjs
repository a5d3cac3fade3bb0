// Starts a process that runs test files one after another, and reads the result of each file from its TAP. A file that fails to load,
// ends its process, hangs, or runs no assertion has failed. The files after it run in another process.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Parser } from 'tap-parser'
import { ROOT } from '../build/program.mjs'

/** The name of the test that ends a file, and the line that closes it. */
export const END_OF_FILE = '(end of file)'
const AFTER_FILE = /^ok \d+ - \(end of file\)/

const GROUP = join(import.meta.dirname, 'group.mjs')
/** Timeout for the first line of output. */
const START_TIMEOUT_MS = 120_000
/** Timeout for the next line. Much longer than any test waits on a slow and busy machine. */
const SILENCE_TIMEOUT_MS = 180_000
/** Timeout for the end of the process after its last file. */
const EXIT_TIMEOUT_MS = 30_000
/** Time for tap to report the test that hangs, before the process is killed. */
const REPORT_TIMEOUT_MS = 5_000
const STDERR_CHARACTERS = 5_000

/**
 * @typedef {{ name: string, diagnostic: Record<string, unknown> }} Failure
 * @typedef {{ file: string, passed: number, skipped: number, failures: Failure[], seconds: number }} FileResult
 */

/** Runs the files that `next` returns until it returns undefined, and calls `report` with the result of each. */
export async function runFiles (next, report, options) {
  for (let file = next(); file !== undefined; file = next()) await runProcess(file, next, report, options)
}

/** Runs a file and the next ones until none is left or the process ends. */
async function runProcess (first, next, report, options = {}) {
  const { tap = false, coverageFolder, silenceTimeoutMs = SILENCE_TIMEOUT_MS, exitTimeoutMs = EXIT_TIMEOUT_MS } = options
  // tap names the folders of t.testdir() after the arguments, so no two processes have the same ones.
  const child = spawn(process.execPath, ['--enable-source-maps', '--max-semi-space-size=64', GROUP, first], {
    cwd: ROOT,
    env: {
      ...process.env,
      TAP_TIMEOUT: '0', // this file limits the time
      ...(coverageFolder !== undefined && { NODE_V8_COVERAGE: coverageFolder })
    },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  child.stdin.on('error', () => {}) // the process may have ended
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', chunk => { stderr = (stderr + chunk).slice(-STDERR_CHARACTERS) })

  let hasFailed = false
  let isLast = false
  let current
  const start = file => {
    current = startFile(file)
    child.stdin.write(`${file}\n`)
  }
  const finish = (...failures) => {
    const result = endFile(current, failures)
    hasFailed ||= result.failures.length > 0
    report(result)
  }
  const deadline = deadlineOf(child)
  start(first)

  deadline.set(START_TIMEOUT_MS, 'has not started')
  let isBetween = false
  for await (const line of createInterface({ input: child.stdout })) {
    if (tap) console.log(line)
    deadline.set(silenceTimeoutMs, `hangs: no output for ${silenceTimeoutMs / 1000} s`)
    if (line === `# Subtest: ${END_OF_FILE}`) {
      isBetween = true
      const file = next()
      isLast = file === undefined
      if (isLast) {
        child.stdin.end() // the process may still fail, so its last file is finished later
      } else {
        finish()
        start(file)
      }
    } else if (isBetween) {
      isBetween = !AFTER_FILE.test(line)
    } else {
      current.parser.write(`${line}\n`)
    }
    if (isLast) deadline.set(exitTimeoutMs, `leaves something running: its process has not ended after ${exitTimeoutMs / 1000} s`)
  }
  const [code, signal] = await closed(child)
  deadline.clear()
  if (deadline.missed() !== undefined) finish(failureOf(deadline.missed(), { stderr }))
  else if (isExplained()) finish()
  else finish(failureOf(`its process has ended with ${signal ?? `exit code ${code}`}`, { stderr }))

  /** tap sets the exit code to 1 if an assertion has failed. */
  function isExplained () {
    if (current.failures.length > 0) return true
    return isLast && signal === null && (code === 0 || hasFailed)
  }
}

async function closed (child) {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode]
  return await once(child, 'close')
}

/** Ends a process that has timed out. */
function deadlineOf (child) {
  let timer
  let killer
  let missed
  return {
    missed: () => missed,
    set (ms, message) {
      clearTimeout(timer)
      timer = setTimeout(() => {
        missed = message
        child.kill('SIGALRM') // tap then reports the test that hangs
        killer = setTimeout(() => { child.kill('SIGKILL') }, REPORT_TIMEOUT_MS)
      }, ms)
    },
    clear () {
      clearTimeout(timer)
      clearTimeout(killer)
    }
  }
}

/** Every file has its own parser, because a parser withholds the end of its input. */
function startFile (file) {
  const state = { file, passed: 0, skipped: 0, failures: [], startedAt: performance.now(), parser: new Parser() }
  /** Tests without an assertion. The line that closes a test is not an assertion. */
  const idle = new Set()
  const watch = child => {
    child.on('child', watch)
    child.on('complete', ({ count }) => {
      if (count > 0) return
      idle.add(child.fullname)
      state.failures.push(failureOf(`${readable(child.fullname)}: has no assertion`))
    })
  }
  state.parser.on('child', watch)
  state.parser.on('result', ({ ok, fullname, closingTestPoint, skip, todo, diag }) => {
    // The line that closes a subtest only repeats its assertions.
    if (closingTestPoint || idle.has(fullname)) return
    if (skip || todo) state.skipped++
    else if (ok) state.passed++
    else state.failures.push(failureOf(readable(fullname), diag ?? {}))
  })
  return state
}

/** The result of a file, with failures outside assertions. */
function endFile (state, failures) {
  state.parser.end()
  const { parser, startedAt, ...result } = state
  result.failures.unshift(...failures)
  if (result.passed + result.skipped + result.failures.length === 0) result.failures.push(failureOf('runs no assertion'))
  return { ...result, seconds: (performance.now() - startedAt) / 1000 }
}

const failureOf = (name, diagnostic = {}) => ({ name, diagnostic })

const readable = name => name.replace(/\\([\\#])/g, '$1')
