/**
 * Takes back a change that took several transactions. While it is recorded, triggers write for every row how to undo what was
 * done to it, in the same transaction. Changes that others make in between are not recorded. The log is a table, so that a
 * process that dies leaves the next one what to take back.
 */
import type { Database } from './database.js'

export interface UndoLog {
  /** Begins to record. Nothing may be left of an earlier recording. */
  begin (): void
  /** Runs a part of the change. What it does to rows is recorded. */
  record<Result> (part: () => Result): Result
  /** Takes the latest step back that is recorded; false where none is left. Runs inside a transaction. */
  takeBackOne (): boolean
  /** Forgets what is recorded, which then stays. Runs inside a transaction. */
  keep (): void
  /** Ends recording. What is recorded and neither kept nor taken back is taken back at the next start. */
  end (): void
}

export function createUndoLog (database: Database): UndoLog {
  const takeBackOne = backwards(database)
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
      for (const table of tablesBesideLog(database)) {
        for (const [name, sql] of triggersOf(database, table)) {
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
    takeBackOne,
    keep () { database.exec('DELETE FROM undo_log') },
    end () {
      if (database.open) for (const name of triggers) database.exec(`DROP TRIGGER IF EXISTS temp.${name}`)
      triggers = []
    }
  }
}

/** Takes back everything that is recorded. Runs inside a transaction. */
export function takeBackAll (database: Database): void {
  const takeBackOne = backwards(database)
  while (takeBackOne());
}

function backwards (database: Database): () => boolean {
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

/** The triggers of a table by name. Each writes one statement into the log. */
function triggersOf (database: Database, table: string): Array<[name: string, sql: string]> {
  const columns = database.prepare<[string], Column>('SELECT name, type, pk FROM pragma_table_info(?)').all(table)
  const names = columns.map(({ name }) => name)
  const hasRowid = database.prepare<[string], number>('SELECT wr FROM pragma_table_list WHERE name = ?').pluck().get(table) === 0
  const keys = hasRowid ? ['rowid'] : columns.filter(({ pk }) => pk > 0).map(({ name }) => name)
  /** SQL that gives `key = value` as a text, for the row `old` or `new`. */
  const whereIs = (row: string) => keys.map(key => `'${key} IS ' || quote(${row}.${key})`).join(" || ' AND ' || ")
  const values = (row: string, of: string[]) => of.map(name => `quote(${row}.${name})`).join(" || ', ' || ")
  const isRowid = columns.some(({ type, pk }) => pk > 0 && type === 'INTEGER') // such a column is another name of it
  const stored = hasRowid && !isRowid ? ['rowid', ...names] : names
  // What somebody else has changed since then is left as it is.
  const changes = names.map(name => `CASE WHEN old.${name} IS new.${name} THEN '' ELSE ` +
    `'${name} = CASE WHEN ${name} IS ' || quote(new.${name}) || ' THEN ' || quote(old.${name}) || ' ELSE ${name} END,' END`)
  const differs = names.map(name => `old.${name} IS NOT new.${name}`).join(' OR ')
  const trigger = (event: string, statement: string, when = 'TRUE'): [string, string] => {
    const name = `undo_${event.toLowerCase()}_${table}`
    return [name, `CREATE TEMP TRIGGER ${name} AFTER ${event} ON main.${table} WHEN ${IS_RECORDING}() AND (${when})
      BEGIN INSERT INTO undo_log (sql) VALUES (${statement}); END`]
  }
  return [
    trigger('INSERT', `'DELETE FROM ${table} WHERE ' || ${whereIs('new')}`),
    trigger('UPDATE',
      `'UPDATE OR IGNORE ${table} SET ' || rtrim(${changes.join(' || ')}, ',') || ' WHERE ' || ${whereIs('new')}`, differs),
    trigger('DELETE', `'INSERT OR IGNORE INTO ${table} (${stored.join(', ')}) VALUES (' || ${values('old', stored)} || ')'`)
  ]
}
