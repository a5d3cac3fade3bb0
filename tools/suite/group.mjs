// Runs test files one after another in this process, because loading the emulator takes longer than most files. The output is one TAP
// document, in which a test called END_OF_FILE follows the tests of each file: unlike a comment, tap prints it at once.
//
// A file ends after all its tests and top-level teardowns, so that the next one starts clean.
//
// The names of the files are read from standard input, one per line, each after the end of the last one.

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { END_OF_FILE } from './run.mjs'
import { translated } from './translate.mjs'

// Node.js reads it at the start. The programs that tests start are not measured: each would write megabytes at its end.
delete process.env.NODE_V8_COVERAGE

/** Collected here because tap would run them at the end of the process. */
const teardowns = []
t.teardown = teardown => { teardowns.push(teardown) }
// A limit that one file sets for itself would end the process during a later file. The runner limits the time of each.
t.setTimeout = () => {}

for await (const file of createInterface({ input: process.stdin })) {
  try {
    await import(pathToFileURL(translated(file)))
    while (!t.idle) await once(t, 'idle')
    for (const teardown of teardowns.splice(0).reverse()) await teardown()
  } catch (error) {
    t.error(error)
  }
  // After an error outside all tests, tap runs no further tests in this process.
  if (t.ended) break
  await t.test(END_OF_FILE, async t => { t.pass() })
}
