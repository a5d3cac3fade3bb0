/** What the person who started the emulator is told of errors: each kind once, then how many there were. */
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { SetupError } from '../src/errors.js'
import { createReporter } from '../src/report.js'
import { StorageError } from '../src/store/failures.js'

function sqliteError (code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

t.test('a failing disk takes one line for each kind, and one for their number', async t => {
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

t.test('a fault of the emulator is told with its stack, once', async t => {
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

t.test('the numbers come by themselves, and a kind that has ended is told anew', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) }, 20)
  const full = sqliteError('SQLITE_FULL', 'database or disk is full')
  reporter.report(full)
  reporter.report(full)
  while (lines.length < 2) await wait(5)
  t.equal(lines[1], '1 more: storage: the disk is full')
  await wait(200) // the next number would come after 40 ms, and there is none
  reporter.report(full)
  t.equal(lines.length, 3)
  t.equal(lines[2], lines[0])
  reporter.close()
  t.equal(lines.length, 3)
})

t.test('no card number and no password reaches the terminal', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) })
  reporter.report(new Error('could not read 4242 4242 4242 4242 of https://ada:hunter2@example.test/?token=abcdef'))
  reporter.report(new Error('could not read 4242 4242 4242 4242 of https://ada:hunter2@example.test/?token=abcdef'))
  reporter.close()
  t.notMatch(lines.join('\n'), /4242 4242|hunter2|abcdef/)
})

t.test('so many kinds at most are remembered', async t => {
  const lines: string[] = []
  const reporter = createReporter(text => { lines.push(text) }, 60_000)
  for (let count = 0; count < 200; count++) reporter.report(new Error(`kind ${count}`))
  t.equal(lines.length, 200)
  reporter.report(new Error('kind 0'))
  t.equal(lines.length, 201, 'the oldest is told anew')
  reporter.close()
})
