/** Changes to a small table of notes. The log holds the statements that SQLite ran, and when callers got their results. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { createBatch } from '../../src/store/batch.js'
import { compilingLate } from '../../src/store/statements.js'
import { numRuns } from '../effort.js'

const TRANSACTIONS = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)/

function openNotes (t: Test, file = ':memory:') {
  const log: string[] = []
  const reports: unknown[] = []
  const opened = new Sqlite(file, { verbose: sql => { if (TRANSACTIONS.test(String(sql))) log.push(String(sql)) } })
  const database = compilingLate(opened)
  t.teardown(() => database.close())
  database.pragma('journal_mode = WAL')
  database.exec('CREATE TABLE notes (seq INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT')
  const insert = database.prepare('INSERT INTO notes (text) VALUES (?)')
  const select = database.prepare<[], string>('SELECT text FROM notes ORDER BY seq').pluck()
  const batch = createBatch(database, { rolledBack: () => { log.push('forget') }, report: error => { reports.push(error) } })
  const answers: Array<[name: string, answer: unknown]> = []
  return {
    database,
    batch,
    /** Transaction statements, `forget` for rolledBack, and `done` with a name. */
    log,
    /** The results that callers got, in order. */
    answers,
    /** Errors thrown by `done` callbacks. */
    reports,
    write: (text: string) => Number(insert.run(text).lastInsertRowid),
    notes: () => select.all(),
    run (name: string, change: () => unknown) {
      batch.run(change, (error, result) => {
        log.push(`done ${name}`)
        answers.push([name, error === undefined ? result : error])
      })
    }
  }
}

/** Resolves after the changes of this batch, and those that they caused, were answered. */
async function batchEnd (): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise(resolve => setImmediate(resolve))
}

t.test('runs the changes of one batch in one transaction', async t => {
  const { run, write, notes, log, answers } = openNotes(t)
  run('one', () => write('a'))
  run('two', () => ({ seq: write('b'), seen: notes() }))
  run('three', () => undefined)
  t.strictSame([notes(), log], [[], []], 'nothing runs immediately')
  await batchEnd()
  t.strictSame(notes(), ['a', 'b'])
  t.strictSame(log, ['BEGIN IMMEDIATE', 'COMMIT', 'done one', 'done two', 'done three'])
  t.strictSame(answers, [['one', 1], ['two', { seq: 2, seen: ['a', 'b'] }], ['three', undefined]], 'each caller gets its own result, and reads what earlier changes wrote')

  log.length = 0
  run('four', () => write('c'))
  await batchEnd()
  t.strictSame(log, ['BEGIN IMMEDIATE', 'COMMIT', 'done four'], 'the next batch has its own transaction')
})

t.test('adds a change that arrives during a batch to the next one', async t => {
  const { run, batch, write, notes, log, answers } = openNotes(t)
  run('outer', () => {
    run('within a change', () => write('b'))
    return write('a')
  })
  batch.run(() => 'ready', () => { run('within an answer', () => write('c')) })
  await batchEnd()
  t.strictSame(notes(), ['a', 'b', 'c'])
  t.strictSame(answers, [['outer', 1], ['within a change', 2], ['within an answer', 3]])
  t.strictSame(log.filter(line => line === 'COMMIT').length, 2)
})

t.test('answers callers only after the COMMIT', async t => {
  const file = join(t.testdir(), 'notes.db')
  const { batch, write } = openNotes(t, file)
  const reader = new Sqlite(file, { readonly: true })
  t.teardown(() => reader.close())
  const stored = () => reader.prepare('SELECT count(*) FROM notes').pluck().get()
  const seen: unknown[] = []
  for (const text of ['a', 'b']) {
    batch.run(() => {
      write(text)
      seen.push(['change', stored()])
    }, () => { seen.push(['done', stored()]) })
  }
  await batchEnd()
  t.strictSame(seen, [['change', 0], ['change', 0], ['done', 2], ['done', 2]], 'another connection sees both rows when the first caller is answered')
})

t.test('keeps answered changes when the process is killed', async t => {
  const file = join(t.testdir(), 'notes.db')
  const module = (path: string) => JSON.stringify(new URL(`../../src/store/${path}`, import.meta.url).href)
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', `
    import { openDatabase } from ${module('database.js')}
    import { createBatch } from ${module('batch.js')}
    const database = openDatabase(${JSON.stringify(file)}, () => {})
    const insert = database.prepare("INSERT INTO business (business_id, name, currency, link_salt) VALUES ('bus_1', 'One', 'USD', 7)")
    createBatch(database, { rolledBack () {}, report () {} }).run(() => insert.run().changes, (error, changes) => {
      process.stdout.write(String(error ?? changes), () => process.kill(process.pid, 'SIGKILL'))
    })
  `], { encoding: 'utf8' })
  t.strictSame([signal, stdout], ['SIGKILL', '1'])
  const database = new Sqlite(file)
  t.teardown(() => database.close())
  t.match(database.prepare('SELECT * FROM business').all(), [{ business_id: 'bus_1', name: 'One', link_salt: 7 }])
})

t.test('refuses only the change that throws before it writes', async t => {
  const { database, run, write, notes, log, answers } = openNotes(t)
  const refusal = new Error('refused')
  const nothing = database.prepare("UPDATE notes SET text = 'x' WHERE seq = 99")
  run('one', () => write('a'))
  run('two', () => { throw refusal })
  run('three', () => {
    nothing.run()
    throw refusal
  })
  run('four', () => write('a'))
  run('five', () => write('b'))
  await batchEnd()
  t.strictSame(notes(), ['a', 'b'], 'the others are stored')
  t.strictSame(log.slice(0, 2), ['BEGIN IMMEDIATE', 'COMMIT'], 'without a second run')
  t.strictSame(answers.map(([name]) => name), ['one', 'two', 'three', 'four', 'five'])
  t.strictSame(answers.map(([, answer]) => answer instanceof Error ? answer.message : answer),
    [1, 'refused', 'refused', 'UNIQUE constraint failed: notes.text', 2])
  t.equal(answers[1]?.[1], refusal, 'the same error that was thrown')
})

t.test('rolls back only the rows of a change that throws after its first write', async t => {
  t.test('runs the batch again with a savepoint for each change', async t => {
    const { run, write, notes, log, answers } = openNotes(t)
    const runs: string[] = []
    run('one', () => runs.push('one') && write('a'))
    run('two', () => {
      runs.push('two')
      write('b')
      throw new Error('refused')
    })
    run('three', () => runs.push('three') && write('c'))
    await batchEnd()
    t.strictSame(notes(), ['a', 'c'], 'each row once')
    t.match(answers, [['one', 1], ['two', { message: 'refused' }], ['three', 2]])
    t.strictSame(runs, ['one', 'two', 'one', 'two', 'three'])
    t.strictSame(log, [
      'BEGIN IMMEDIATE', 'ROLLBACK', 'forget', 'BEGIN IMMEDIATE', 'SAVEPOINT change', 'RELEASE change', 'SAVEPOINT change', 'ROLLBACK TO change', 'forget',
      'RELEASE change', 'SAVEPOINT change', 'RELEASE change', 'COMMIT', 'done one', 'done two', 'done three'
    ])
  })

  t.test('rows that were rolled back do not conflict with another change', async t => {
    const { run, write, notes, answers } = openNotes(t)
    run('one', () => {
      write('a')
      throw new Error('refused')
    })
    run('two', () => write('a'))
    await batchEnd()
    t.strictSame(notes(), ['a'])
    t.strictSame(answers[1], ['two', 1])
  })

  t.test('counts a write that was undone by hand as a write', async t => {
    const { database, run, write, notes, log } = openNotes(t)
    run('one', () => {
      write('a')
      database.exec("DELETE FROM notes WHERE text = 'a'")
      throw new Error('refused')
    })
    run('two', () => write('b'))
    await batchEnd()
    t.strictSame(notes(), ['b'])
    t.equal(log.filter(line => line === 'forget').length, 2)
  })

  t.test('accepts a change that was refused only because of the other', async t => {
    const { run, write, notes, answers } = openNotes(t)
    run('one', () => {
      write('last one')
      throw new Error('refused')
    })
    run('two', () => {
      if (notes().length > 0) throw new Error('sold out')
      return write('mine')
    })
    await batchEnd()
    t.strictSame(notes(), ['mine'])
    t.strictSame(answers[1], ['two', 1])
  })

  t.test('stores exactly the rows of accepted changes, in order, for any batch', async t => {
    const { database, run, write, notes, answers } = openNotes(t)
    const change = fc.record({ before: fc.nat(2), throws: fc.boolean(), after: fc.nat(2) })
    await fc.assert(fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async changes => {
      database.exec('DELETE FROM notes')
      answers.length = 0
      const texts = (index: number, part: string, count: number) => Array.from({ length: count }, (_, n) => `${index} ${part} ${n}`)
      changes.forEach(({ before, throws, after }, index) => {
        run(String(index), () => {
          texts(index, 'before', before).forEach(write)
          if (throws) throw new Error(`refused ${index}`)
          texts(index, 'after', after).forEach(write)
          return index
        })
      })
      await new Promise(resolve => setImmediate(resolve))
      assert.deepEqual(notes(), changes.flatMap(({ before, throws, after }, index) =>
        throws ? [] : [...texts(index, 'before', before), ...texts(index, 'after', after)]))
      assert.deepEqual(answers.map(([name, answer]) => [name, answer instanceof Error ? answer.message : answer]),
        changes.map(({ throws }, index) => [String(index), throws ? `refused ${index}` : index]))
      assert.equal(database.inTransaction, false)
    }), { seed: 20_260_901, numRuns: numRuns(500) })
    t.pass('each caller is answered once, with its own result, in order')
  })
})

t.test('refuses a change that throws a value that is not an error', async t => {
  const { run, answers } = openNotes(t)
  for (const thrown of [undefined, null, 0, '', false, 'text']) run(String(thrown), () => { throw thrown })
  await batchEnd()
  t.strictSame(answers.map(([, answer]) => answer instanceof Error ? answer.message : answer),
    ['a change was refused without a reason', 'a change was refused without a reason', 0, '', false, 'text'])
})

t.test('reports a failure to store to every caller', async t => {
  t.test('BEGIN fails: the database is closed', async t => {
    const file = join(t.testdir(), 'notes.db')
    const { database, run, write, log, answers } = openNotes(t, file)
    let ran = 0
    run('one', () => ran++ || write('a'))
    run('two', () => ran++ || write('b'))
    database.close()
    await batchEnd()
    t.equal(ran, 0)
    t.strictSame(log, ['forget', 'done one', 'done two'])
    t.match(answers, [['one', { message: 'The database connection is not open' }], ['two', { message: 'The database connection is not open' }]])
    const again = new Sqlite(file)
    t.teardown(() => again.close())
    t.equal(again.prepare('SELECT count(*) FROM notes').pluck().get(), 0)
  })

  t.test('BEGIN fails: another connection writes, and the next batch succeeds', async t => {
    const file = join(t.testdir(), 'notes.db')
    const { database, run, write, notes, log, answers } = openNotes(t, file)
    database.pragma('busy_timeout = 0')
    const other = new Sqlite(file)
    t.teardown(() => other.close())
    other.exec("BEGIN IMMEDIATE; INSERT INTO notes (text) VALUES ('theirs')")
    run('one', () => write('a'))
    run('two', () => write('b'))
    await batchEnd()
    t.match(answers, [['one', { code: 'SQLITE_BUSY' }], ['two', { code: 'SQLITE_BUSY' }]])
    t.ok(log.includes('forget'))
    other.exec('COMMIT')
    run('three', () => write('c'))
    await batchEnd()
    t.strictSame(notes(), ['theirs', 'c'])
    t.strictSame(answers[2], ['three', 2])
  })

  t.test('COMMIT fails', async t => {
    const { database, run, write, notes, log, answers } = openNotes(t)
    database.pragma('foreign_keys = ON')
    database.exec('CREATE TABLE tags (note INTEGER REFERENCES notes (seq) DEFERRABLE INITIALLY DEFERRED) STRICT')
    const refusal = new Error('refused')
    run('one', () => write('a'))
    run('two', () => { throw refusal })
    run('three', () => { database.exec('INSERT INTO tags VALUES (99)') })
    await batchEnd()
    t.strictSame(notes(), [], 'no row is half-written')
    t.equal(database.inTransaction, false)
    t.strictSame(log, ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', 'forget', 'done one', 'done two', 'done three'])
    t.match(answers, [['one', { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }], ['two', refusal], ['three', { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }]])
    run('four', () => write('b'))
    await batchEnd()
    t.strictSame([notes(), answers[3]], [['b'], ['four', 1]], 'the next batch succeeds')
  })

  t.test('the disk is full: SQLite ends the transaction itself, and nothing is written outside of one', async t => {
    for (const first of ['write', 'refuse'] as const) {
      const { database, run, write, notes, answers } = openNotes(t, join(t.testdir(), `${first}.db`))
      database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 2}`)
      run('one', () => {
        write('a')
        if (first === 'refuse') throw new Error('refused') // // so that all run again, one by one
      })
      run('two', () => write('x'.repeat(100_000)))
      run('three', () => write('c'))
      await batchEnd()
      t.strictSame(notes(), [])
      t.equal(database.inTransaction, false)
      t.match(answers.slice(1), [['two', { code: 'SQLITE_FULL' }], ['three', { code: 'SQLITE_FULL' }]])
      t.match(answers[0], ['one', first === 'refuse' ? { message: 'refused' } : { code: 'SQLITE_FULL' }])
      run('four', () => write('d'))
      await batchEnd()
      t.strictSame(notes(), ['d'], 'changes that fit are stored again')
    }
  })

  t.test('the cached rows can no longer be read', async t => {
    const database = compilingLate(new Sqlite(':memory:'))
    const heard: unknown[] = []
    const batch = createBatch(database, { rolledBack () { database.prepare('SELECT 1').get() }, report () {} })
    batch.run(() => 1, error => { heard.push(error) })
    batch.run(() => 2, error => { heard.push(error) })
    database.close()
    await batchEnd()
    t.match(heard, [{ message: 'The database connection is not open' }, { message: 'The database connection is not open' }])
  })

  t.test('a change ends the transaction or the connection', async t => {
    for (const end of ['COMMIT', 'ROLLBACK', 'close'] as const) {
      const { database, run, write, answers } = openNotes(t)
      run('one', () => { end === 'close' ? database.close() : database.exec(end) })
      run('two', () => write('b'))
      await batchEnd()
      t.match(answers, [['one', { message: /a change ended the transaction/ }], ['two', { message: /a change ended the transaction/ }]], end)
    }
  })
})

t.test('reports a `done` callback that throws and calls the others', async t => {
  const { batch, run, write, notes, answers, reports } = openNotes(t)
  const failure = new Error('the answer could not be written')
  run('before', () => write('a'))
  batch.run(() => write('b'), () => { throw failure })
  batch.run(() => { throw new Error('refused') }, error => { throw error })
  batch.run(() => write('c'), () => {
    run('added', () => write('e'))
    throw failure
  })
  run('after', () => write('d'))
  await batchEnd()
  t.strictSame(notes(), ['a', 'b', 'c', 'd', 'e'], 'a change whose callback failed is still stored')
  t.strictSame(answers, [['before', 1], ['after', 4], ['added', 5]])
  t.match(reports, [failure, { message: 'refused' }, failure])

  batch.run(() => write('f'), () => { throw failure })
  run('last', () => write('g'))
  batch.finish()
  t.strictSame([notes().length, answers.at(-1), reports.length], [7, ['last', 7], 4], 'before the database is closed, too')
})
