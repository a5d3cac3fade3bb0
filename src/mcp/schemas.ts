/** Schemas of the contract without references, for the inputs of tools and for descriptions of operations. */
import { controlContract, type Contract } from '../contract/load.js'
import type { OperationName } from '../contract/operations.js'
import type { InputSchema } from './tool.js'

interface Schema {
  $ref?: string
  [keyword: string]: unknown
}

const DEPTH_MAX = 12

/** Replaces all references. Below `depth` levels, only the name of a schema is left. */
export function resolved (schema: object, document: Contract, depth = DEPTH_MAX, within: readonly string[] = []): object {
  const { $ref: reference, ...own } = schema as Schema
  if (reference === undefined) return partsOf(own, document, depth, within)
  const name = reference.slice(reference.lastIndexOf('/') + 1)
  const referred = document.components.schemas[name] ?? {}
  if (depth <= 0 || within.includes(name)) return { description: `${name}, not shown` }
  return { ...resolved(referred, document, depth - 1, [...within, name]), ...partsOf(own, document, depth, within) }
}

function partsOf (parts: object, document: Contract, depth: number, within: readonly string[]): Record<string, unknown> {
  const part = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(part)
    return typeof value === 'object' && value !== null ? resolved(value, document, depth, within) : value
  }
  return Object.fromEntries(Object.entries(parts).flatMap(([key, value]) => key.startsWith('x-') ? [] : [[key, part(value)]]))
}

/** The body of a control operation as the input of a tool, with further fields before it. */
export function bodyInput (
  name: OperationName, more: Readonly<Record<string, object>> = {}, required: readonly string[] = Object.keys(more)
): InputSchema {
  const { operations, document } = controlContract()
  const body = operations.find(operation => operation.name === name)?.body
  if (body == null) throw new Error(`${name} has no body`)
  const { properties, required: ofBody = [] } = resolved(body.schema, document) as Partial<InputSchema>
  return { type: 'object', properties: { ...more, ...properties }, required: [...required, ...ofBody] }
}

export const text = (description: string): object => ({ type: 'string', minLength: 1, description })

export const oneOf = (values: readonly string[], description: string): object => ({ type: 'string', enum: values, description })

export const limit = (most: number, usual: number): object =>
  ({ type: 'integer', minimum: 1, maximum: most, default: usual, description: `How many to return. Default: ${usual}.` })

export function input (properties: Readonly<Record<string, object>>, required: readonly string[] = []): InputSchema {
  return { type: 'object', properties, required }
}
