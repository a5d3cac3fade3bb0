/** `npm run scaffold`: the files that it writes for every resource of the contract are valid, and mistakes are explained. */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { transformSync } from 'esbuild'
import t, { type Test } from 'tap'
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

/** Scaffolds these names in one process. Returns the lines that each prints, or the message of its error. */
function scaffoldEach (folder: string, names: string[]): Array<{ printed: string[], error: string | null }> {
  const program = `
    import { scaffold } from './tools/scaffold/write.mjs'
    const { log } = console
    log(JSON.stringify(${JSON.stringify(names)}.map(name => {
      const printed = []
      console.log = text => { printed.push(text) }
      try {
        scaffold(name)
        return { printed, error: null }
      } catch (error) {
        return { printed, error: error.message }
      }
    })))`
  const options = { cwd: folder, encoding: 'utf8' } as const
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], options))
}

t.test('writes a resource', async t => {
  t.ok(NAMES.length >= 12, `${NAMES.length} resources`)
  const folder = checkout(t)
  const [first = '', ...others] = NAMES
  const { code, stdout, stderr } = scaffold(folder, first)
  t.strictSame([code, stderr], [0, ''], first)
  t.match(stdout, 'src/resources/stores.ts')
  const results = [{ printed: stdout.split('\n'), error: null }, ...scaffoldEach(folder, others)]
  for (const [index, { printed, error }] of results.entries()) {
    t.equal(error, null, `${NAMES[index]}`)
    const written = printed.flatMap(line => line.startsWith('wrote ') ? [line.slice(6)] : [])
    t.ok(written.length > 10, `${written.length} files`)
    for (const path of written.filter(path => path.endsWith('.ts'))) {
      t.doesNotThrow(() => transformSync(readFileSync(join(folder, path), 'utf8'), { loader: 'ts' }), path)
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
  t.match(scaffoldEach(folder, ['nothing', 'webhooks', 'payouts']).map(({ error }) => error), [
    'The contract has no path /nothing',
    'GET /webhooks does not answer { items: [...] }',
    'has no GET /payouts with a GET /payouts/{id}'
  ])
})
