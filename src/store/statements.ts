/**
 * Compiles statements when they first run. Compiling all statements of a sandbox takes 0.6 MB and as long as several payments.
 * Most sandboxes use only a few, and there may be a thousand sandboxes. A test compiles all of them to find misspelt columns.
 *
 * Rows are read as arrays and made objects here. better-sqlite3 sets every property by name, which takes 40 % longer.
 */
import { compileFunction } from 'node:vm'
import type Sqlite from 'better-sqlite3'
import { createConnection, type Connection, type Reopen } from './connection.js'
import type { CountedDatabase, Database, Statement } from './database.js'

/**
 * The database of a connection with lazily compiled statements, which count the rows that they write. `reopen` opens a connection
 * from bytes: with it, a released database may rest.
 */
export function compilingLate (opened: Sqlite.Database, reopen?: Reopen): CountedDatabase {
  const connection = createConnection(opened, reopen)
  const written: Written = { connection, rows: 0, compiled: [] }
  return {
    prepare: ((sql: string) => late(written, sql, 'rows')) as Database['prepare'],
    exec (sql) {
      written.rows++
      return connection.use().exec(sql)
    },
    transaction: change => () => { connection.use().transaction(change)() },
    pragma: (source, options) => connection.use().pragma(source, options),
    serialize: () => connection.use().serialize(),
    function: (name, result) => { connection.addFunction(name, result) },
    get open () { return connection.isOpen() },
    get inTransaction () { return connection.isInTransaction() },
    close: () => { connection.close() },
    countWritten: () => written.rows,
    countEarlier: connection.countEarlier,
    release (mayRest, used) {
      for (const statement of written.compiled) statement.compiled = undefined // the garbage collector finalizes it
      written.compiled = []
      connection.release(mayRest, used)
    }
  }
}

/** Shared by the statements of a database. */
interface Written {
  connection: Connection
  rows: number
  compiled: Late[]
}

/** A statement whose form of rows is chosen. */
type Formed = Omit<Statement<unknown[], unknown>, 'pluck' | 'raw'>

const FORMS = {
  rows: withRows,
  pluck: (statement: Sqlite.Statement): Formed => statement.pluck(),
  raw: (statement: Sqlite.Statement): Formed => statement.raw()
}

/** A statement that is not compiled, or the compiled one. */
interface Late {
  written: Written
  sql: string
  form: keyof typeof FORMS
  compiled: Formed | undefined
}

/** All statements share these methods: with functions of its own, each of a sandbox's seven hundred took half a kilobyte. */
const METHODS: Statement<unknown[], unknown> & ThisType<Late> = {
  run (...parameters) {
    const result = compiled(this).run(...parameters)
    this.written.rows += result.changes
    return result
  },
  get (...parameters) { return compiled(this).get(...parameters) },
  all (...parameters) { return compiled(this).all(...parameters) },
  iterate (...parameters) { return compiled(this).iterate(...parameters) },
  pluck () { return late(this.written, this.sql, 'pluck') },
  raw () { return late(this.written, this.sql, 'raw') }
}

function late (written: Written, sql: string, form: Late['form']): Statement<unknown[], unknown> {
  const statement: Late = { written, sql, form, compiled: undefined }
  return Object.setPrototypeOf(statement, METHODS) as typeof METHODS
}

function compiled (statement: Late): Formed {
  statement.compiled ??= compile(statement)
  return statement.compiled
}

function compile (late: Late): Formed {
  const { written, sql, form } = late
  const statement = written.connection.use().prepare(sql)
  written.compiled.push(late)
  const formed = FORMS[form](statement)
  return statement.readonly || !statement.reader ? formed : counted(formed, written)
}

/** Counts the calls of a statement that writes and returns rows: their number of rows is unknown. */
function counted (formed: Formed, written: Written): Formed {
  const counting = <Parameters extends unknown[], Result>(read: (...parameters: Parameters) => Result) =>
    (...parameters: Parameters) => {
      written.rows++
      return read(...parameters)
    }
  return {
    run: (...parameters) => formed.run(...parameters),
    get: counting((...parameters) => formed.get(...parameters)),
    all: counting((...parameters) => formed.all(...parameters)),
    iterate: counting((...parameters) => formed.iterate(...parameters))
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
