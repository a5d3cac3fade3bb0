// Starts the emulator from a checkout: builds what has changed, and runs the command in this process.
//
//   npm start                    options follow --: npm start -- --port 0

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { buildChanges } from './build/changes.mjs'
import { DIST } from './build/inputs.mjs'

const LOOK_EVERY_MS = 300
const SHELLS_MAX = 5

const { ppid } = process
await buildChanges()
const command = join(DIST, 'cli.js')
process.argv = [process.execPath, command, 'start', ...process.argv.slice(2)]
const watched = process.env.npm_lifecycle_event === undefined ? [] : await runners()
await import(pathToFileURL(command))
const watch = setInterval(endWithRunners, LOOK_EVERY_MS).unref()

/**
 * The processes that run this one: npm and the shells in between, unless this process has replaced npm's shell. npm sends a
 * signal to its shell, which ends without forwarding it, and SIGKILL cannot be forwarded.
 */
async function runners () {
  const found = [ppid]
  for (let pid = ppid; found.length <= SHELLS_MAX; pid = found.at(-1)) {
    const [parent, name] = await parentOf(pid)
    if (!name.endsWith('sh') || parent <= 1) break // dash, bash, zsh, pwsh
    found.push(parent)
  }
  return found
}

/** The id of a process's parent, and the process's own name. */
async function parentOf (pid) {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,comm=', '-p', String(pid)])
    const [parent, ...name] = stdout.trim().split(/\s+/)
    return [Number(parent), name.join(' ')]
  } catch {
    return [0, ''] // without ps, only the parent is watched
  }
}

/** Ends the emulator like SIGTERM after one of its runners has ended, so that it does not stay behind unnoticed. */
function endWithRunners () {
  if (watched.length === 0 || (process.ppid === ppid && watched.every(isRunning))) return
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}

function isRunning (pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
