/**
 * The validators that the build has compiled (tools/build/validators.mjs). They only accept or reject. A request that they reject
 * is validated again by ajv, which describes every violation. They are loaded in groups, when an operation is first called.
 * Without a build, ajv validates alone.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { packagePath } from '../root.js'
import type { Operation } from './load.js'

/** Whether the data is valid. May convert the values of a query before it rejects it. */
export type Accepts = (data: unknown) => boolean

type Group = Readonly<Record<string, Accepts>>

const FOLDER = ['dist', 'validators']

const load = createRequire(import.meta.url)
const groups = new Map<string, Group>()

/** Returns null if the build has no validator for it. */
export function precompiled (part: 'body' | 'query', operation: Pick<Operation, 'name' | 'path'>): Accepts | null {
  const name = groupOf(operation)
  const group = groups.get(name) ?? read(name)
  groups.set(name, group)
  return group[`${part} of ${operation.name}`] ?? null
}

function read (name: string): Group {
  const file = packagePath(...FOLDER, `${name}.cjs`)
  return existsSync(file) ? load(file) as Group : {}
}

/** The first segment of the path, and the second one below /_emulator: `payments`, `_emulator-clock`. */
export function groupOf ({ path }: Pick<Operation, 'path'>): string {
  const [, first = '', second = ''] = path.split('/')
  return first === '_emulator' ? `${first}-${second}` : first
}
