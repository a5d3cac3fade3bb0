/**
 * Compiles statements when they first run. Compiling all statements of a sandbox takes 0.6 MB and as long as several payments.
 * Most sandboxes use only a few, and there may be a thousand sandboxes. A test compiles all of them to find misspelt columns.
 *
 * Rows are read as arrays and made objects here. better-sqlite3 sets every property by name, which takes 40 % longer.
 */
import { compileFunction } from 'node:vm'
import type Sqlite from 'better-sqlite3'
import type { Database, Statement } from './database.js'

/** The same database with lazily compiled statements. */
export function compilingLate (database: Sqlite.Database): Database {
  const prepare = (sql: string) => {
    const compile = () => database.prepare(sql)
    return {
      ...late(() => withRows(compile())),
      pluck: () => late(() => compile().pluck()),
      raw: () => late(() => compile().raw())
    }
  }
  return Object.assign(Object.create(database), { prepare })
}

/** A statement whose form of rows is chosen. */
type Formed = Omit<Statement<unknown[], unknown>, 'pluck' | 'raw'>

function late (compile: () => Formed): Formed {
  let compiled: Formed | undefined
  const statement = () => (compiled ??= compile())
  return {
    run: (...parameters) => statement().run(...parameters),
    get: (...parameters) => statement().get(...parameters),
    all: (...parameters) => statement().all(...parameters),
    iterate: (...parameters) => statement().iterate(...parameters)
  }
}

type Values = unknown[]
type MakeRow = (values: Values) => object

/** Makes objects of the rows of a statement. Statements that return no rows are left as they are. */
function withRows (statement: Sqlite.Statement): Formed {
  if (!statement.reader) return statement
  const make = makerOf(statement.columns().map(({ name }) => name))
  const arrays = statement.raw() as Sqlite.Statement<unknown[], Values>
  return {
    run: (...parameters) => arrays.run(...parameters),
    get (...parameters) {
      const values = arrays.get(...parameters)
      return values && make(values)
    },
    all: (...parameters) => arrays.all(...parameters).map(make),
    * iterate (...parameters) {
      for (const values of arrays.iterate(...parameters)) yield make(values)
    }
  }
}

/** One function for each list of columns, for all sandboxes. */
const makers = new Map<string, MakeRow>()

/** A function whose only statement is an object literal: every row gets the same shape at once. */
function makerOf (names: readonly string[]): MakeRow {
  const key = JSON.stringify(names)
  const known = makers.get(key)
  if (known !== undefined) return known
  const properties = names.map((name, index) => `${JSON.stringify(name)}: values[${index}]`)
  const make = compileFunction(`return { ${properties.join(', ')} }`, ['values']) as MakeRow
  makers.set(key, make)
  return make
}
