/**
 * Adds a resource to a copy of the checkout as docs/how-to/add-a-resource.md says: what the scaffold writes compiles, and its test
 * passes. Only in a thorough run, because the copy is generated, type-checked and built.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packagePath } from '../src/root.js'
import { isThorough } from './effort.js'
import { temporaryFolder } from './processes.js'

const skip = isThorough ? false : 'only in a thorough run: it takes half a minute'
const NOT_COPIED = ['.build', '.git', 'dist', 'node_modules', 'data']

t.test('a new resource compiles, and its test passes', { skip }, async t => {
  const folder = temporaryFolder(t)
  for (const name of readdirSync(packagePath()).filter(name => !NOT_COPIED.includes(name))) {
    cpSync(packagePath(name), join(folder, name), { recursive: true })
  }
  symlinkSync(packagePath('node_modules'), join(folder, 'node_modules'))
  const run = (...args: string[]) => {
    try {
      return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string, stderr: string }
      return t.fail(`${args.join(' ')}: ${stdout}${stderr}`)
    }
  }
  const edit = (path: string, pattern: RegExp, replacement: string) => {
    const text = readFileSync(join(folder, path), 'utf8')
    t.match(text, pattern, path)
    writeFileSync(join(folder, path), text.replace(pattern, replacement))
  }

  // Warranties have the operations of disputes: a list with filters, and a read.
  const disputes = readFileSync(join(folder, 'openapi/disputes.yaml'), 'utf8')
  writeFileSync(join(folder, 'openapi/warranties.yaml'), disputes.replaceAll('disputes', 'warranties').replaceAll('Disputes', 'Warranties')
    .replaceAll('dispute', 'warranty').replaceAll('Dispute', 'Warranty').replaceAll('dp_', 'wty_'))
  edit('openapi/openapi.yaml', /^ {2}\/disputes:\n/m, `  /warranties:
    $ref: warranties.yaml#/paths/~1warranties
  /warranties/{warranty_id}:
    $ref: warranties.yaml#/paths/~1warranties~1{warranty_id}
$&`)
  run('tools/generate.mjs')
  run('tools/scaffold.mjs', 'warranties', 'wty')
  edit('src/resources/stores.ts', /^import \{ disputesStore \}.*\n/m, "$&import { warrantiesStore } from './warranties/store.js'\n")
  edit('src/resources/stores.ts', /^ {2}disputes: disputesStore,/m, '$&\n  warranties: warrantiesStore,')
  edit('src/resources/all.ts', /^import \{ disputes \}.*\n/m, "$&import { warranties } from './warranties/index.js'\n")
  edit('src/resources/all.ts', /^ {2}disputes,/m, '$&\n  warranties,')
  edit('src/resources/dashboards.ts', /^import \{ disputesSection \}.*\n/m, "$&import { warrantiesSection } from './warranties/dashboard.js'\n")
  edit('src/resources/dashboards.ts', /^ {2}disputesSection,/m, '$&\n  warrantiesSection,')
  run('tools/generate.mjs')
  t.equal(run('node_modules/typescript7/bin/tsc', '--noEmit'), '')
  t.match(run('tools/test.mjs', 'resources/warranties'), /\n\d+ passed, 0 failed\n$/)
})
