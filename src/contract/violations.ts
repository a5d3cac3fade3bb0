/**
 * Converts ajv's errors to violations: the path of each error and what to change. Ajv reports every branch of a failed union;
 * this module keeps only the errors of the most likely branch.
 */
import { MUST_BE_A_TIME } from '../rules/calendar.js'
import type { ErrorObject } from 'ajv'
import type { Violation } from '../errors.js'
import { nearest } from '../rules/near.js'

const VIOLATIONS_MAX = 100
const ENUM_SHOWN_MAX = 16

/** The contract's schemas by name, to find the errors that belong to a branch of a union. */
type Schemas = Readonly<Record<string, object>>

/** Converts ajv's errors to violations, in the order of the document, without duplicates. */
export function violations (errors: readonly ErrorObject[], schemas: Schemas = {}): Violation[] {
  return relevantErrors(errors, schemas, VIOLATIONS_MAX).map(violationOf)
}

/** The relevant errors, at most `max`: of each union only those of the most likely branch, without duplicates. */
export function relevantErrors (errors: readonly ErrorObject[], schemas: Schemas, max: number): ErrorObject[] {
  const seen = new Set<string>()
  const found: ErrorObject[] = []
  const relevant = withoutUnions(errors, schemas)
  const mistyped = new Set(relevant.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath))
  for (const error of relevant) {
    if (error.keyword !== 'type' && mistyped.has(error.instancePath)) continue // follows from the wrong type
    const { path, message } = violationOf(error)
    const key = `${path} ${message}`
    if (seen.has(key)) continue
    seen.add(key)
    found.push(error)
    if (found.length === max) break
  }
  return found
}

export function violationOf (error: ErrorObject): Violation {
  return { path: pathOf(error), message: messageOf(error) }
}

/** Replaces the errors of a union's branches, which precede the union's own error, with those of the most likely branch. */
function withoutUnions (errors: readonly ErrorObject[], schemas: Schemas): ErrorObject[] {
  const kept: ErrorObject[] = []
  for (const error of errors) {
    if (error.keyword !== 'oneOf' && error.keyword !== 'anyOf') {
      kept.push(error)
      continue
    }
    let first = kept.length
    while (first > 0 && isWithin(kept[first - 1], error)) first--
    const branches = kept.splice(first)
    kept.push(...plainTypes(branches, error) ?? taggedBranch(branches, error, schemas) ??
      namedBranch(branches, error, schemas) ?? likelyBranch(branches, error))
  }
  return kept
}

function isWithin (inner: ErrorObject | undefined, union: ErrorObject): boolean {
  return inner !== undefined && `${inner.instancePath}/`.startsWith(`${union.instancePath}/`)
}

/** One error that lists the types of a union of primitive types, such as a metadata value. Null for any other union. */
function plainTypes (errors: ErrorObject[], union: ErrorObject): ErrorObject[] | null {
  if (!errors.every(({ keyword, instancePath }) => keyword === 'type' && instancePath === union.instancePath)) return null
  const types = new Set(errors.map(({ params }) => String(params['type'])))
  if (types.has('number')) types.delete('integer')
  if (types.size < 3) return null // a type or null
  const names = [...types]
  return [{ ...union, message: `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}` }]
}

function likelyBranch (errors: ErrorObject[], union: ErrorObject): ErrorObject[] {
  const matched = union.params['passingSchemas'] as number[] | null | undefined
  if (matched != null) return [{ ...union, message: 'must have one of the allowed forms, not several at once' }]
  const nullable = errors.some(isNotNull)
  const branches = groupBy(errors.filter(error => !isNotNull(error)), branchOf)
  const [only] = branches
  if (only === undefined) return [union]
  const meant = branches.filter(branch => !branch.some(({ keyword, instancePath }) =>
    instancePath === union.instancePath && (keyword === 'required' || keyword === 'type')))
  if (meant[0] !== undefined) return meant[0]
  if (branches.length === 1) return only.map(error => nullable ? orNull(error, union) : error)
  const wanted = errors.flatMap(({ keyword, params }) => keyword === 'required' ? [String(params['missingProperty'])] : [])
  return wanted.length > 0 ? [{ ...union, message: `must have ${[...new Set(wanted)].join(', or ')}` }] : only
}

/**
 * The errors of the branch that the value selects with its tag, in a tagged union such as a price with its `type`. Null for any
 * other union.
 */
function taggedBranch (errors: ErrorObject[], union: ErrorObject, schemas: Schemas): ErrorObject[] | null {
  const branches = (union.schema ?? []) as object[]
  const untagged = errors.filter(({ keyword, schemaPath }) => keyword === 'required' && BRANCH.test(schemaPath))
  const names = new Set(untagged.map(({ params }) => params['missingProperty']))
  if (untagged.length === branches.length && names.size === 1) return untagged.slice(0, 1)

  const tags = errors.filter(({ keyword, schemaPath, params }) =>
    keyword === 'enum' && BRANCH.test(schemaPath) && (params['allowedValues'] as unknown[]).length === 1)
  const [first] = tags
  if (first === undefined) return null
  if (tags.length === branches.length) {
    return [{ ...first, params: { allowedValues: tags.flatMap(({ params }) => params['allowedValues'] as unknown[]) } }]
  }
  const others = new Set(tags.map(({ schemaPath }) => Number(BRANCH.exec(schemaPath)?.[1])))
  const own = new Set(branches.filter((_, index) => !others.has(index)).flatMap(branch => [...within(branch, schemas)]))
  const meant = errors.filter(({ parentSchema }) => own.has(parentSchema as object))
  return meant.length > 0 ? meant : null
}

/** The errors of the inline branch that shares the most fields with the value. Null if several do. */
function namedBranch (errors: ErrorObject[], union: ErrorObject, schemas: Schemas): ErrorObject[] | null {
  const value: unknown = union.data
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const branches = (union.schema ?? []) as Array<{ properties?: object }>
  const shared = branches.map(({ properties = {} }) => Object.keys(value).filter(name => Object.hasOwn(properties, name)).length)
  const most = Math.max(...shared)
  const named = branches[shared.indexOf(most)]
  if (named === undefined || most === 0 || shared.indexOf(most) !== shared.lastIndexOf(most)) return null
  const own = within(named, schemas)
  const meant = errors.filter(({ parentSchema, keyword, instancePath }) =>
    own.has(parentSchema as object) && (keyword !== 'type' || instancePath !== union.instancePath))
  return meant.length > 0 ? meant : null
}

/** The path of an error about a branch's tag, which is inline in the union. A reference starts a new path. */
const BRANCH = /\/oneOf\/(\d+)\/(?:allOf\/\d+\/)?(?:required|properties\/[^/]+\/enum)$/

/** A schema and all schemas inside it, with references resolved. */
function within (schema: object, schemas: Schemas, found = new Set<object>()): Set<object> {
  if (found.has(schema)) return found
  found.add(schema)
  for (const [key, value] of Object.entries(schema)) {
    const inner = key === '$ref' ? schemas[String(value).slice(String(value).lastIndexOf('/') + 1)] : value
    if (typeof inner === 'object' && inner !== null) within(inner, schemas, found)
  }
  return found
}

const isNotNull = ({ keyword, params }: ErrorObject) => keyword === 'type' && params['type'] === 'null'

/** Adds "or null" to an error about the value of a nullable union, but not to errors about its fields. */
function orNull (error: ErrorObject, union: ErrorObject): ErrorObject {
  return error.instancePath === union.instancePath && error.keyword === 'type'
    ? { ...error, message: `${error.message} or null` }
    : error
}

/** Identifies a branch by the name of the schema that it references. */
function branchOf ({ schemaPath }: ErrorObject): string {
  return /^.*?(?:schemas|\$defs)\/[^/]+/.exec(schemaPath)?.[0] ?? schemaPath
}

function groupBy<Item> (items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** Converts a JSON pointer: `/product_cart/0/quantity` becomes `product_cart[0].quantity`. */
export function pathOf ({ instancePath, keyword, params }: ErrorObject): string {
  const segments = instancePath.split('/').slice(1).map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (keyword === 'required') segments.push(String(params['missingProperty']))
  return segments.reduce((path, segment) =>
    /^\d+$/.test(segment) ? `${path}[${segment}]` : path === '' ? segment : `${path}.${segment}`, '')
}

const FORMATS: Record<string, string> = {
  int32: 'must be a whole number from -2147483648 to 2147483647',
  'date-time': MUST_BE_A_TIME
}

function messageOf ({ keyword, params, message = 'is invalid', data, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'required': return 'is required'
    case 'type': return message.replace(',', ' or ')
    case 'additionalProperties': return unknownKey(String(params['additionalProperty']), parentSchema)
    case 'minProperties': return 'must not be empty'
    case 'enum': return enumMessage(params['allowedValues'] as unknown[], data)
    case 'format': return FORMATS[params['format'] as string] ?? message
    case 'uniqueItems': return `must not contain the same value twice (items ${params['j']} and ${params['i']})`
    default: return message
  }
}

const SHOWN_MAX = 100

function shown (value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`
}

function unknownKey (key: string, schema: object = {}): string {
  const { properties = {} } = schema as { properties?: object }
  const meant = nearest(key, Object.keys(properties))
  return `must not have the key ${shown(key)}${meant === null ? '' : `: did you mean ${meant}?`}`
}

/** Lists the allowed values, repeats the given one, and suggests the closest. */
function enumMessage (allowed: unknown[], given: unknown): string {
  const meant = typeof given === 'object' ? null : nearest(String(given), allowed.map(String))
  const samples = meant === null ? `, such as ${allowed.slice(0, 3).join(', ')}` : ''
  const all = allowed.length <= ENUM_SHOWN_MAX
    ? `must be one of ${allowed.join(', ')}`
    : `must be one of the ${allowed.length} values that the API knows${samples}`
  const echo = typeof given === 'object' ? '' : `, not ${shown(given)}`
  return `${all}${echo}${meant === null ? '' : `: did you mean ${meant}?`}`
}
