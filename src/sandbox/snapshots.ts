/** Keeps the snapshots of a sandbox in memory, by name. */
import { invalid } from '../errors.js'

export interface Snapshot {
  name: string
  /** Time of the sandbox's clock in microseconds. */
  takenAt: number
  bytes: Buffer
}

export interface Snapshots {
  find (name: string): Snapshot | undefined
  /** Ordered by name. */
  list (): Snapshot[]
  /** Stores a snapshot and replaces one of the same name. Throws INVALID_REQUEST_PARAMETERS if there are too many. */
  take (name: string, takenAt: number, bytes: Buffer): Snapshot
  delete (name: string): void
}

const SNAPSHOTS_MAX = 20

export function createSnapshots (): Snapshots {
  const byName = new Map<string, Snapshot>()
  return {
    find: name => byName.get(name),
    list: () => [...byName.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    take (name, takenAt, bytes) {
      if (byName.size >= SNAPSHOTS_MAX && !byName.has(name)) {
        throw invalid('name', `There are already ${SNAPSHOTS_MAX} snapshots, the maximum: delete one first`)
      }
      const snapshot = { name, takenAt, bytes }
      byName.set(name, snapshot)
      return snapshot
    },
    delete: name => { byName.delete(name) }
  }
}
