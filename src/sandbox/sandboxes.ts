/**
 * All the sandboxes of a process, by name. One is there from the start, `default`; the others are opened when they are first
 * asked for, beside its database, or in memory where that is. There is a limit on how many are open, and each takes two of the
 * files that a process may have open. The one that has not been used for the longest time is closed for the next, which loses it
 * if it was in memory.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { mayOpen } from './descriptors.js'
import { SetupError, invalid } from '../errors.js'
import { createIds } from './ids.js'
import { isSandboxName, SANDBOX_NAME_RULE } from '../rules/sandbox-name.js'
import { IN_MEMORY, openSandbox, type Sandbox, type SandboxOptions } from './sandbox.js'
import { StorageError, storageReason } from '../store/failures.js'

export const DEFAULT_SANDBOX = 'default'

export interface SandboxInfo {
  name: string
  /** Whether it is outlived by its data. */
  is_kept: boolean
  is_open: boolean
}

export interface Sandboxes {
  default: Sandbox
  /**
   * Opens it, and makes it where there is none. Throws INVALID_REQUEST_PARAMETERS for an invalid name, and a
   * StorageError where it can't be opened.
   */
  open (name: string): Sandbox
  /** Opens it if there is one. */
  find (name: string): Sandbox | undefined
  /** In the order of their names, the default one first. */
  list (): SandboxInfo[]
  /** Deletes it with all its data; false where there is none. Not for the default one. */
  delete (name: string): boolean
  /** Begins to do what is due in all of them, those to come included. */
  start (): void
  close (): void
}

export interface SandboxesOptions {
  /** Of the default sandbox: a file, or `:memory:`. */
  database: string
  seed: string | null
  /** How many may be open at once, besides the default one. */
  limit: number
  sandboxOptions: SandboxOptions
  /** Called once for each sandbox, before it is first used. */
  prepare (sandbox: Sandbox): void
  /** Tells what the person who started the emulator should know. */
  log (line: string): void
}

/** Throws INVALID_REQUEST_PARAMETERS. */
export function checkSandboxName (name: string): void {
  if (isSandboxName(name)) return
  throw invalid('sandbox', `The name of a sandbox must be ${SANDBOX_NAME_RULE}`)
}

/** Left for connections when a sandbox is opened. */
const DESCRIPTORS_SPARED = 64
/** What opening one takes at most. */
const DESCRIPTORS_NEEDED = 4
/** So many are closed at most to spare them; the next sandbox goes on. */
const CLOSED_AT_ONCE = 4

interface Opened {
  sandbox: Sandbox
  /** When it was last asked for, counted in askings. */
  usedAt: number
}

export function createSandboxes ({ database, seed, limit, sandboxOptions, prepare, log }: SandboxesOptions): Sandboxes {
  const folder = database === IN_MEMORY ? null : join(dirname(resolve(database)), 'sandboxes')
  const others = new Map<string, Opened>()
  let askings = 0
  let isShortOfFiles = false
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
    if (opened !== undefined) {
      opened.usedAt = ++askings
      return opened.sandbox
    }
    checkSandboxName(name)
    makeRoom()
    const sandbox = begin(openNamed(name))
    others.set(name, { sandbox, usedAt: ++askings })
    return sandbox
  }

  function openNamed (name: string): Sandbox {
    const file = fileOf(name)
    for (;;) {
      try {
        const ids = createIds(seed === null ? null : `${seed} ${name}`)
        return openSandbox({ name, prefix: `/~${name}`, database: file ?? IN_MEMORY, ids }, sandboxOptions)
      } catch (error) {
        const isRoomMissing = file !== null && !mayOpen(DESCRIPTORS_NEEDED)
        if (!isRoomMissing || !closeForFiles()) throw unavailable(name, error)
      }
    }
  }

  function makeRoom (): void {
    if (others.size >= limit) {
      const name = closeOldest()
      log(folder === null
        ? `sandbox ${name} is gone: ${limit} are open, and it has not been used for the longest time (raise --sandbox-limit)`
        : `sandbox ${name} is closed: ${limit} are open, and it has not been used for the longest time`)
    }
    if (folder === null) return
    for (let count = 0; count < CLOSED_AT_ONCE && !mayOpen(DESCRIPTORS_SPARED); count++) {
      if (!closeForFiles()) return
    }
  }

  /** Whether there was a sandbox that could be closed. */
  function closeForFiles (): boolean {
    const name = closeOldest()
    if (name === null) return false
    if (!isShortOfFiles) {
      log(`sandbox ${name} is closed, because this process may open no more files (ulimit -n): from now on the least recently ` +
        'used sandbox makes room for the next. Nothing that is stored is lost')
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

function isIdle ({ work, sender }: Sandbox): boolean {
  return !work.isBusy() && sender.busy() === 0
}

/** Without the path that a SetupError tells the person who starts the emulator. */
function unavailable (name: string, error: unknown): unknown {
  const reason = storageReason(error) ?? storageReason((error as Error).cause)
  if (reason === null && !(error instanceof SetupError)) return error
  const about = `sandbox ${name} can't be opened`
  return new StorageError(reason ?? 'the emulator printed why', { about, cause: error })
}

/** Names differ in capitals, files on some computers don't: `Worker-1` is `+worker-1.db`. */
function fileName (name: string): string {
  return `${name.replace(/[A-Z]/g, capital => `+${capital.toLowerCase()}`)}.db`
}

function namesIn (folder: string | null): string[] {
  if (folder === null || !existsSync(folder)) return []
  return readdirSync(folder).filter(file => file.endsWith('.db'))
    .map(file => file.slice(0, -'.db'.length).replace(/\+(.)/g, (_text, letter: string) => letter.toUpperCase()))
}
