/** `npm run scaffold`: the files that it writes for every resource of the contract are valid, and mistakes are explained. */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { contract } from '../src/contract/load.js'
import { packagePath } from '../src/root.js'

/** The first segments of paths that have a list and a read. The list of webhooks has a shape of its own. */
const { paths } = contract().document as { paths: Record<string, { get?: object }> }
const NAMES = Object.keys(paths).filter(path => /^\/[\w-]+$/.test(path) && paths[path]?.get !== undefined &&
  Object.keys(paths).some(other => other.startsWith(`${path}/{`) && !other.slice(path.length + 1).includes('/') &&
    paths[other]?.get !== undefined)).map(path => path.slice(1)).filter(name => name !== 'webhooks')

/** A copy of what the scaffold reads, without the resources that exist. */
function checkout (test: Test): string {
  const folder = test.testdir()
  for (const name of ['tools', 'openapi', 'db', 'package.json', 'src/delivery/catalogue.ts']) {
    cpSync(packagePath(name), join(folder, name), { recursive: true })
  }
  symlinkSync(packagePath('node_modules'), join(folder, 'node_modules'))
  return folder
}

function scaffold (folder: string, ...args: string[]): { code: number, stdout: string, stderr: string } {
  try {
    const stdout = execFileSync(process.execPath, ['tools/scaffold.mjs', ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    return { code: 0, stdout, stderr: '' }
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number, stdout: string, stderr: string }
    return { code: status, stdout, stderr }
  }
}

t.test('writes a resource', async t => {
  t.ok(NAMES.length >= 12, `${NAMES.length} resources`)
  const folder = checkout(t)
  for (const name of NAMES) {
    const { code, stdout, stderr } = scaffold(folder, name)
    t.strictSame([code, stderr], [0, ''], name)
    t.match(stdout, 'src/resources/stores.ts')
    const written = stdout.split('\n').flatMap(line => line.startsWith('wrote ') ? [line.slice(6)] : [])
    for (const path of written.filter(path => path.endsWith('.ts'))) {
      const { diagnostics } = ts.transpileModule(readFileSync(join(folder, path), 'utf8'), { reportDiagnostics: true })
      t.strictSame(diagnostics?.map(({ messageText }) => messageText), [], path)
    }
  }
  t.test('whose table SQLite creates', async t => {
    const database = new Sqlite(':memory:')
    t.teardown(() => database.close())
    const released = readdirSync(packagePath('db'))
    const steps = readdirSync(join(folder, 'db')).filter(name => !released.includes(name))
    t.equal(steps.length, NAMES.length)
    for (const step of steps) t.doesNotThrow(() => database.exec(readFileSync(join(folder, 'db', step), 'utf8')), step)
  })
  t.match(scaffold(folder, 'disputes'), { code: 1, stderr: 'src/resources/disputes exists already' }, 'and not twice')
})

t.test('refuses', async t => {
  const folder = checkout(t)
  t.match(scaffold(folder), { code: 1, stderr: 'Give the name of a resource' })
  t.match(scaffold(folder, 'nothing'), { code: 1, stderr: 'The contract has no path /nothing' })
  t.match(scaffold(folder, 'webhooks'), { code: 1, stderr: 'GET /webhooks does not answer { items: [...] }' })
  t.match(scaffold(folder, 'payouts'), { code: 1, stderr: 'has no GET /payouts with a GET /payouts/{id}' })
})
