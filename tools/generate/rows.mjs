// Generates the row types of src/store/rows.gen.ts from a database that is created by the steps in db/.
import { readFileSync, readdirSync } from 'node:fs'
import Database from 'better-sqlite3'

const TYPES = { INTEGER: 'number', REAL: 'number', TEXT: 'string', BLOB: 'Buffer' }

const pascal = table => table.replace(/(^|_)(\w)/g, (_, _1, letter) => letter.toUpperCase())

export async function rows () {
  const database = new Database(':memory:')
  for (const step of readdirSync('db').filter(name => name.endsWith('.sql')).sort()) {
    database.exec(readFileSync(`db/${step}`, 'utf8'))
  }
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
  const types = tables.map(table => {
    const columns = database.pragma(`table_info(${table})`)
    const fields = columns.map(({ name, type, notnull, pk }) => `  ${name}: ${TYPES[type]}${notnull || pk ? '' : ' | null'}`)
    return `export interface ${pascal(table)}Row {\n${fields.join('\n')}\n}\n`
  })
  database.close()
  const head = '// Generated from db/*.sql by `npm run generate`: do not edit.\n\n'
  return [{ path: 'src/store/rows.gen.ts', content: head + types.join('\n') }]
}
