/** Whether this process may open more files: `ulimit -n` says how many it may have, connections included. */
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** Whether so many more could be open at once. Tries it, because nothing else tells on every system. */
export function mayOpen (count: number): boolean {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'))
    return true
  } catch {
    return false
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}
