/** Calls of the API as code for the official client of C#. Its parameters are objects with properties. Pure. */
import { membersOf, pascalCase, singular, withCapitals, type Json, type SampleCall } from './call.js'
import { typedBody, type Member, type Typed, type TypedObject } from './shape.js'
import { BASIC_ESCAPES, textLiteral, wideEscape, type TextStyle } from './text.js'

const TEXT: TextStyle = { quote: '"', named: { ...BASIC_ESCAPES, '"': '\\"' }, point: wideEscape }
const text = (value: string) => textLiteral(value, TEXT)
const csharpName = (name: string) => withCapitals(pascalCase(name), ['ID'])

const MODELS = ['CheckoutSessions', 'Misc', 'Payments', 'Subscriptions']

export function csharpProgram ({ baseUrl, apiKey, path, resource, result, prints, body }: SampleCall): string {
  return `using System;
using System.Collections.Generic;
using DodoPayments.Client;
${MODELS.map(name => `using DodoPayments.Client.Models.${name};\n`).join('')}
DodoPaymentsClient client = new() { BaseUrl = ${text(baseUrl)}, BearerToken = ${text(apiKey)} };

${singular(resource)}CreateParams parameters = new()
${properties(typedBody(path, body), 0)};

var ${result} = await client.${pascalCase(resource)}.Create(parameters);

Console.WriteLine($"${prints.map(name => `{${result}.${csharpName(name)}}`).join(' ')}");
`
}

function properties ({ members }: TypedObject, depth: number): string {
  const line = '    '.repeat(depth)
  const assigned = members.map(({ name, value }: Member) => value.kind === 'any'
    ? `${line}    // ${name} is not a property of this object.\n`
    : `${line}    ${csharpName(name)} = ${literal(value, depth + 1)},\n`)
  return `${line}{\n${assigned.join('')}${line}}`
}

function literal (value: Typed, depth: number): string {
  const line = '    '.repeat(depth)
  switch (value.kind) {
    case 'text':
    case 'enum': return text(value.value) // enums have an implicit conversion from text
    case 'number':
    case 'boolean': return String(value.value)
    case 'null':
    case 'any': return 'null'
    case 'object': return `new${value.union === null ? '' : ` ${value.type.name}`}()\n${properties(value, depth)}`
    case 'map': {
      const entries = membersOf(value.value).map(([key, entry]) => `${line}    { ${text(key)}, ${scalar(entry)} },\n`)
      return `new Dictionary<string, MetadataItem>()\n${line}{\n${entries.join('')}${line}}`
    }
    case 'list': {
      const isShort = value.items.every(({ kind }) => kind !== 'object')
      if (isShort) return `[${value.items.map(item => literal(item, depth)).join(', ')}]`
      const items = value.items.map(item => `${line}    ${literal(item, depth + 1)},\n`)
      return `\n${line}[\n${items.join('')}${line}]`
    }
  }
}

/** A value of metadata. The API refuses lists and objects, so these are only texts that compile. */
function scalar (value: Json): string {
  if (typeof value === 'string') return text(value)
  return typeof value === 'object' && value !== null ? text(JSON.stringify(value)) : String(value)
}
