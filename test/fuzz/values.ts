/**
 * Values for the fuzzer: valid ones by a schema of the contract, with known ids, and invalid ones. A value
 * that matches its schema reaches the rules behind it. Any other must be refused.
 */
import type { Contract } from '../../src/contract/load.js'
import type { Random } from '../random.js'

/** The ids and names of replies so far. */
export interface Pool {
  /** Collects the ids and names of a reply. */
  harvest (json: unknown, random: Random): void
  /** One of the values of these keys, or undefined. */
  one (keys: readonly string[], random: Random): string | undefined
}

const POOL_MAX = 40
const OWNERS: Readonly<Record<string, string>> = { adn_: 'addon_id', whk_: 'webhook_id', lcp_: 'localized_price_id' }
const NAMING_KEYS = /^(?:\w*_id|id|code|slug|name|kind)$/

export function createPool (): Pool {
  const known = new Map<string, string[]>()

  function add (key: string, value: string, random: Random): void {
    if (!NAMING_KEYS.test(key) || value.length > 200) return
    const values = known.get(key) ?? []
    if (values.length < POOL_MAX) values.push(value)
    else values[random.below(POOL_MAX)] = value
    known.set(key, values)
  }

  function harvest (json: unknown, random: Random): void {
    if (Array.isArray(json)) json.slice(0, 5).forEach(item => { harvest(item, random) })
    else if (typeof json === 'object' && json !== null) {
      for (const [key, value] of Object.entries(json)) {
        // Where an object only has `id`, the prefix gives the kind: `adn_…`.
        if (typeof value === 'string') add(key === 'id' ? OWNERS[value.slice(0, 4)] ?? key : key, value, random)
        else harvest(value, random)
      }
    }
  }

  return {
    harvest,
    one (keys, random) {
      const values = keys.flatMap(key => known.get(key) ?? [])
      return values.length === 0 ? undefined : random.one(values)
    }
  }
}

/** The parts of JSON Schema that the contract uses. */
interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  minimum?: number
  maximum?: number
}

export interface Source {
  random: Random
  pool: Pool
  document: Contract
}

const TEXTS = ['', 'a', 'Ada Lovelace', 'ada@example.com', '10117', 'Größe 日本 🦤', 'x'.repeat(600), "' OR 1=1 --", '<b>&amp;</b>', '%00', '../..',
  'https://shop.example/thanks', 'myapp://paid', 'localhost:3000/x', 'DE136695976', '2026-01-31T12:00:00Z', '2026-02-30T25:61:00Z', '0', '-1',
  'null', 'true', '4242424242424242', '+4915112345678', 'constructor', '__proto__', '\u0007\u200b', 'SAVE10', 'pdt_ebook', 'cus_ada']
const KNOWN_IDS: Record<string, string[]> = {
  product_id: ['pdt_ebook', 'pdt_course', 'pdt_donation', 'pdt_pro_monthly', 'pdt_retired', 'product_id'],
  customer_id: ['cus_ada', 'cus_grace', 'customer_id'],
  payment_method_id: ['pm_visa_grace'],
  discount_code: ['SAVE10', 'ODD333', 'EXPIRED'],
  discount_codes: ['SAVE10', 'FLAT5', 'SOLDOUT']
}
/** Deliveries stay on this computer, at a port without a listener. */
const ENDPOINTS = ['http://127.0.0.1:9/hook', 'http://127.0.0.1:9/', 'http://[::1]:9/x?y=z']
const NUMBERS = [0, 1, -1, 2, 10, 99, 100, 101, 1999, 10_000, 10_001, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 1e15, 0.5, 1e300]

const DEPTH_MAX = 6

/** A value that usually matches the schema. `key` is the key it belongs to. */
export function valueOf (given: object, source: Source, key = '', depth = 0): unknown {
  const { random } = source
  const schema = resolve(given as Schema, source.document)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return random.one(schema.enum)
  const variants = schema.oneOf ?? schema.anyOf
  if (variants !== undefined) {
    const value = valueOf(random.one(variants), source, key, depth)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...objectOf(schema, source, depth), ...value } : value
  }
  const types = [schema.type ?? (schema.properties === undefined ? 'string' : 'object')].flat()
  switch (random.one(types)) {
    case 'null': return null
    case 'boolean': return random.chance(0.5)
    case 'integer': return numberOf(schema, random, key)
    case 'number': return random.chance(0.3) ? random.one(NUMBERS) / 7 : numberOf(schema, random, key)
    case 'array': return arrayOf(schema, source, key, depth)
    case 'object': return objectOf(schema, source, depth)
    default: return textOf(schema, source, key)
  }
}

/** The schema with its references resolved and its allOf merged. */
function resolve (schema: Schema, document: Contract): Schema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return resolve(document.components.schemas[name] as Schema, document)
  }
  if (schema.allOf === undefined) return schema
  const { allOf, ...own } = schema
  return [...allOf.map(part => resolve(part, document)), own].reduce<Schema>((whole, part) => ({
    ...whole,
    ...part,
    properties: { ...whole.properties, ...part.properties },
    required: [...whole.required ?? [], ...part.required ?? []]
  }), {})
}

function objectOf ({ properties = {}, required = [], additionalProperties }: Schema, source: Source, depth: number): object {
  const { random } = source
  const entries = Object.entries(properties)
    .filter(([key]) => random.chance(required.includes(key) ? 0.98 : depth > DEPTH_MAX ? 0 : 0.3))
    .map(([key, property]): [string, unknown] => [key, valueOf(property, source, key, depth + 1)])
  const more = typeof additionalProperties === 'object' && random.chance(0.5)
    ? [[random.one(TEXTS).slice(0, 50), valueOf(additionalProperties, source, '', depth + 1)] as [string, unknown]]
    : []
  return Object.fromEntries([...entries, ...more])
}

function arrayOf ({ items = {} }: Schema, source: Source, key: string, depth: number): unknown[] {
  const { random } = source
  const length = depth > DEPTH_MAX ? 0 : random.one([0, 1, 1, 1, 2, 3])
  return Array.from({ length }, () => valueOf(items, source, key, depth + 1))
}

/** Usually a small number: a payment of two billion is refused too early. */
function numberOf ({ minimum, maximum }: Schema, random: Random, key: string): number {
  if (random.chance(0.1)) return random.one(NUMBERS)
  const from = minimum ?? (key.includes('amount') || key === 'price' ? 100 : 0)
  const to = Math.min(maximum ?? from + 5000, from + 5000)
  return from + random.below(Math.max(to - from, 1))
}

function textOf ({ format }: Schema, { random, pool }: Source, key: string): string {
  if (key === 'url') return random.one(ENDPOINTS)
  if (random.chance(0.15)) return random.one(TEXTS)
  const known = KNOWN_IDS[key]
  if (known !== undefined && random.chance(0.6)) return random.one(known)
  const seen = /(?:_id|code)s?$|^id$|^slug$/.test(key) ? pool.one([key, key.replace(/s$/, ''), 'id'], random) : undefined
  if (seen !== undefined) return seen
  if (format === 'date-time') return random.one(['2026-01-31T12:00:00Z', '2020-01-01T00:00:00Z', '2099-12-31T23:59:59.999999+14:00', '2026-02-30T00:00:00Z'])
  if (format === 'date') return random.one(['2026-01-31', '2026-02-30'])
  if (format === 'uuid') return random.one(['3ae0bfcc-f0b4-4f1a-b350-2d18f55b3ce8', 'x'])
  if (/email/.test(key)) return random.one(['ada@example.com', 'grace@example.com', 'a@b', 'ada'])
  if (/url$/.test(key)) return random.one(['https://shop.example/thanks', 'myapp://paid', 'javascript:alert(1)', 'x'])
  return random.one(TEXTS)
}

/** Values that hardly any place allows. */
const STRANGE: unknown[] = [
  null, true, [], {}, [[]], '', 0, -0, -1, 1e308, 0.1, 2 ** 53 + 2, 'x'.repeat(20_000), '\u0000', '\ud800', '🦤', [null], [{}], { constructor: {} },
  { toString: null }, { length: -1 }, Array(200).fill(0), 'NaN', '1e400'
]

/** The value with one mistake anywhere in it. */
export function spoilt (value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return random.one(STRANGE)
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [...value as unknown[]] : { ...value }
  const keys = Object.keys(copy)
  const key = keys.length === 0 ? 'unheard_of' : random.one(keys)
  const entries = copy as Record<string, unknown>
  if (random.chance(0.2)) delete entries[key]
  else if (random.chance(0.15)) entries[random.one(['unheard_of', 'constructor', 'x'.repeat(300), ''])] = random.one(STRANGE)
  else entries[key] = spoilt(entries[key], random)
  return copy
}

/** A body as bytes, sometimes not valid JSON. */
export function bytesOf (value: unknown, random: Random): Buffer {
  const bytes = Buffer.from(JSON.stringify(value) ?? '')
  if (random.chance(0.95)) return bytes
  return random.one([
    () => bytes.subarray(0, random.below(bytes.length + 1)),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.concat([bytes.subarray(0, bytes.length / 2), random.bytes(5), bytes.subarray(bytes.length / 2)]),
    () => random.bytes(random.below(500)),
    () => Buffer.from('['.repeat(50_000)),
    () => Buffer.from(String(bytes).replace('{', '{"__proto__":{"polluted":true},')),
    () => Buffer.alloc(1024 * 1024 + 1, ' ')
  ])()
}
