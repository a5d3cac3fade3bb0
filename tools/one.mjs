// Runs test files by themselves, without the type checker: esbuild translates src/ and test/, which takes half a second, and builds
// dist/ for the tests that start the command.
//
//   npm run one rules/money                  part of a name is enough
//   npm run one test/api/sdk.test.ts cli     several files
//   npm run one rules/money -- --tap         prints everything, not only failures

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const ROOT = dirname(import.meta.dirname)
const OUT = join(ROOT, '.build/one')

const options = process.argv.slice(2).filter(argument => argument.startsWith('--'))
const patterns = process.argv.slice(2).filter(argument => !argument.startsWith('--')).map(path => path.replace(/^test\//, ''))
const tests = await testsNamed(patterns)
if (tests.length === 0) {
  console.error(patterns.length === 0 ? 'Name a test file, or part of its name.' : `No test file matches ${patterns.join(' ')}.`)
  process.exit(2)
}
await translate()

let failed = 0
for (const test of tests) {
  const code = await run(test)
  if (code !== 0) failed++
}
process.exit(failed === 0 ? 0 : 1)

async function testsNamed (patterns) {
  if (patterns.length === 0) return []
  const names = await readdir(join(ROOT, 'test'), { recursive: true })
  return names.filter(name => name.endsWith('.test.ts') && patterns.some(pattern => name.includes(pattern))).sort()
}

async function translate () {
  await rm(OUT, { recursive: true, force: true })
  const sources = async folder => (await readdir(join(ROOT, folder), { recursive: true }))
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts')).map(name => join(ROOT, folder, name))
  await Promise.all([
    build({
      entryPoints: [...await sources('src'), ...await sources('test')],
      outdir: OUT,
      outbase: ROOT,
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      logLevel: 'warning'
    }),
    program()
  ])
  await cp(join(ROOT, 'dist/vendor'), join(OUT, 'src/vendor'), { recursive: true })
}

async function program () {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'build.mjs'), '--program'], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(1)
}

/** Prints the failures of a test file, or with --tap all that it says. */
async function run (test) {
  const started = performance.now()
  const file = join(OUT, 'test', test.replace(/\.ts$/, '.js'))
  const child = spawn(process.execPath, ['--enable-source-maps', file], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', chunk => { output += chunk })
  const [code] = await once(child, 'close')
  const passed = output.match(/^ *ok /gm)?.length ?? 0
  if (options.includes('--tap')) process.stdout.write(output)
  else if (code !== 0) process.stdout.write(failures(output))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${test} (${passed} assertions, ${seconds} s)`)
  return code
}

/** The failed assertions of TAP output, each with its diagnostic. */
function failures (output) {
  const lines = output.split('\n')
  const kept = []
  let indent = -1
  for (const line of lines) {
    const depth = line.length - line.trimStart().length
    if (/^ *not ok /.test(line)) indent = depth
    else if (indent >= 0 && line.trim() !== '' && depth <= indent) indent = -1
    if (indent >= 0) kept.push(line)
  }
  return (kept.length > 0 ? kept.slice(0, 200) : lines.slice(-40)).join('\n') + '\n'
}
