/** Jobs that a test adds to those of the resources. */
import type { Test } from 'tap'
import type { Job } from '../../src/sandbox/jobs.js'
import { jobs } from '../../src/resources/all.js'

/** Adds or replaces a kind of job until the end of the test. */
export function addJob (test: Test, kind: string, run: Job['run'], rank = 6): void {
  const all = jobs as Record<string, Job>
  const before = all[kind]
  all[kind] = { rank, run }
  test.teardown(() => {
    if (before === undefined) delete all[kind]
    else all[kind] = before
  })
}

/** An error as SQLite reports it. */
export function sqliteError (code: string): Error {
  return Object.assign(new Error(`${code} as in a test`), { code })
}
