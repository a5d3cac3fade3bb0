/** Creates the folder of a database. Knows file systems, not databases. */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates a folder and its missing parents. Does not use Node's recursive `mkdirSync`, which never returns if the system answers
 * ENOENT for a folder whose parent exists, as below /proc. Throws an Error that names the folder.
 */
export function makeFolder (path: string): void {
  const missing: string[] = []
  let existing = path
  while (!existsSync(existing) && existing !== dirname(existing)) {
    missing.unshift(existing)
    existing = dirname(existing)
  }
  if (statSync(existing, { throwIfNoEntry: false })?.isDirectory() === false) throw refusal(existing, 'it is a file')
  for (const folder of missing) makeOne(folder)
}

function makeOne (folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return // another process has just created it
    throw refusal(folder, REASONS[code] ?? message, error)
  }
}

function refusal (folder: string, reason: string, cause?: unknown): Error {
  return new Error(`can't make the folder ${folder}: ${reason}`, { cause })
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'the system allows no folders there',
  ENAMETOOLONG: 'the path is too long'
}
