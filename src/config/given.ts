/** The options of src/config/config.ts as a program gives them, which is how start() takes them: not only as text. */
import { OPTIONS, type OptionName, type Parsed } from './config.js'
import { SetupError } from '../errors.js'
import type { GivenOptions } from './options.gen.js'

export type { GivenOptions }

/** What a program may give instead of the text of a value. */
type Given<Value> = Value extends boolean | number ? Value
  : Value extends ReadonlySet<infer Item> ? readonly Item[]
    : Value extends readonly number[] ? ReadonlyArray<number | string> : string

/** The value of an option as a program gives it: as text, or a number, a boolean or a list. */
export type OptionValue<Name extends OptionName> = string | Given<Parsed<Name>>

/** The same options as one would type them, so that there is one check for both. What is undefined counts as not given. */
export function optionTexts (given: GivenOptions): Partial<Record<OptionName, string>> {
  const texts: Partial<Record<OptionName, string>> = {}
  for (const [name, value] of Object.entries(given) as Array<[OptionName, unknown]>) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new SetupError(`there is no option ${JSON.stringify(name)}; there are ${Object.keys(OPTIONS).join(', ')}`)
    }
    if (value !== undefined) texts[name] = textOf(value, /^<durations?>$/.test(OPTIONS[name].value) ? 'ms' : '')
  }
  return texts
}

/** Whatever makes no sense becomes a text that the option refuses. */
function textOf (value: unknown, unit: string): string {
  if (Array.isArray(value)) return value.map(item => textOf(item, unit)).join(',')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'number' ? `${value}${unit}` : String(value)
}
