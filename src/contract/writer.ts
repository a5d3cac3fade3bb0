/**
 * Writes the JSON of replies that have the same fields again and again, faster than JSON.stringify and with the same text. Most
 * fields of a payment equal those of the one before: their text is kept, and written again if their values are the same.
 */
import { compileFunction } from 'node:vm'

/** Writes a value as JSON. All values of a writer have the same keys, in the same order, and none is undefined. */
export type Write<Value extends object> = (value: Value) => string

export interface WriterOptions<Value extends object> {
  /** Fields of text or numbers that differ in nearly all values, such as ids and times. */
  unique: ReadonlyArray<keyof Value & string>
  /** Fields with objects that also have the same keys in all values. Not for objects with keys of the client. */
  nested?: { [Key in keyof Value]?: Value[Key] extends object ? Write<Value[Key]> : never }
}

/** Returns a function that is compiled for the keys of its first value. */
export function createWriter<Value extends object> ({ unique, nested = {} }: WriterOptions<Value>): Write<Value> {
  let write: Write<Value> | undefined
  return value => {
    write ??= compile(value, new Set<string>(unique), nested as Nested)
    return write(value)
  }
}

type Nested = Record<string, Write<object> | undefined>

/** The JSON texts of objects that never change. */
const texts = new WeakMap<object, string>()

/** Keeps the JSON text of an object, which must never change. Its fields become constant. */
export function keepText<Value extends object> (value: Value): Readonly<Value> {
  texts.set(value, JSON.stringify(value))
  return Object.freeze(value)
}

/** Consecutive fields whose texts are kept together, or a field by itself. */
type Part = { run: string[] } | { single: string, by: 'text' | 'json' | 'nested' }

function partsOf (sample: object, unique: ReadonlySet<string>, nested: Nested): Part[] {
  const parts: Part[] = []
  for (const [key, value] of Object.entries(sample)) {
    const last = parts.at(-1)
    if (nested[key] !== undefined) parts.push({ single: key, by: 'nested' })
    else if (unique.has(key)) parts.push({ single: key, by: 'text' })
    else if (typeof value === 'object' && value !== null) parts.push({ single: key, by: 'json' })
    else if (last !== undefined && 'run' in last) last.run.push(key)
    else parts.push({ run: [key] })
  }
  return parts
}

function compile<Value extends object> (sample: Value, unique: ReadonlySet<string>, nested: Nested): Write<Value> {
  let name = 0
  const declarations: string[] = []
  const expressions = partsOf(sample, unique, nested).map(part => {
    if ('single' in part) {
      const { single: key, by } = part
      const value = `value[${JSON.stringify(key)}]`
      return `${label(key)} + ${by === 'nested' ? `nested[${JSON.stringify(key)}](${value})` : `${by}(${value})`}`
    }
    const kept = part.run.map(() => `kept${name++}`)
    const text = `text${name++}`
    const values = part.run.map(key => `value[${JSON.stringify(key)}]`)
    declarations.push(`let ${[...kept, text].join(', ')}`)
    const isSame = values.map((value, index) => `${value} === ${kept[index] ?? ''}`).join(' && ')
    const keep = values.map((value, index) => `${kept[index] ?? ''} = keepable(${value})`).join(', ')
    const write = `[${values.map((value, index) => `${label(part.run[index] ?? '')} + json(${value})`).join(', ')}].join(',')`
    return `(${text} !== undefined && ${isSame} ? ${text} : (${keep}, ${text} = ${write}))`
  })
  const body = expressions.join(" + ',' + ")
  const code = `${declarations.join('\n')}\nreturn value => '{' + ${body} + '}'`
  const made = compileFunction(code, ['text', 'json', 'keepable', 'nested'])
  return made(textOf, jsonOf, keepable, nested) as Write<Value>
}

/** A key with its colon, as an expression. */
function label (key: string): string {
  return JSON.stringify(`${JSON.stringify(key)}:`)
}

/** Characters that JSON escapes, and control characters that it does not. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u

/** The JSON of a text that is mostly plain. */
function textOf (value: unknown): string {
  return typeof value === 'string' && !ESCAPED.test(value) ? `"${value}"` : JSON.stringify(value)
}

function jsonOf (value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (!Array.isArray(value)) return texts.get(value) ?? JSON.stringify(value)
  if (value.length === 0) return '[]'
  return `[${value.map(jsonOf).join(',')}]`
}

/** Returns the value that a later one is compared with. An object may change, so it is never the same. */
function keepable (value: unknown): unknown {
  return typeof value === 'object' && value !== null ? NaN : value
}
