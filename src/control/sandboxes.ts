/** Control API for sandboxes and snapshots: creates, lists and deletes them, resets and restores. */
import { ApiError, invalid, notFound } from '../errors.js'
import { outsideBatch, type ControlHandlers } from '../contract/handlers.js'
import { formatTime } from '../rules/calendar.js'
import type { Sandbox } from '../sandbox/sandbox.js'
import { DEFAULT_SANDBOX, type SandboxInfo, type Sandboxes } from '../sandbox/sandboxes.js'
import type { Snapshot } from '../sandbox/snapshots.js'
import type { components } from '../contract/control-types.gen.js'

type ControlSchemas = components['schemas']

export function sandboxControls (sandboxes: Sandboxes) {
  return {
    'GET /_emulator/sandboxes': () => list(sandboxes),

    'POST /_emulator/sandboxes': outsideBatch(({ body: { name, contract } }) => {
      const sandbox = sandboxes.open(name)
      if (contract !== undefined) sandbox.batch.alone(() => { sandbox.businessSettings.change({ contract }) })
      return view(sandboxes, sandbox.name)
    }),

    'DELETE /_emulator/sandboxes/{name}': outsideBatch(({ path, context }) => {
      const { name } = path
      if (name === DEFAULT_SANDBOX) {
        throw invalid('name', "The default sandbox can't be deleted: reset it with POST /_emulator/reset")
      }
      if (name === context.sandbox.name) {
        throw invalid('name', "A sandbox can't delete itself: send the request without its key and path prefix")
      }
      if (!sandboxes.delete(name)) throw notFound('sandbox', name, 'name')
      return list(sandboxes)
    }),

    'POST /_emulator/reset': ({ context }) => {
      context.sandbox.reset()
      return view(sandboxes, context.sandbox.name)
    },

    'GET /_emulator/snapshots': ({ context }) => snapshotList(context.sandbox),

    'POST /_emulator/snapshots': outsideBatch(({ body, context }) => {
      const { sandbox, now } = context
      if (body.replace === false && sandbox.snapshots.find(body.name) !== undefined) {
        throw new ApiError('SNAPSHOT_ALREADY_EXISTS', { path: 'name', because: body.name })
      }
      return snapshotView(sandbox.snapshots.take(body.name, now, sandbox.snapshot()))
    }),

    'GET /_emulator/snapshots/{name}': ({ path, context }) => {
      const { bytes } = find(path.name, context.sandbox)
      return { fileName: 'snapshot.db', bytes: () => Promise.resolve(bytes) }
    },

    'DELETE /_emulator/snapshots/{name}': outsideBatch(({ path, context }) => {
      find(path.name, context.sandbox)
      context.sandbox.snapshots.delete(path.name)
      return snapshotList(context.sandbox)
    }),

    'POST /_emulator/snapshots/{name}/restore': ({ path, context }) => {
      context.sandbox.restore(find(path.name, context.sandbox).bytes)
      return view(sandboxes, context.sandbox.name)
    }
  } satisfies ControlHandlers
}

function list (sandboxes: Sandboxes): ControlSchemas['SandboxList'] {
  return { items: sandboxes.list().map(infoView) }
}

function view (sandboxes: Sandboxes, name: string): ControlSchemas['Sandbox'] {
  const info = sandboxes.list().find(sandbox => sandbox.name === name)
  if (info === undefined) throw new Error(`sandbox ${name} is gone`)
  return infoView(info)
}

function infoView ({ name, is_kept: isKept, is_open: isOpen }: SandboxInfo): ControlSchemas['Sandbox'] {
  const isDefault = name === DEFAULT_SANDBOX
  return {
    name,
    api_key: isDefault ? null : `sandbox_${name}`,
    path: isDefault ? '' : `/~${name}`,
    is_kept: isKept,
    is_open: isOpen
  }
}

function find (name: string, { snapshots }: Sandbox): Snapshot {
  const snapshot = snapshots.find(name)
  if (snapshot === undefined) throw notFound('snapshot', name, 'name')
  return snapshot
}

function snapshotList ({ snapshots }: Sandbox): ControlSchemas['SnapshotList'] {
  return { items: snapshots.list().map(snapshotView) }
}

function snapshotView ({ name, takenAt, bytes }: Snapshot): ControlSchemas['Snapshot'] {
  return { name, taken_at: formatTime(takenAt), bytes: bytes.length }
}
