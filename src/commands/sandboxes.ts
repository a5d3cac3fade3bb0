/** The commands for whole sandboxes: `reset`, `snapshot`, `sandboxes`. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { SetupError } from '../errors.js'
import { contractVersion, nonEmpty, sandboxName } from '../config/values.js'
import type { ContractVersion } from '../contract/versions.js'
import { argument, option } from './arguments.js'
import { RefusedError, ask, askBytes, askJson } from './ask.js'
import { askPatiently } from './patience.js'
import type { Show } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Schemas = components['schemas']

const SNAPSHOT_NAME_MAX = 100

const snapshotPath = (name: string) => `/_emulator/snapshots/${encodeURIComponent(name)}`

export function addSandboxes (program: Command, tools: Tools): void {
  const { client, targetOf, show } = tools
  client(program, 'reset', 'reset the sandbox to its initial state')
    .action(async (flags: TargetFlags) => {
      const sandbox = await askJson<Schemas['Sandbox']>(targetOf(flags), '/_emulator/reset', { method: 'POST' })
      show(sandbox, ({ name }) => `sandbox ${name} was reset`)
    })
  addSnapshot(tools)
  addSandbox(tools)
}

function addSnapshot ({ client, group, byDefault, targetOf, show }: Tools): void {
  const snapshot = group('snapshot', 'save and restore the state of the sandbox')
  const named = (command: string, about: string) =>
    client(snapshot, command, about).addArgument(argument('<name>', 'name of the snapshot', snapshotName))

  byDefault(client(snapshot, 'list', 'list the snapshots').action(async (flags: TargetFlags) => {
    const { items } = await askJson<Schemas['SnapshotList']>(targetOf(flags), '/_emulator/snapshots')
    show(items, items => items.map(snapshotLine))
  }))

  named('take', 'save the state of the sandbox')
    .option('--force', 'replace a snapshot of the same name')
    .action((name: string, { force, ...flags }: TargetFlags & { force?: boolean }) =>
      takeSnapshot(targetOf(flags), { name, replace: force === true }, show))

  named('restore', 'restore the sandbox from a snapshot').action(async (name: string, flags: TargetFlags) => {
    const restored = JSON.parse(await askPatiently(targetOf(flags), `${snapshotPath(name)}/restore`, { method: 'POST' }))
    show(restored, () => `the sandbox was restored from ${name}`)
  })

  named('delete', 'delete a snapshot').action(async (name: string, flags: TargetFlags) => {
    await ask(targetOf(flags), snapshotPath(name), { method: 'DELETE' })
  })

  named('export', 'write a snapshot to a file, for --from-snapshot')
    .addArgument(argument('<file>', 'the file', nonEmpty))
    .action((name: string, file: string, flags: TargetFlags) => exportSnapshot(targetOf(flags), { name, file }, show))
}

async function takeSnapshot (target: Target, snapshot: { name: string, replace: boolean }, show: Show): Promise<void> {
  try {
    const text = await askPatiently(target, '/_emulator/snapshots', { body: snapshot, names: { name: '<name>' } })
    show(JSON.parse(text) as Schemas['Snapshot'], snapshotLine)
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'SNAPSHOT_ALREADY_EXISTS') throw error
    throw new SetupError(`snapshot ${snapshot.name} already exists: replace it with --force, or choose another name`)
  }
}

async function exportSnapshot (target: Target, { name, file }: { name: string, file: string }, show: Show): Promise<void> {
  const bytes = await askBytes(target, snapshotPath(name))
  await writeFile(file, bytes)
  show({ file, bytes: bytes.length }, ({ bytes }) => `wrote ${bytes} bytes to ${file}: start with --from-snapshot ${file}`)
}

function snapshotName (text: string): string {
  if (text.length > 0 && text.length <= SNAPSHOT_NAME_MAX) return text
  throw new SetupError(`must have 1 to ${SNAPSHOT_NAME_MAX} characters`)
}

function addSandbox ({ client, group, byDefault, targetOf, show }: Tools): void {
  const sandboxes = group('sandboxes', 'manage sandboxes, each with its own data')
  const named = (command: string, about: string) =>
    client(sandboxes, command, about).addArgument(argument('<name>', 'name of the sandbox', sandboxName))

  byDefault(client(sandboxes, 'list', 'list the sandboxes').action(async (flags: TargetFlags) => {
    const { items } = await askJson<Schemas['SandboxList']>(targetOf(flags), '/_emulator/sandboxes')
    show(items, items => items.map(sandboxLine))
  }))

  named('create', 'create a sandbox; the first call with its key also creates it')
    .addOption(option('--contract <version>', 'contract that it serves: newest, or 1.113.0', contractVersion))
    .action(async (name: string, { contract, ...flags }: TargetFlags & { contract?: ContractVersion }) => {
      const sandbox = await askJson<Schemas['Sandbox']>(targetOf(flags), '/_emulator/sandboxes', { body: { name, contract } })
      show(sandbox, sandboxLine)
    })

  named('delete', 'delete a sandbox with all its data').action(async (name: string, flags: TargetFlags) => {
    await ask(targetOf(flags), `/_emulator/sandboxes/${encodeURIComponent(name)}`, { method: 'DELETE' })
  })
}

/** `2026-01-31 12:00:01  327680 bytes  one sold` */
function snapshotLine ({ name, taken_at: at, bytes }: Schemas['Snapshot']): string {
  return `${at.slice(0, 19).replace('T', ' ')}  ${bytes} bytes  ${name}`
}

/** `one  key sandbox_one  path /~one  in memory` */
function sandboxLine ({ name, api_key: key, path, is_kept: isKept, is_open: isOpen }: Schemas['Sandbox']): string {
  const kept = `${isKept ? 'on disk' : 'in memory'}${isOpen ? '' : ', closed'}`
  return key === null ? `${name}  every other key  ${kept}` : `${name}  key ${key}  path ${path}  ${kept}`
}
