/** The test runner (tools/suite/): a file that fails in any way is reported by name, and the files after it still run. */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { packagePath } from '../src/root.js'
import { temporaryFolder } from './processes.js'

interface FileResult {
  file: string
  passed: number
  skipped: number
  failures: Array<{ name: string, diagnostic: Record<string, unknown> }>
}

interface Runner {
  runFiles (next: () => string | undefined, report: (result: FileResult) => void, options?: { silenceTimeoutMs?: number, exitTimeoutMs?: number }): Promise<void>
}

const { runFiles } = await import(pathToFileURL(packagePath('tools', 'suite', 'run.mjs')).href) as Runner
const TAP = pathToFileURL(createRequire(import.meta.url).resolve('tap')).href

/** Runs test files with these texts in one process; returns the counts of each, and the names of its failures. */
async function run (test: Test, texts: Record<string, string>, options: Parameters<Runner['runFiles']>[2] = {}): Promise<FileResult[]> {
  const folder = temporaryFolder(test)
  const files = Object.entries(texts).map(([name, text]) => {
    const file = join(folder, `${name}.test.mjs`)
    writeFileSync(file, `import t from ${JSON.stringify(TAP)}\n${text}\n`)
    return file
  })
  const results: FileResult[] = []
  const remaining = [...files]
  await runFiles(() => remaining.shift(), result => { results.push(result) }, options)
  test.strictSame(results.map(({ file }) => file), files, 'every file is reported, in order')
  return results
}

const names = ({ failures }: FileResult) => failures.map(({ name }) => name)

t.test('counts assertions per file', async t => {
  const [first, second] = await run(t, {
    first: `
      t.test('chapter', async t => {
        t.ok(true)
        t.test('inner # \\\\ name', async t => { t.ok(true); t.equal(1, 2, 'one # two') })
        t.test('left out', { skip: 'a reason' }, async () => {})
      })
      t.ok(true)`,
    second: 't.teardown(() => { globalThis.isDown = true }); t.test("later", async t => { await new Promise(setImmediate); t.pass() })'
  })
  t.match(first, { passed: 3, skipped: 1 })
  t.strictSame(names(first as FileResult), ['chapter > inner # \\ name > one # two'])
  t.match(first?.failures[0]?.diagnostic, { diff: String, at: { lineNumber: 5 } })
  t.match(second, { passed: 1, skipped: 0, failures: [] })
})

t.test('runs the teardowns of a file before the next file', async t => {
  const results = await run(t, {
    one: 't.teardown(async () => { await null; globalThis.order = [...globalThis.order, "teardown"] }); t.test("a", async t => { t.ok(true); globalThis.order = ["test"] })',
    two: 't.strictSame(globalThis.order, ["test", "teardown"])',
    three: 't.teardown(() => { throw new Error("cannot close") }); t.ok(true)'
  })
  t.strictSame(results.flatMap(names), ['cannot close'])
})

t.test('reports files without tests, and runs the others', async t => {
  const results = await run(t, {
    silent: 't.test("nothing", { skip: false }, async t => {}); t.comment("none")',
    broken: 'import "./nowhere.mjs"',
    exits: 't.ok(true); process.exit(0)',
    throws: 't.test("waits", async t => { setImmediate(() => { throw new Error("outside") }); await new Promise(() => {}) })',
    killed: 'console.error("last words"); process.kill(process.pid, "SIGKILL"); await new Promise(resolve => setTimeout(resolve, 60_000))',
    good: 't.ok(true)'
  })
  const [silent, broken, exits, throws, killed, good] = results.map(names)
  t.strictSame(silent, ['nothing: has no assertion'])
  t.match(broken, [/^Cannot find module .*nowhere/])
  t.match(exits, [/^its process has ended with exit code \d$/])
  t.match(throws?.join('\n'), /outside/)
  t.strictSame(killed, ['its process has ended with SIGKILL'])
  t.match(results[4]?.failures[0]?.diagnostic, { stderr: /last words/ })
  t.strictSame(good, [])
})

t.test('ends a file that hangs, and names the test', async t => {
  const [hanging, leaking] = await run(t, {
    hanging: 't.ok(true); t.test("never ends", async t => { setInterval(() => {}, 1000); await new Promise(() => {}) })',
    leaking: 't.ok(true); setInterval(() => {}, 1000)'
  }, { silenceTimeoutMs: 3_000, exitTimeoutMs: 1_000 }) // a busy machine needs a second to load tap
  t.strictSame(names(hanging as FileResult)[0], 'hangs: no output for 3 s')
  t.match(names(hanging as FileResult).join('\n'), /never ends/)
  t.match(names(leaking as FileResult)[0], /^leaves something running/)
})
