/**
 * Undoes a change that spans several transactions. While it is recorded, triggers log for every changed row the SQL that undoes
 * the change, in the same transaction. Changes that others make in between are not recorded. The log is a table, so the next
 * start can undo the change of a process that died.
 */
import type { Database } from './database.js'

export interface UndoLog {
  /** Starts a recording. The log of an earlier recording must be empty. */
  begin (): void
  /** Runs a part of the change and records what it does to rows. */
  record<Result> (part: () => Result): Result
  /** Undoes the latest recorded step; false if none is left. Runs inside a transaction. */
  undoOne (): boolean
  /** Clears the log, which makes the change final. Runs inside a transaction. */
  keep (): void
  /** Ends the recording. Steps that are still in the log are undone at the next start. */
  end (): void
}

/** Tables and columns with totals of other rows, which others change during a recording, too. */
export interface Totals {
  /** Columns by table. Their changes are undone by subtraction. A row that has only totals beside its key is deleted at 0. */
  subtracted: Readonly<Record<string, readonly string[]>>
  /** Tables that are emptied when a change is undone. Their store counts the rows again. */
  counted: readonly string[]
}

export function createUndoLog (database: Database, { subtracted, counted }: Totals = { subtracted: {}, counted: [] }): UndoLog {
  const undoOne = undoStep(database)
  let isRecording = false
  let isPrepared = false
  let triggers: string[] = []

  function prepare (): void {
    if (isPrepared) return
    isPrepared = true
    database.function(IS_RECORDING, () => Number(isRecording))
  }

  return {
    begin () {
      prepare()
      const log = database.prepare<[string]>('INSERT INTO undo_log (sql) VALUES (?)')
      for (const table of counted) log.run(`DELETE FROM ${table}`) // the first steps are undone last
      for (const table of tablesBesideLog(database)) {
        if (counted.includes(table)) continue
        for (const [name, sql] of triggersOf(database, table, subtracted[table] ?? [])) {
          database.exec(sql)
          triggers.push(name)
        }
      }
    },
    record (part) {
      isRecording = true
      try {
        return part()
      } finally {
        isRecording = false
      }
    },
    undoOne,
    keep () { database.exec('DELETE FROM undo_log') },
    end () {
      if (database.open) for (const name of triggers) database.exec(`DROP TRIGGER IF EXISTS temp.${name}`)
      triggers = []
    }
  }
}

/** Undoes all recorded steps. Runs inside a transaction. */
export function undoAll (database: Database): void {
  const undoOne = undoStep(database)
  while (undoOne());
}

function undoStep (database: Database): () => boolean {
  const last = database.prepare<[], { seq: number, sql: string }>('SELECT seq, sql FROM undo_log ORDER BY seq DESC LIMIT 1')
  const remove = database.prepare('DELETE FROM undo_log WHERE seq = ?')
  return () => {
    const step = last.get()
    if (step === undefined) return false
    database.exec(step.sql)
    remove.run(step.seq)
    return true
  }
}

const IS_RECORDING = 'is_recording'

function tablesBesideLog (database: Database): string[] {
  return database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'undo_log'").pluck().all()
}

interface Column { name: string, type: string, pk: number }

/** Names and SQL of the triggers of a table. Each adds one statement to the log. */
function triggersOf (database: Database, table: string, totals: readonly string[]): Array<[name: string, sql: string]> {
  const columns = database.prepare<[string], Column>('SELECT name, type, pk FROM pragma_table_info(?)').all(table)
  const names = columns.map(({ name }) => name)
  const hasRowid = database.prepare<[string], number>('SELECT wr FROM pragma_table_list WHERE name = ?').pluck().get(table) === 0
  const keys = hasRowid ? ['rowid'] : columns.filter(({ pk }) => pk > 0).map(({ name }) => name)
  /** SQL that returns the text `key IS value`, for the row `old` or `new`. */
  const whereIs = (row: string) => keys.map(key => `'${key} IS ' || quote(${row}.${key})`).join(" || ' AND ' || ")
  const values = (row: string, of: string[]) => of.map(name => `quote(${row}.${name})`).join(" || ', ' || ")
  const isRowid = columns.some(({ type, pk }) => pk > 0 && type === 'INTEGER') // such a column is an alias of rowid
  const stored = hasRowid && !isRowid ? ['rowid', ...names] : names
  // A column that others have changed since then keeps its value.
  const changes = names.map(name => `CASE WHEN old.${name} IS new.${name} THEN '' ELSE ` + (totals.includes(name)
    ? `'${name} = ${name} - ' || (new.${name} - old.${name}) || ',' END`
    : `'${name} = CASE WHEN ${name} IS ' || quote(new.${name}) || ' THEN ' || quote(old.${name}) || ' ELSE ${name} END,' END`))
  const differs = names.map(name => `old.${name} IS NOT new.${name}`).join(' OR ')
  const trigger = (event: string, statement: string, when = 'TRUE'): [string, string] => {
    const name = `undo_${event.toLowerCase()}_${table}`
    return [name, `CREATE TEMP TRIGGER ${name} AFTER ${event} ON main.${table} WHEN ${IS_RECORDING}() AND (${when})
      BEGIN INSERT INTO undo_log (sql) VALUES (${statement}); END`]
  }
  const hasOnlyTotals = totals.length > 0 && columns.every(({ name, pk }) => pk > 0 || totals.includes(name))
  const subtracted = totals.map(name => `'${name} = ${name} - ' || new.${name}`).join(" || ', ' || ")
  const isZero = totals.map(name => `${name} = 0`).join(' AND ')
  return [
    trigger('INSERT', hasOnlyTotals
      ? `'UPDATE ${table} SET ' || ${subtracted} || ' WHERE ' || ${whereIs('new')} || ` +
        `'; DELETE FROM ${table} WHERE ${isZero} AND ' || ${whereIs('new')}`
      : `'DELETE FROM ${table} WHERE ' || ${whereIs('new')}`),
    trigger('UPDATE',
      `'UPDATE OR IGNORE ${table} SET ' || rtrim(${changes.join(' || ')}, ',') || ' WHERE ' || ${whereIs('new')}`, differs),
    trigger('DELETE', `'INSERT OR IGNORE INTO ${table} (${stored.join(', ')}) VALUES (' || ${values('old', stored)} || ')'`)
  ]
}
