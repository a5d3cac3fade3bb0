/** Converts an account to a fixtures file. Omits derived fields, and anonymizes customers if requested. */
import { fixturesSchema, propertiesOf, resolve, type SchemaPart } from '../fixtures/document.js'
import type { Account } from './account.js'

/** The fixtures file of an account, without fields that a fixtures file does not support. */
export function fixturesDocument (account: Account): Record<string, unknown> {
  const ids = new Set([...account.brands, ...account.products, ...account.customers].flatMap(item => businessOf(item)))
  const [businessId] = ids
  const primary = account.brands.find(brand => 'brand_id' in brand && brand.brand_id === businessId)
  const name = primary !== undefined && 'name' in primary && typeof primary.name === 'string' ? primary.name : undefined
  const business = { ...(businessId === undefined ? {} : { business_id: businessId }), ...(name === undefined ? {} : { name }) }
  const full = { ...(businessId === undefined ? {} : { business }), ...account }
  const known = prune(full, fixturesSchema())
  return Object.fromEntries(Object.entries(known as object).filter(([, value]) => !Array.isArray(value) || value.length > 0))
}

function businessOf (item: object): string[] {
  return 'business_id' in item && typeof item.business_id === 'string' ? [item.business_id] : []
}

/** Removes nulls, which mean the same as an omitted field, and fields that are unknown or read-only in the schema. */
function prune (value: unknown, given: SchemaPart): unknown {
  const schema = branchFor(value, resolve(given))
  if (Array.isArray(value)) return value.map(item => prune(item, schema.items ?? {}))
  if (typeof value !== 'object' || value === null) return value
  const properties = propertiesOf(schema)
  const isOpen = Object.keys(properties).length === 0 // metadata: any key
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => {
    if (inner === null || inner === undefined) return []
    if (isOpen) return [[key, typeof inner === 'object' ? JSON.stringify(inner) : inner]]
    const known = properties[key]
    return known === undefined || known.readOnly === true ? [] : [[key, prune(inner, known)]]
  }))
}

/** The branch of a union for a value: the branch of its `type`, of its items, or the only branch that is not null. */
function branchFor (value: unknown, schema: SchemaPart): SchemaPart {
  if (schema.oneOf === undefined) return schema
  const { type } = (typeof value === 'object' && value !== null ? value : {}) as { type?: unknown }
  const branches = schema.oneOf.map(resolve).filter(branch => branch.type !== 'null')
  if (Array.isArray(value)) return branches.find(({ items }) => hasFields(value[0], resolve(items ?? {}))) ?? branches[0] ?? {}
  return branches.find(branch => propertiesOf(branch)['type']?.enum?.includes(type)) ?? branches[0] ?? {}
}

/** Whether an item has only fields of a schema. */
function hasFields (item: unknown, schema: SchemaPart): boolean {
  const known = propertiesOf(schema)
  return typeof item === 'object' && item !== null && Object.keys(item).every(key => key in known)
}

/** Anonymizes customers: replaces names and e-mail addresses, and omits phone numbers and metadata. */
export function anonymous (customers: readonly object[]): object[] {
  const numbers = new Map<unknown, number>()
  return customers.map((customer, index) => {
    const { email, phone_number: phone, metadata, ...rest } = customer as Record<string, unknown>
    const number = numbers.get(email) ?? index + 1 // customers with the same address keep a common one
    numbers.set(email, number)
    return { ...rest, name: `Customer ${index + 1}`, email: `customer-${number}@example.com` }
  })
}
