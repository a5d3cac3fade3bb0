/** The options of `start()`. A program can pass numbers, booleans and lists as well as text. */
import { OPTIONS, type OptionName, type Parsed } from './config.js'
import { SetupError } from '../errors.js'
import type { GivenOptions } from './options.gen.js'

export type { GivenOptions }

/** The type that a program can pass instead of text. */
type Given<Value> = Value extends boolean | number ? Value
  : Value extends ReadonlySet<infer Item> ? readonly Item[]
    : Value extends readonly number[] ? ReadonlyArray<number | string> : string

/** The value of an option in a program: text, a number, a boolean or a list. */
export type OptionValue<Name extends OptionName> = string | Given<Parsed<Name>>

/** Converts options to the text that a user would type, so that both are parsed the same way. Undefined counts as omitted. */
export function optionTexts (given: GivenOptions): Partial<Record<OptionName, string>> {
  const texts: Partial<Record<OptionName, string>> = {}
  for (const [name, value] of Object.entries(given) as Array<[OptionName, unknown]>) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new SetupError(`there is no option ${JSON.stringify(name)}; there are ${Object.keys(OPTIONS).join(', ')}`)
    }
    if (value !== undefined) texts[name] = optionText(name, value)
  }
  return texts
}

/** The text of one option. Numbers are milliseconds for a duration. */
export function optionText (name: OptionName, value: unknown): string {
  return textOf(value, /^<durations?>$/.test(OPTIONS[name].value) ? 'ms' : '')
}

/** Values of a wrong type become text that the option's parser refuses. */
function textOf (value: unknown, unit: string): string {
  if (Array.isArray(value)) return value.map(item => textOf(item, unit)).join(',')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'number' ? `${value}${unit}` : String(value)
}
