/** The commands about whole sandboxes: `reset`, `snapshot`, `sandboxes`. */
import { writeFile } from 'node:fs/promises'
import type { Config } from '../config.js'
import type { components } from '../control/types.gen.js'
import { ask, askBytes, askJson } from './ask.js'

type Schemas = components['schemas']

const snapshotPath = (name: string) => `/_emulator/snapshots/${encodeURIComponent(name)}`

/** Makes the sandbox what it was when it was new. */
export async function reset (config: Config): Promise<void> {
  const { name } = await askJson<Schemas['Sandbox']>(config, '/_emulator/reset', { method: 'POST' })
  console.log(`the sandbox ${name} is as it was when it was new`)
}

export async function takeSnapshot (config: Config, name: string): Promise<void> {
  const taken = await askJson<Schemas['Snapshot']>(config, '/_emulator/snapshots', { body: { name } })
  console.log(snapshotLine(taken))
}

export async function restoreSnapshot (config: Config, name: string): Promise<void> {
  await ask(config, `${snapshotPath(name)}/restore`, { method: 'POST' })
  console.log(`the sandbox is as it was when ${name} was taken`)
}

export async function deleteSnapshot (config: Config, name: string): Promise<void> {
  await ask(config, snapshotPath(name), { method: 'DELETE' })
}

export async function listSnapshots (config: Config): Promise<void> {
  const { items } = await askJson<Schemas['SnapshotList']>(config, '/_emulator/snapshots')
  for (const snapshot of items) console.log(snapshotLine(snapshot))
}

/** Writes a snapshot to a file, for `--from-snapshot`. */
export async function exportSnapshot (config: Config, name: string, file: string): Promise<void> {
  const bytes = await askBytes(config, snapshotPath(name))
  await writeFile(file, bytes)
  console.log(`${file}: ${bytes.length} bytes; start from it with --from-snapshot ${file}`)
}

/** `2026-01-31 12:00:01  327680 bytes  one sold` */
function snapshotLine ({ name, taken_at: at, bytes }: Schemas['Snapshot']): string {
  return `${at.slice(0, 19).replace('T', ' ')}  ${bytes} bytes  ${name}`
}

export async function listSandboxes (config: Config): Promise<void> {
  const { items } = await askJson<Schemas['SandboxList']>(config, '/_emulator/sandboxes')
  for (const sandbox of items) console.log(sandboxLine(sandbox))
}

export async function createSandbox (config: Config, name: string): Promise<void> {
  const sandbox = await askJson<Schemas['Sandbox']>(config, '/_emulator/sandboxes', { body: { name } })
  console.log(sandboxLine(sandbox))
}

export async function deleteSandbox (config: Config, name: string): Promise<void> {
  await ask(config, `/_emulator/sandboxes/${encodeURIComponent(name)}`, { method: 'DELETE' })
}

/** `one  key sandbox_one  path /~one  in memory` */
function sandboxLine ({ name, api_key: key, path, is_kept: isKept, is_open: isOpen }: Schemas['Sandbox']): string {
  const kept = `${isKept ? 'on disk' : 'in memory'}${isOpen ? '' : ', closed'}`
  return key === null ? `${name}  every other key  ${kept}` : `${name}  key ${key}  path ${path}  ${kept}`
}
