/** Errors on the console: each kind once, then its number. */
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { SetupError } from '../src/errors.js'
import { createReporter } from '../src/report.js'
import { StorageError } from '../src/store/failures.js'

function sqliteError (code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

t.test('prints one line for each kind of storage error, and one for its number', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) }, 60_000)
  for (let count = 0; count < 290; count++) {
    reporter.report(sqliteError('SQLITE_FULL', 'database or disk is full'))
    reporter.report(new StorageError('the disk is full', { about: `sandbox w${count} can't be opened`, cause: new SetupError(`The database /data/w${count}.db`) }))
    reporter.report(sqliteError('SQLITE_IOERR_WRITE', 'disk I/O error'))
  }
  t.strictSame(lines, ['storage: database or disk is full (SQLITE_FULL)', 'storage: disk I/O error (SQLITE_IOERR_WRITE)'])
  reporter.close()
  t.strictSame(lines.slice(2), ['579 more: storage: the disk is full', "289 more: storage: the file can't be read or written"])
})

t.test('prints an internal error once, with its stack', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) }, 60_000)
  const fail = (message: string) => new Error(message)
  for (let count = 0; count < 50; count++) reporter.report(fail('nothing works'))
  reporter.report(fail('something else'))
  reporter.report('no error at all')
  reporter.report(undefined)
  t.equal(lines.length, 4)
  t.match(lines[0], /^Error: nothing works\n +at fail/)
  reporter.close()
  t.strictSame(lines.slice(4), ['49 more: Error: nothing works'])
})

t.test('prints numbers regularly, and reports an error again after a pause', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) }, 20)
  const full = sqliteError('SQLITE_FULL', 'database or disk is full')
  reporter.report(full)
  reporter.report(full)
  while (lines.length < 2) await wait(5)
  t.equal(lines[1], '1 more: storage: the disk is full')
  await wait(200) // // the next number would be printed after 40 ms, but there is no such line
  reporter.report(full)
  t.equal(lines.length, 3)
  t.equal(lines[2], lines[0])
  reporter.close()
  t.equal(lines.length, 3)
})

t.test('prints no card numbers and no passwords', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) })
  reporter.report(new Error('could not read 4242 4242 4242 4242 of https://ada:hunter2@example.test/?token=abcdef'))
  reporter.report(new Error('could not read 4242 4242 4242 4242 of https://ada:hunter2@example.test/?token=abcdef'))
  reporter.close()
  t.notMatch(lines.join('\n'), /4242 4242|hunter2|abcdef/)
})

t.test('remembers a limited number of kinds', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) }, 60_000)
  for (let count = 0; count < 200; count++) reporter.report(new Error(`kind ${count}`))
  t.equal(lines.length, 200)
  reporter.report(new Error('kind 0'))
  t.equal(lines.length, 201, 'the oldest is printed again')
  reporter.close()
})
