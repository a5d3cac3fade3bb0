// Child processes and temporary folders. Every process is ended and every folder removed, even if the
// run fails or is interrupted. Each server leads its own session, which includes its children
// (steady's binary, Prism's workers).
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const STOP_TIMEOUT_MS = 20_000
const isLinux = process.platform === 'linux'

const running = new Set()
const folders = new Set()

process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL')
  for (const folder of folders) removeFolder(folder)
})
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => process.exit(130))
}

function signal (child, name) {
  try {
    process.kill(child.isLeader ? -child.pid : child.pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

export function temporaryFolder () {
  const folder = mkdtempSync(join(tmpdir(), 'dodo-bench-'))
  folders.add(folder)
  return folder
}

export function removeFolder (folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  folders.delete(folder)
}

// The environment of a server: enough to run, but no configuration.
function serverEnvironment () {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot']
  const environment = { NO_COLOR: '1', SCARF_ANALYTICS: 'false' }
  for (const name of kept) {
    if (process.env[name] !== undefined) environment[name] = process.env[name]
  }
  return environment
}

// Starts a server. Its output goes to a file, because reading a pipe would cost the runner time. The
// end of the file explains a crash.
export function startProcess (command, args, folder) {
  const logFile = join(folder, 'output.log')
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, {
    cwd: folder,
    env: serverEnvironment(),
    stdio: ['ignore', log, log],
    detached: true
  })
  closeSync(log)
  child.isLeader = true
  running.add(child)

  const handle = { pid: child.pid, ended: null, stop, kill, logTail }
  const exit = new Promise((resolve) => {
    child.once('error', (error) => { handle.ended ??= error.message; resolve() })
    child.once('exit', (code, name) => {
      handle.ended ??= name === null ? `exit code ${code}` : `signal ${name}`
      resolve()
    })
  })

  // Resolves to true if the process ended after SIGTERM, false if it had to be killed.
  async function stop () {
    if (child.pid === undefined) return true
    signal(child, 'SIGTERM')
    let timer
    const late = new Promise((resolve) => { timer = setTimeout(resolve, STOP_TIMEOUT_MS, 'late') })
    const result = await Promise.race([exit, late])
    clearTimeout(timer)
    await kill()
    return result !== 'late'
  }

  // Also kills processes that the leader left in its group.
  async function kill () {
    if (child.pid === undefined) return
    signal(child, 'SIGKILL')
    await exit
    running.delete(child)
  }

  function logTail () {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n')
  }

  return handle
}

// Runs a helper and returns its output. `interruptAfterMs` sends it SIGINT.
export function runToEnd (command, args, { env, interruptAfterMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    running.add(child)
    let output = ''
    let complaints = ''
    child.stdout.setEncoding('utf8').on('data', (text) => { output += text })
    child.stderr.setEncoding('utf8').on('data', (text) => { complaints += text })
    const timer = interruptAfterMs === undefined
      ? undefined
      : setTimeout(() => signal(child, 'SIGINT'), interruptAfterMs)
    child.once('error', (error) => { running.delete(child); reject(error) })
    child.once('close', (code) => {
      clearTimeout(timer)
      running.delete(child)
      if (code === 0) return resolve(output)
      reject(new Error(`${command} ended with code ${code}: ${(complaints || output).trim()}`))
    })
  })
}

const ticksPerSecond = isLinux
  ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  : undefined

// The processes of the session that `leader` leads: [pid, fields of /proc/PID/stat after the name].
function session (leader) {
  const found = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    let stat
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    } catch {
      continue // ended meanwhile
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (Number(fields[3]) === leader) found.push([Number(name), fields])
  }
  return found
}

// CPU time of the process and its children so far, in µs; undefined without /proc.
export function cpuTimeUs (leader) {
  if (!isLinux) return undefined
  let ticks = 0
  for (const [, fields] of session(leader)) {
    // utime, stime, and those of children that ended: fields 14 to 17 in proc(5)
    for (const field of fields.slice(11, 15)) ticks += Number(field)
  }
  return ticks / ticksPerSecond * 1e6
}

// Resident memory of the process and its children, in MB (10^6 bytes).
export function residentMb (leader) {
  if (!isLinux) return undefined
  let kibibytes = 0
  for (const [pid] of session(leader)) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      kibibytes += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    } catch {
      continue // ended meanwhile
    }
  }
  return kibibytes * 1024 / 1e6
}
