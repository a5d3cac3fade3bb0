/**
 * Finds fields of a body that the contract does not define, or that belong to another branch of a union. The API ignores such
 * fields, which helps to find misspelt ones. Computed when the request log is read, never while a request is served.
 */
import type { Operation } from './load.js'

const FOUND_MAX = 50
const DEPTH_MAX = 64
/** The most values of a body that are visited, because a page of the log computes this for a hundred calls. */
const VALUES_MAX = 2000

interface Schema {
  $ref?: string
  type?: string | string[]
  required?: string[]
  'x-first-match'?: boolean
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  items?: Schema
  enum?: unknown[]
  const?: unknown
  allOf?: Schema[]
  oneOf?: Schema[]
  anyOf?: Schema[]
}

type Schemas = Readonly<Record<string, object>>

/**
 * The paths of unknown fields: `product_cart[0].quantitty`. If the operation has no body, all fields are unknown, and a body
 * that is not an object gives the empty path.
 */
export function unknownFields ({ body, document }: Operation, value: unknown): string[] {
  if (value === undefined) return []
  if (body === null) return isObject(value) ? Object.keys(value).slice(0, FOUND_MAX) : ['']
  const search: Search = { all: document.components.schemas, found: [], left: VALUES_MAX }
  collect(value, [body.schema], '', search, 0)
  return search.found
}

interface Search {
  all: Schemas
  found: string[]
  /** The number of values that may still be visited. */
  left: number
}

function isObject (value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One alternative that a schema allows for a value, with references resolved and `allOf` merged. */
interface Shape {
  properties: Readonly<Record<string, Schema[]>>
  /** Whether fields with any name are allowed. */
  isOpen: boolean
  /** The schemas of those fields. */
  others: Schema[]
  items: Schema[]
  /** Fields of branches that were not chosen. They are not reported if null. */
  unset: ReadonlySet<string>
}

function collect (value: unknown, schemas: readonly Schema[], path: string, search: Search, depth: number): void {
  const { all, found } = search
  if (search.left-- <= 0 || found.length === FOUND_MAX) return
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX || schemas.length === 0) return
  const shapes = schemas.flatMap(schema => shapesOf(schema, all, value))
  if (Array.isArray(value)) {
    const items = shapes.flatMap(shape => shape.items)
    for (let index = 0; index < value.length && search.left > 0; index++) {
      collect(value[index], items, `${path}[${index}]`, search, depth + 1)
    }
    return
  }
  const candidates = matching(shapes, value, all)
  const isOpen = candidates.some(shape => shape.isOpen) || candidates.every(shape => Object.keys(shape.properties).length === 0)
  for (const [name, inner] of Object.entries(value).slice(0, search.left)) {
    const place = path === '' ? name : `${path}.${name}`
    const known = candidates.flatMap(({ properties }) => Object.hasOwn(properties, name) ? properties[name] ?? [] : [])
    if (known.length > 0) collect(inner, known, place, search, depth + 1)
    else if (isOpen) collect(inner, candidates.flatMap(({ others }) => others), place, search, depth + 1)
    else if (found.length < FOUND_MAX && !(inner === null && candidates.some(({ unset }) => unset.has(name)))) found.push(place)
  }
}

/** The alternatives that a schema allows: one for each branch of its unions, and none for the type null. */
function shapesOf (schema: Schema, all: Schemas, value: object): Shape[] {
  const { $ref: reference, properties = {}, additionalProperties: rest, items, allOf = [], oneOf = [], anyOf = [] } = schema
  if (schema.type === 'null') return []
  if (schema['x-first-match'] === true) return firstMatch(oneOf, all, value)
  const own: Shape = {
    properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, [property]])),
    isOpen: rest === true || typeof rest === 'object',
    others: typeof rest === 'object' ? [rest] : [],
    items: items === undefined ? [] : [items],
    unset: new Set()
  }
  const parts = [...reference === undefined ? [] : [referred(reference, all)], ...allOf].map(part => shapesOf(part, all, value))
  const unions = [oneOf, anyOf].filter(({ length }) => length > 0)
    .map(union => union.flatMap(branch => shapesOf(branch, all, value)))
  return [...parts, ...unions].filter(({ length }) => length > 0).reduce((shapes, others) =>
    shapes.flatMap(shape => others.map(other => merge(shape, other))), [own])
}

/** The shapes of the first branch whose required fields are present, or of all branches if there is no such branch. */
function firstMatch (branches: readonly Schema[], all: Schemas, value: object): Shape[] {
  const shapes = branches.map(branch => shapesOf(branch, all, value))
  const chosen = branches.findIndex(branch => hasRequired(branch, all, value))
  if (chosen < 0) return shapes.flat()
  const unset = new Set(shapes.flat().flatMap(({ properties }) => Object.keys(properties)))
  return (shapes[chosen] ?? []).map(shape => ({ ...shape, unset }))
}

function hasRequired (branch: Schema, all: Schemas, value: object): boolean {
  const { required = [], properties = {} } = branch.$ref === undefined ? branch : referred(branch.$ref, all)
  return required.every(name => jsonType((value as Record<string, unknown>)[name]) === properties[name]?.type)
}

function jsonType (value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function merge (one: Shape, other: Shape): Shape {
  const properties: Record<string, Schema[]> = { ...one.properties }
  for (const [name, schemas] of Object.entries(other.properties)) properties[name] = [...properties[name] ?? [], ...schemas]
  return {
    properties,
    isOpen: one.isOpen || other.isOpen,
    others: [...one.others, ...other.others],
    items: [...one.items, ...other.items],
    unset: new Set([...one.unset, ...other.unset])
  }
}

function referred (reference: string, all: Schemas): Schema {
  return all[reference.slice(reference.lastIndexOf('/') + 1)] ?? {}
}

/** The shapes that the value can match. A branch whose tag (`type`) has another value is excluded. */
function matching (shapes: readonly Shape[], value: object, all: Schemas): readonly Shape[] {
  const fitting = shapes.filter(({ properties }) => Object.entries(properties).every(([name, schemas]) => {
    const given: unknown = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
    return typeof given !== 'string' || schemas.every(schema => tagsOf(schema, all)?.includes(given) !== false)
  }))
  return fitting.length > 0 ? fitting : shapes
}

/** The values of an enum or a const; null for any other schema. */
function tagsOf (schema: Schema, all: Schemas): unknown[] | null {
  if (schema.$ref !== undefined) return tagsOf(referred(schema.$ref, all), all)
  return schema.const === undefined ? schema.enum ?? null : [schema.const]
}
