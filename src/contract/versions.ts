/**
 * The versions of the contract. The documents in openapi/ are the newest one; `olderDocument` derives the older one from their
 * marks. A sandbox serves one of them. They differ only where both cannot be served at once.
 */

/** The version of the derived document. */
export const OLDER = '1.113.0'

/** The newest one first, which is the default. */
export const CONTRACTS = ['newest', OLDER] as const

export type ContractVersion = typeof CONTRACTS[number]

interface Marks {
  'x-since'?: string
  'x-optional-since'?: string
  'x-enum-since'?: Record<string, string>
  'x-refused-before'?: boolean
  properties?: Record<string, Marks>
  required?: string[]
  enum?: string[]
}

interface OpenApi {
  info: { version: string }
  paths: Record<string, object>
  components: Record<string, Record<string, object>>
}

/** Removes what is newer from a document. The result has no marks, and no components that nothing refers to. */
export function olderDocument<Document extends OpenApi> (newest: Document): Document {
  const document = older(newest) as Document
  const paths = Object.entries(document.paths).filter(([, item]) => Object.keys(item).some(key => key !== 'parameters'))
  return withoutUnused({ ...document, info: { ...document.info, version: OLDER }, paths: Object.fromEntries(paths) })
}

const MARKS = ['x-optional-since', 'x-enum-since', 'x-refused-before']

const isNewer = (part: unknown): boolean => (part as Marks | null)?.['x-since'] !== undefined

function older (part: unknown): unknown {
  if (Array.isArray(part)) return part.map(older)
  if (typeof part !== 'object' || part === null) return part
  const kept = Object.fromEntries(Object.entries(part)
    .filter(([key, value]) => !isNewer(value) && !MARKS.includes(key))
    .map(([key, value]) => [key, older(value)]))
  const { properties, required, enum: values, 'x-enum-since': newValues = {} } = part as Marks
  if (values !== undefined) kept['enum'] = values.filter(value => newValues[value] === undefined)
  if (properties === undefined) return kept
  const named = [...(required ?? []).filter(name => !isNewer(properties[name])), ...onceRequired(properties)]
  return required === undefined && named.length === 0 ? kept : { ...kept, required: named }
}

function onceRequired (properties: Record<string, Marks>): string[] {
  return Object.keys(properties).filter(name => properties[name]?.['x-optional-since'] !== undefined)
}

function withoutUnused<Document extends OpenApi> (document: Document): Document {
  const used = new Set<string>()
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, value] of Object.entries(part)) {
      if (key !== '$ref' || typeof value !== 'string') collect(value)
      else if (!used.has(value)) {
        used.add(value)
        const [section = '', name = ''] = value.split('/').slice(-2)
        collect(document.components[section]?.[name])
      }
    }
  }
  const { components, ...rest } = document
  collect(rest)
  const kept = Object.entries(components).map(([section, entries]) => [section, section === 'securitySchemes'
    ? entries
    : Object.fromEntries(Object.entries(entries).filter(([name]) => used.has(`#/components/${section}/${name}`)))])
  return { ...document, components: Object.fromEntries(kept) }
}

/**
 * A schema with the rules of the older version where it refuses what the newest one accepts: properties that it requires, and
 * the newer values of an enum with `x-refused-before`. All other additions stay.
 */
export function strictSchema<Schema> (schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(strictSchema) as Schema
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.entries(schema).map(([key, value]) => [key, strictSchema(value)])
  const strict = Object.fromEntries(parts) as Record<string, unknown>
  const { properties, required = [], enum: values, 'x-enum-since': newValues = {}, 'x-refused-before': refuses } = schema as Marks
  if (values !== undefined && refuses === true) strict['enum'] = values.filter(value => newValues[value] === undefined)
  if (properties !== undefined) strict['required'] = [...required, ...onceRequired(properties)]
  return strict as Schema
}

/** Whether `strictSchema` changes a schema. */
export function hasStricter (schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const { 'x-refused-before': isRefused, 'x-optional-since': onceRequired } = schema as Marks
  return isRefused === true || onceRequired !== undefined || Object.values(schema).some(hasStricter)
}
