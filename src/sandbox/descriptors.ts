/** Checks whether this process can open more files. `ulimit -n` limits files and connections together. */
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** Whether `count` more files can be open at once. Opens them to find out, which is the only portable way. */
export function canOpen (count: number): boolean {
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
