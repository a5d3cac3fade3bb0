/**
 * The contracts at run time: their operations, and the bundled OpenAPI documents. Each is read once per process. The documents
 * are read when they are needed, because most requests need only the description of their operation.
 */
import { packageJson } from '../root.js'
import type { Contract, Described } from './describe.js'

export type { Contract, Parameter } from './describe.js'

export interface Operation extends Described {
  /** The document that defines it. */
  readonly document: Contract
}

interface Loaded {
  readonly document: Contract
  operations: readonly Operation[]
}

/** The file of `npm run generate` with the operations of both documents. */
type Descriptions = Record<'contract' | 'control', Described[]>

const descriptions = once(() => packageJson<Descriptions>('openapi', 'operations.gen.json'))

/** The emulated API, in its newest version. */
export const contract = once(() => load('contract', 'openapi.gen.json'))

/** The document of the older version. Only readers need it: the newest one defines routes and validation. */
export const olderContract = once(() => packageJson<Contract>('openapi', 'openapi-1.113.0.gen.json'))

/** The emulator's own API, under /_emulator. */
export const controlContract = once(() => load('control', 'control.gen.json'))

function once<Value> (read: () => Value): () => Value {
  let value: Value | undefined
  return () => (value ??= read())
}

function load (key: keyof Descriptions, file: string): Loaded {
  const document = once(() => packageJson<Contract>('openapi', file))
  const own = { get document () { return document() } }
  const operations = descriptions()[key].map(described => Object.setPrototypeOf(described, own) as Operation)
  return { get document () { return document() }, operations }
}
