/** Calls of the API as code for the official client of Go, whose parameters are structs of fields (`dodopayments.F`). Pure. */
import { isList, membersOf, pascalCase, singular, withCapitals, type Json, type SampleCall } from './call.js'
import { typedBody, type Member, type Typed, type TypedObject, type TypeName } from './shape.js'
import { BASIC_ESCAPES, onLines, textLiteral, wideEscape, type TextStyle } from './text.js'

const TEXT: TextStyle = { quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"' }, point: wideEscape }
const LAYOUT = { indent: '\t', comma: ',' }
const goName = (name: string) => withCapitals(pascalCase(name), ['ID', 'URL', '3DS'])

export function goProgram ({ baseUrl, apiKey, path, resource, model, result, prints, body }: SampleCall): string {
  const typed = typedBody(path, body)
  const depth = model === undefined ? 1 : 2
  const fields = fieldsOf(typed, depth)
  const params = `dodopayments.${singular(resource)}NewParams`
  const argument = model === undefined
    ? onLines(`${params}{`, fields, '}', 1, LAYOUT)
    : onLines(`${params}{`, [onLines(`${model}: dodopayments.${model}Param{`, fields, '}', 2, LAYOUT)], '}', 1, LAYOUT)
  const sets = newerOf(typed, '').map(({ at, value }) => `, option.WithJSONSet(${text(at)}, ${anyLiteral(value)})`)
  const shared = /\bshared\./.test(argument) ? '\t"github.com/dodopayments/dodopayments-go/shared"\n' : ''
  return `package main

import (
\t"context"
\t"fmt"

\t"github.com/dodopayments/dodopayments-go"
\t"github.com/dodopayments/dodopayments-go/option"
${shared})

func main() {
\tclient := dodopayments.NewClient(
\t\toption.WithBaseURL(${text(baseUrl)}),
\t\toption.WithBearerToken(${text(apiKey)}),
\t)
\t${result}, err := client.${pascalCase(resource)}.New(context.Background(), ${argument}${sets.join('')})
\tif err != nil {
\t\tpanic(err.Error())
\t}
\tfmt.Println(${prints.map(name => `${result}.${goName(name)}`).join(', ')})
}
`
}

const text = (value: string) => textLiteral(value, TEXT)

/** The fields of a struct. Older versions of the client do not have newer members: options set them (`newerOf`). */
function fieldsOf ({ members }: TypedObject, depth: number): string[] {
  return members.filter(({ isNewer }) => !isNewer).map(({ name, value }) => `${goName(name)}: ${field(value, depth + 1)}`)
}

function newerOf ({ members }: TypedObject, around: string): Array<{ at: string, value: Json }> {
  return members.flatMap(({ name, value, isNewer }: Member) => {
    const at = around + name
    if (isNewer) return [{ at, value: plain(value) }]
    if (value.kind === 'object') return newerOf(value, `${at}.`)
    if (value.kind !== 'list') return []
    return value.items.flatMap((item, index) => item.kind === 'object' ? newerOf(item, `${at}.${index}.`) : [])
  })
}

/** The value without types. */
function plain (value: Typed): Json {
  if (value.kind === 'null') return null
  if (value.kind === 'list') return value.items.map(plain)
  if (value.kind === 'object') return Object.fromEntries(value.members.map(member => [member.name, plain(member.value)]))
  return value.value
}

function field (value: Typed, depth: number): string {
  if (value.kind === 'null') return `dodopayments.Null[${typeName(value.type)}]()`
  const union = value.kind === 'object' && value.union !== null ? `[dodopayments.${value.union}UnionParam]` : ''
  return `dodopayments.F${union}(${literal(value, depth)})`
}

function literal (value: Typed, depth: number): string {
  switch (value.kind) {
    case 'text': return text(value.value)
    case 'number': return `int64(${value.value})`
    case 'boolean': return String(value.value)
    case 'enum': return `${typeName(value.type)}(${text(value.value)})`
    case 'null': return 'nil'
    case 'list': return listLiteral(value.of, value.items, depth)
    case 'object': return onLines(`${typeName(value.type)}{`, fieldsOf(value, depth), '}', depth, LAYOUT)
    case 'map': {
      const entries = membersOf(value.value).map(([key, entry]) => `${text(key)}: ${sharedUnion(entry)}`)
      return onLines(`${typeName(value.type)}{`, entries, '}', depth, LAYOUT)
    }
    case 'any': return anyLiteral(value.value)
  }
}

function listLiteral (of: TypeName, items: readonly Typed[], depth: number): string {
  const open = `[]${typeName(of)}{`
  const isShort = items.every(({ kind }) => kind !== 'object')
  return isShort
    ? `${open}${items.map(item => literal(item, depth)).join(', ')}}`
    : onLines(open, items.map(item => literal(item, depth + 1)), '}', depth, LAYOUT)
}

function typeName ({ kind, name, nested }: TypeName): string {
  if (kind === 'text') return 'string'
  if (kind === 'number') return 'int64'
  if (kind === 'boolean') return 'bool'
  return kind === 'any' ? 'any' : `dodopayments.${name}${nested ?? ''}${kind === 'enum' ? '' : 'Param'}`
}

/** A value of metadata. */
function sharedUnion (value: Json): string {
  if (typeof value === 'number') return `shared.UnionFloat(${value})`
  if (typeof value === 'boolean') return `shared.UnionBool(${value})`
  // The API refuses null, lists and objects, so these are only texts that compile.
  return `shared.UnionString(${text(typeof value === 'string' ? value : JSON.stringify(value))})`
}

function anyLiteral (value: Json): string {
  if (typeof value === 'string') return text(value)
  if (value === null) return 'nil'
  if (typeof value !== 'object') return String(value)
  if (isList(value)) return `[]any{${value.map(anyLiteral).join(', ')}}`
  return `map[string]any{${membersOf(value).map(([key, member]) => `${text(key)}: ${anyLiteral(member)}`).join(', ')}}`
}
