/**
 * The sandboxes of a process, by name. `default` always exists. The others are opened on first use, in files next to the
 * default database or, if that is in memory, in memory too. The number of open sandboxes is limited, and each needs two file
 * descriptors. To open another one, the least recently used sandbox is closed. If it was in memory, its data is lost.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { canOpen } from './descriptors.js'
import { SetupError, invalid } from '../errors.js'
import { createIds } from './ids.js'
import { isSandboxName, SANDBOX_NAME_RULE } from '../rules/sandbox-name.js'
import { IN_MEMORY, openSandbox, type SandboxOptions } from './open.js'
import type { Sandbox } from './sandbox.js'
import { StorageError, storageReason } from '../store/failures.js'

export const DEFAULT_SANDBOX = 'default'

export interface SandboxInfo {
  name: string
  /** Whether its data is kept on disk. */
  is_kept: boolean
  is_open: boolean
}

export interface Sandboxes {
  default: Sandbox
  /**
   * Opens a sandbox, and creates it if it does not exist. Throws INVALID_REQUEST_PARAMETERS for an invalid name, and a
   * StorageError if it can't be opened.
   */
  open (name: string): Sandbox
  /** Opens a sandbox if it exists. */
  find (name: string): Sandbox | undefined
  /** All sandboxes, the default one first and the others by name. */
  list (): SandboxInfo[]
  /** Deletes a sandbox with its data; false if it does not exist. Not for the default one. */
  delete (name: string): boolean
  /** Starts all sandboxes, and those that are opened later. */
  start (): void
  close (): void
}

export interface SandboxesOptions {
  /** The database of the default sandbox: a file, or `:memory:`. */
  database: string
  seed: string | null
  /** The most sandboxes that may be open besides the default one. */
  limit: number
  sandboxOptions: SandboxOptions
  /** Called once for each sandbox, before it is first used. */
  prepare (sandbox: Sandbox): void
  /** Prints a message for the user who started the emulator. */
  log (line: string): void
}

/** Throws INVALID_REQUEST_PARAMETERS. */
export function checkSandboxName (name: string): void {
  if (isSandboxName(name)) return
  throw invalid('sandbox', `The name of a sandbox must be ${SANDBOX_NAME_RULE}`)
}

/** File descriptors that are left free for connections. */
const DESCRIPTORS_SPARED = 64
/** File descriptors that opening a sandbox needs at most. */
const DESCRIPTORS_NEEDED = 4
/** The most sandboxes that are closed to free descriptors when one is opened. */
const CLOSED_AT_ONCE = 4

/** The most sandboxes whose databases are open with compiled statements, which take three quarters of a sandbox's memory. */
const IN_USE_MAX = 100

interface Opened {
  sandbox: Sandbox
  /** The value of the use counter when it was last used. */
  usedAt: number
}

export function createSandboxes ({ database, seed, limit, sandboxOptions, prepare, log }: SandboxesOptions): Sandboxes {
  const folder = database === IN_MEMORY ? null : join(dirname(resolve(database)), 'sandboxes')
  const others = new Map<string, Opened>()
  const use = createUses()
  const { makeRoom, closeForFiles } = createRoom(others, { limit, isInMemory: folder === null, log })
  let isStarted = false
  const main = begin(openSandbox({ name: DEFAULT_SANDBOX, prefix: '', database, ids: createIds(seed) }, sandboxOptions))

  function begin (sandbox: Sandbox): Sandbox {
    prepare(sandbox)
    if (isStarted) sandbox.start()
    return sandbox
  }

  const fileOf = (name: string) => folder === null ? null : join(folder, fileName(name))

  function open (name: string): Sandbox {
    if (name === DEFAULT_SANDBOX) return main
    const opened = others.get(name)
    if (opened !== undefined) return use(opened)
    checkSandboxName(name)
    makeRoom()
    const created = { sandbox: begin(openNamed(name)), usedAt: 0 }
    others.set(name, created)
    return use(created)
  }

  function openNamed (name: string): Sandbox {
    const file = fileOf(name)
    for (;;) {
      try {
        const ids = createIds(seed === null ? null : `${seed} ${name}`)
        return openSandbox({ name, prefix: `/~${name}`, database: file ?? IN_MEMORY, ids }, sandboxOptions)
      } catch (error) {
        const isOutOfFiles = file !== null && !canOpen(DESCRIPTORS_NEEDED)
        if (!isOutOfFiles || !closeForFiles()) throw unavailable(name, error)
      }
    }
  }

  function exists (name: string): boolean {
    const file = fileOf(name)
    return name === DEFAULT_SANDBOX || others.has(name) || (isSandboxName(name) && file !== null && existsSync(file))
  }

  return {
    default: main,
    open,
    find: name => exists(name) ? open(name) : undefined,
    list () {
      const names = new Set([...others.keys(), ...namesIn(folder)])
      const info = (name: string, isOpen: boolean) => ({ name, is_kept: folder !== null, is_open: isOpen })
      return [info(DEFAULT_SANDBOX, true), ...[...names].sort().map(name => info(name, others.has(name)))]
    },
    delete (name) {
      if (!exists(name)) return false
      others.get(name)?.sandbox.close()
      others.delete(name)
      const file = fileOf(name)
      if (file !== null) for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
      return true
    },
    start () {
      isStarted = true
      main.start()
      for (const { sandbox } of others.values()) sandbox.start()
    },
    close () {
      for (const { sandbox } of others.values()) sandbox.close()
      main.close()
    }
  }
}

/** Returns a function to call whenever a sandbox is used. It releases those that have not been used for the longest time. */
function createUses (): (opened: Opened) => Sandbox {
  const inUse = new Set<Opened>()
  let uses = 0

  function use (opened: Opened): Sandbox {
    opened.usedAt = ++uses
    if (!inUse.has(opened)) {
      inUse.add(opened)
      if (inUse.size > IN_USE_MAX) releaseOldest()
    }
    return opened.sandbox
  }

  /** Sandboxes that were closed in the meantime leave too. */
  function releaseOldest (): void {
    for (const opened of inUse) if (!opened.sandbox.isOpen()) inUse.delete(opened)
    if (inUse.size <= IN_USE_MAX) return
    const [oldest] = [...inUse].sort((a, b) => a.usedAt - b.usedAt)
    if (oldest === undefined) return
    inUse.delete(oldest)
    oldest.sandbox.release(() => { use(oldest) }) // work that is due uses it without a request
  }

  return use
}

/** Makes room for another sandbox, within the limit of open sandboxes and that of open files. */
function createRoom (
  others: Map<string, Opened>, { limit, isInMemory, log }: Pick<SandboxesOptions, 'limit' | 'log'> & { isInMemory: boolean }
) {
  let isShortOfFiles = false

  function makeRoom (): void {
    if (others.size >= limit) {
      const name = closeOldest()
      log(isInMemory
        ? `sandbox ${name} was discarded: ${limit} are open, and it was the least recently used (raise --sandbox-limit)`
        : `sandbox ${name} was closed: ${limit} are open, and it was the least recently used`)
    }
    if (isInMemory) return
    for (let count = 0; count < CLOSED_AT_ONCE && !canOpen(DESCRIPTORS_SPARED); count++) {
      if (!closeForFiles()) return
    }
  }

  /** Closes a sandbox to free descriptors; false if no sandbox is open. */
  function closeForFiles (): boolean {
    const name = closeOldest()
    if (name === null) return false
    if (!isShortOfFiles) {
      log(`sandbox ${name} was closed, because this process has reached its limit of open files (ulimit -n). From now on, the ` +
        'least recently used sandbox is closed before another is opened. No stored data is lost')
    }
    isShortOfFiles = true
    return true
  }

  /** Closes the least recently used sandbox, an idle one if possible, and returns its name; null if no sandbox is open. */
  function closeOldest (): string | null {
    const byUse = [...others].sort(([, a], [, b]) => a.usedAt - b.usedAt)
    const [name, opened] = byUse.find(([, { sandbox }]) => isIdle(sandbox)) ?? byUse[0] ?? []
    if (name === undefined || opened === undefined) return null
    opened.sandbox.close()
    others.delete(name)
    return name
  }

  return { makeRoom, closeForFiles }
}

function isIdle ({ work, sender }: Sandbox): boolean {
  return !work.isBusy() && sender.busy() === 0
}

/** Removes the path that a SetupError contains, because API callers must not see it. */
function unavailable (name: string, error: unknown): unknown {
  const reason = storageReason(error) ?? storageReason((error as Error).cause)
  if (reason === null && !(error instanceof SetupError)) return error
  const about = `sandbox ${name} can't be opened`
  return new StorageError(reason ?? 'see the output of the emulator', { about, cause: error })
}

/** Names are case-sensitive, but some file systems are not: `Worker-1` becomes `+worker-1.db`. */
function fileName (name: string): string {
  return `${name.replace(/[A-Z]/g, capital => `+${capital.toLowerCase()}`)}.db`
}

function namesIn (folder: string | null): string[] {
  if (folder === null || !existsSync(folder)) return []
  return readdirSync(folder).filter(file => file.endsWith('.db'))
    .map(file => file.slice(0, -'.db'.length).replace(/\+(.)/g, (_text, letter: string) => letter.toUpperCase()))
}
