/**
 * Literals of text, and the layout of nested literals. Invisible characters are written as escapes, so that the code does what it
 * seems to do. Pure.
 */
import type { Json, JsonObject } from './call.js'
import { isList, membersOf } from './call.js'

/** How a language writes text. */
export interface TextStyle {
  quote: string
  /** Escapes by character. The quote and the backslash are among them. */
  named: Readonly<Record<string, string>>
  /** The escape of a code point that has no name. */
  point (point: number): string
}

/** Control characters, and those that change the direction of text or end a line in some editors. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u
const EACH_INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu

export function textLiteral (text: string, { quote, named, point }: TextStyle): string {
  const inner = Array.from(text, character => {
    if (Object.hasOwn(named, character)) return named[character]
    return INVISIBLE.test(character) ? point(character.codePointAt(0) ?? 0) : character
  })
  return quote + inner.join('') + quote
}

/** JSON with escapes for invisible characters. */
export function spelledJson (value: Json): string {
  return JSON.stringify(value, null, 2).replace(EACH_INVISIBLE, found =>
    found === '\n' ? found : utf16Escape(found.codePointAt(0) ?? 0))
}

export const BASIC_ESCAPES = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/** `\u202e`, in UTF-16 code units. */
export function utf16Escape (point: number): string {
  const text = String.fromCodePoint(point)
  return Array.from({ length: text.length }, (_, index) => `\\u${hex(text.charCodeAt(index), 4)}`).join('')
}

/** `\u202e`, or `\U000e0067`. */
export function wideEscape (point: number): string {
  return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`
}

/** `\u{202e}`. */
export function bracedEscape (point: number): string {
  return `\\u{${point.toString(16)}}`
}

function hex (value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

export interface Layout {
  indent: string
  /** The space inside the braces of a short literal. */
  space?: string
  /** After the last of several lines. */
  comma?: string
}

const LINE_MAX = 72

/** Parts between brackets: on one line if it is short, otherwise each on its own line. Inner lines are indented from `depth`. */
export function enclose (
  open: string, parts: readonly string[], close: string, depth: number, { indent, space = '', comma = '' }: Layout
): string {
  const edge = parts.length === 0 ? '' : space
  const line = `${open}${edge}${parts.join(', ')}${edge}${close}`
  const isShort = !line.includes('\n') && line.length + depth * indent.length <= LINE_MAX
  return isShort && (depth > 0 || parts.length < 2) ? line : onLines(open, parts, close, depth, { indent, comma })
}

/** Parts between brackets, each on its own line. */
export function onLines (
  open: string, parts: readonly string[], close: string, depth: number, { indent, comma = '' }: Layout
): string {
  if (parts.length === 0) return open + close
  const inner = indent.repeat(depth + 1)
  return `${open}\n${parts.map(part => inner + part).join(',\n')}${comma}\n${indent.repeat(depth)}${close}`
}

/** A language whose literals need no types. */
export interface DynamicLanguage extends Layout {
  text (text: string): string
  /** A key with what separates it from its value. */
  key (key: string): string
  words: { null: string, true: string, false: string }
  /** The brackets of an object. */
  object: readonly [open: string, close: string]
  /** The brackets of an object without members, if they differ. */
  emptyObject?: string
}

export function dynamicLiteral (value: Json, language: DynamicLanguage, depth: number): string {
  if (typeof value === 'string') return language.text(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return language.words[value ? 'true' : 'false']
  if (value === null) return language.words.null
  if (isList(value)) {
    const items = value.map(item => dynamicLiteral(item, language, depth + 1))
    return enclose('[', items, ']', depth, { ...language, space: '' })
  }
  return dynamicObject(value, language, depth)
}

function dynamicObject (value: JsonObject, language: DynamicLanguage, depth: number): string {
  const { object: [open, close], emptyObject = open + close } = language
  const members = membersOf(value).map(([key, member]) => language.key(key) + dynamicLiteral(member, language, depth + 1))
  return members.length === 0 ? emptyObject : enclose(open, members, close, depth, language)
}
