/**
 * A request body with the types that the contract declares for its members, for languages whose clients have typed models. Pure,
 * except for reading the contract.
 */
import { contract } from '../../../contract/load.js'
import { isList, membersOf, type Json, type JsonObject } from './call.js'

export type Typed =
  | { kind: 'text', value: string }
  | { kind: 'number', value: number }
  | { kind: 'boolean', value: boolean }
  | { kind: 'null', type: TypeName }
  | { kind: 'enum', type: TypeName, value: string }
  | { kind: 'list', items: readonly Typed[], of: TypeName }
  /** An object with keys of the caller, such as metadata. */
  | { kind: 'map', type: TypeName, value: JsonObject }
  | TypedObject
  /** A value without a declared type. */
  | { kind: 'any', value: Json }

export interface TypedObject {
  kind: 'object'
  type: TypeName
  /** The union that it is a member of, such as `CustomerRequest`; null without one. */
  union: string | null
  members: readonly Member[]
  /** Whether the type has members that are optional, do not allow null, and are not given. */
  hasGaps: boolean
}

export interface Member {
  name: string
  value: Typed
  /** Whether an older version of the contract, and so perhaps a client, does not have it. */
  isNewer: boolean
}

/** The type of a value as the clients name it. */
export interface TypeName {
  kind: 'text' | 'number' | 'boolean' | 'enum' | 'object' | 'map' | 'any'
  /** `CountryCode`. For a type that the clients name by its place: the type around it, `CustomField`. */
  name: string
  /** The rest of the name of such a type: `FieldType`. */
  nested: string | null
}

interface Schema {
  $ref?: string
  type?: string | readonly string[]
  enum?: readonly string[]
  oneOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: Schema
  'x-since'?: string
}

/** Models that have other names in the clients. */
const CLIENT_NAMES: Readonly<Record<string, string>> = {
  OneTimeProductCartItemReq: 'OneTimeProductCartItem',
  AttachAddonReq: 'AttachAddon',
  OnDemandSubscriptionReq: 'OnDemandSubscription',
  CountryCodeAlpha2: 'CountryCode',
  StringMetadata: 'Metadata'
}

/** Models without a name of their own in the clients: `CustomField.FieldType`. */
const NESTED: Readonly<Record<string, readonly [around: string, name: string]>> = {
  CustomFieldType: ['CustomField', 'FieldType'],
  ThemeMode: ['CheckoutSessionCustomization', 'Theme'],
  FontSize: ['ThemeConfig', 'FontSize'],
  FontWeight: ['ThemeConfig', 'FontWeight'],
  CreditEntitlementOverride: ['ProductItemReq', 'CreditEntitlement']
}

/** The body of a POST operation, by its path. */
export function typedBody (path: string, body: JsonObject): TypedObject {
  const operation = contract().operations.find(({ name }) => name === `POST ${path}`)
  const { schema } = resolved((operation?.body?.schema ?? {}) as Schema)
  return typedObject(body, schema, { kind: 'object', name: '', nested: null }, null)
}

interface Resolved {
  schema: Schema
  /** The name of the model; null without one. */
  name: string | null
}

/** Follows references, and leaves out null. */
function resolved (schema: Schema, name: string | null = null): Resolved {
  if (schema.$ref !== undefined) {
    const target = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return resolved((contract().document.components.schemas[target] ?? {}) as Schema, target)
  }
  const branches = schema.oneOf?.filter(({ type }) => type !== 'null') ?? []
  const [only] = branches
  return branches.length === 1 && only !== undefined ? resolved(only, name) : { schema, name }
}

function typeOf ({ schema, name }: Resolved): TypeName {
  const [around, nested] = (name === null ? undefined : NESTED[name]) ?? [null, null]
  const kind = kindOf(schema)
  return { kind, name: around ?? CLIENT_NAMES[name ?? ''] ?? name ?? '', nested }
}

function kindOf (schema: Schema): TypeName['kind'] {
  if (schema.enum !== undefined) return 'enum'
  if (schema.properties !== undefined || schema.oneOf !== undefined) return 'object'
  if (schema.additionalProperties !== undefined) return 'map'
  const types = [schema.type ?? []].flat()
  if (types.includes('string')) return 'text'
  if (types.includes('boolean')) return 'boolean'
  return types.includes('integer') || types.includes('number') ? 'number' : 'any'
}

function typed (value: Json, declared: Schema): Typed {
  const found = resolved(declared)
  const { schema } = found
  const type = typeOf(found)
  if (value === null) return { kind: 'null', type }
  if (isList(value)) {
    const { items } = schema
    if (items === undefined) return { kind: 'any', value }
    return { kind: 'list', items: value.map(item => typed(item, items)), of: typeOf(resolved(items)) }
  }
  if (typeof value === 'object') {
    if (type.kind === 'map') return { kind: 'map', type, value }
    return type.kind === 'object' ? typedMember(value, found, type) : { kind: 'any', value }
  }
  if (type.kind === 'enum' && typeof value === 'string') return { kind: 'enum', type, value }
  if (type.kind === 'text' && typeof value === 'string') return { kind: 'text', value }
  if (type.kind === 'number' && typeof value === 'number') return { kind: 'number', value }
  return type.kind === 'boolean' && typeof value === 'boolean' ? { kind: 'boolean', value } : { kind: 'any', value }
}

/** An object, or the branch of a union whose members it has. */
function typedMember (value: JsonObject, { schema }: Resolved, type: TypeName): TypedObject {
  const branches = (schema.oneOf ?? []).map(branch => resolved(branch))
  const branch = branches.find(({ schema: { required = [] } }) => required.every(name => value[name] != null))
  if (branch === undefined) return typedObject(value, schema, type, null)
  return typedObject(value, branch.schema, typeOf(branch), type.name)
}

function typedObject (body: JsonObject, { properties = {} }: Schema, type: TypeName, union: string | null): TypedObject {
  const members = membersOf(body).map(([name, value]): Member => {
    const declared = properties[name]
    return declared === undefined
      ? { name, value: { kind: 'any', value }, isNewer: true }
      : { name, value: typed(value, declared), isNewer: declared['x-since'] !== undefined }
  })
  const hasGaps = Object.entries(properties).some(([name, declared]) => body[name] === undefined && !allowsNull(declared))
  return { kind: 'object', type, union, members, hasGaps }
}

function allowsNull ({ type, oneOf = [] }: Schema): boolean {
  return [type ?? []].flat().includes('null') || oneOf.some(branch => branch.type === 'null')
}
