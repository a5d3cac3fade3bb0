/** The snapshots of a sandbox, by name, in memory. What they can be made into is decided by the sandbox. */
import { invalid } from '../errors.js'

export interface Snapshot {
  name: string
  /** By the sandbox's clock, in microseconds. */
  takenAt: number
  bytes: Buffer
}

export interface Snapshots {
  find (name: string): Snapshot | undefined
  /** In the order of their names. */
  list (): Snapshot[]
  /** Replaces one of the same name. Throws INVALID_REQUEST_PARAMETERS when there would be too many. */
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
        throw invalid('name', `There are ${SNAPSHOTS_MAX} snapshots, which is the most there can be: delete one first`)
      }
      const snapshot = { name, takenAt, bytes }
      byName.set(name, snapshot)
      return snapshot
    },
    delete: name => { byName.delete(name) }
  }
}
