// Runs every example against the packed package, each in a copy, and prints a line for each:
//
//   npm run build && node examples/run.mjs            all that need only Node.js
//   npm run build && node examples/run.mjs jest tap   these
//
// All copies share one installation, so that native modules are compiled once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const EXAMPLES = import.meta.dirname
const PATIENCE_MS = 120_000
const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** The others are files to copy, or run outside Node.js, as their READMEs describe. */
const isRunnable = entry => entry.isDirectory() && existsSync(join(EXAMPLES, entry.name, 'package.json'))
const NEED_CONTAINERS = ['testcontainers']
/** The example for Playwright uses an installed Chromium. */
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find(existsSync)
const NEED_CHROMIUM = CHROMIUM === undefined && process.env.CI === undefined ? ['playwright'] : []
const all = (await readdir(EXAMPLES, { withFileTypes: true })).filter(isRunnable).map(({ name }) => name)
  .filter(name => ![...NEED_CONTAINERS, ...NEED_CHROMIUM].includes(name))
const names = process.argv.length > 2 ? process.argv.slice(2) : all
const folder = await mkdtemp(join(tmpdir(), 'dodo-emulator-examples-'))

try {
  await install()
  for (const name of names) if (!await test(name)) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Makes the examples workspaces of one package, with the tarball instead of the checkout. */
async function install () {
  const begin = performance.now()
  const [{ filename }] = JSON.parse(await must('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], dirname(EXAMPLES)))
  for (const name of names) {
    await cp(join(EXAMPLES, name), join(folder, name), { recursive: true, filter: source => !source.includes('node_modules') })
    const manifest = join(folder, name, 'package.json')
    const text = await readFile(manifest, 'utf8')
    await writeFile(manifest, text.replace('file:../..', `file:../${filename}`))
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, workspaces: names, allowScripts: { 'better-sqlite3': true } }))
  // Optional peers of some examples conflict, and each example lists what it needs.
  await must('npm', ['install', '--legacy-peer-deps', '--no-audit', '--no-fund', '--no-package-lock', '--no-save'], folder)
  console.log(`installed ${filename} in ${seconds(begin)}`)
}

async function test (name) {
  const begin = performance.now()
  const { code, output } = await run('npm', ['test', '--silent'], join(folder, name))
  console.log(`${code === 0 ? 'ok    ' : 'not ok'} ${name} in ${seconds(begin)}`)
  if (code !== 0) console.error(output)
  return code === 0
}

async function must (command, args, cwd) {
  const { code, output, stdout } = await run(command, args, cwd)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)
  return stdout
}

/** Waits for the process. One that an open handle keeps alive is ended and counts as failed. */
async function run (command, args, cwd) {
  const env = CHROMIUM === undefined ? process.env : { ...process.env, CHROMIUM }
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: command === 'npm' && args[0] === 'test' ? PATIENCE_MS : 0 })
  let stdout = ''
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => { stdout += text; output += text })
  child.stderr.setEncoding('utf8').on('data', text => { output += text })
  const [code] = await once(child, 'close')
  return { code, stdout, output }
}
