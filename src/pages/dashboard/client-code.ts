/**
 * Writes a call of the API as code: for curl, and for the official clients of JavaScript and Python. All values are quoted by the
 * rules of the language. Invisible characters are written as escapes, so that the code does what it seems to do. Pure.
 */
import { curlOf } from './curl.js'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

export type JsonObject = { readonly [key: string]: Json | undefined }

export interface SampleCall {
  /** The base URL. */
  baseUrl: string
  apiKey: string
  /** The path of a POST operation: `/payments`. */
  path: string
  /** The methods of the clients: `payments.create`. */
  method: { javascript: string, python: string }
  /** The name of the variable for the result. */
  result: string
  /** The fields of the result that are printed. */
  prints: readonly string[]
  body: JsonObject
}

/** A command for a POSIX shell. */
export function curlCommand ({ baseUrl, apiKey, path, body }: Pick<SampleCall, 'baseUrl' | 'apiKey' | 'path' | 'body'>): string {
  return curlOf({
    method: 'POST',
    url: baseUrl + path,
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: spellOut(JSON.stringify(body, null, 2), unicodeEscape)
  })
}

/** A module for Node.js. */
export function javascriptProgram ({ baseUrl, apiKey, method, result, prints, body }: SampleCall): string {
  return `import DodoPayments from 'dodopayments'

const client = new DodoPayments({
  baseURL: ${JAVASCRIPT.text(baseUrl)},
  bearerToken: ${JAVASCRIPT.text(apiKey)}
})

const ${result} = await client.${method.javascript}(${literal(body, JAVASCRIPT, 0)})

console.log(${prints.map(name => `${result}.${name}`).join(', ')})
`
}

export function pythonProgram ({ baseUrl, apiKey, method, result, prints, body }: SampleCall): string {
  const given = Object.entries(body).flatMap(([name, value]) =>
    value === undefined ? [] : [`    ${name}=${literal(value, PYTHON, 1)},\n`])
  return `from dodopayments import DodoPayments

client = DodoPayments(
    base_url=${PYTHON.text(baseUrl)},
    bearer_token=${PYTHON.text(apiKey)},
)

${result} = client.${method.python}(
${given.join('')})

print(${prints.map(name => `${result}.${name}`).join(', ')})
`
}

interface Language {
  text (text: string): string
  key (key: string): string
  words: { null: string, true: string, false: string }
  /** The space inside the braces of an object on one line. */
  brace: string
  /** After the last of several lines. */
  comma: string
  indent: string
}

const JAVASCRIPT: Language = {
  text: text => quoted(text, unicodeEscape),
  // Only a computed key of this name does not set the prototype.
  key: key => key === '__proto__' ? "['__proto__']" : /^[A-Za-z_$][\w$]*$/.test(key) ? key : JAVASCRIPT.text(key),
  words: { null: 'null', true: 'true', false: 'false' },
  brace: ' ',
  comma: '',
  indent: '  '
}

const PYTHON: Language = {
  text: text => quoted(text, codePointEscape),
  key: key => PYTHON.text(key),
  words: { null: 'None', true: 'True', false: 'False' },
  brace: '',
  comma: ',',
  indent: '    '
}

const LINE_MAX = 72

function literal (value: Json, language: Language, depth: number): string {
  if (typeof value === 'string') return language.text(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return language.words[value ? 'true' : 'false']
  if (value === null) return language.words.null
  const isList = isArray(value)
  const parts = isList
    ? value.map(item => literal(item, language, depth + 1))
    : Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [`${language.key(key)}: ${literal(item, language, depth + 1)}`])
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  const brace = isList || parts.length === 0 ? '' : language.brace
  const line = `${open}${brace}${parts.join(', ')}${brace}${close}`
  const isShort = !line.includes('\n') && line.length + depth * language.indent.length <= LINE_MAX
  if (isShort && (depth > 0 || parts.length < 2)) return line
  const inner = language.indent.repeat(depth + 1)
  return `${open}\n${parts.map(part => inner + part).join(',\n')}${language.comma}\n${language.indent.repeat(depth)}${close}`
}

function isArray (value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** JSON's escapes are valid in JavaScript and Python. Only the quotation marks change. */
function quoted (text: string, escape: Escape): string {
  const inner = JSON.stringify(text).slice(1, -1)
    .replace(/\\.|'/gs, found => found === '\\"' ? '"' : found === "'" ? "\\'" : found)
  return `'${spellOut(inner, escape)}'`
}

type Escape = (character: string) => string

/** Invisible characters, including those that change the direction of text or end a line in some editors. */
const INVISIBLE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu

function spellOut (text: string, escape: Escape): string {
  return text.replace(INVISIBLE, escape)
}

/** Escapes UTF-16 code units, as JSON and JavaScript do. */
function unicodeEscape (character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${hex(character.charCodeAt(index), 4)}`).join('')
}

function codePointEscape (character: string): string {
  const point = character.codePointAt(0) ?? 0
  return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`
}

function hex (value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
