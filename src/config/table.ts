/**
 * Tables of options: each row is a flag with its environment variable, default, description and check. A flag wins over its
 * environment variable, and that over the default.
 */
import { SetupError, UsageError } from '../errors.js'

export interface OptionRow<Value, Fallback extends string | null = string | null> {
  flag: string
  env: string
  /** The placeholder in the help: `<port>`. A program may give a `<duration>` as a number of milliseconds. */
  value: string
  /** As typed; null where the option is off unless given. */
  fallback: Fallback
  about: string
  /** The value of a text. Throws a SetupError that says what would be right. */
  parse (text: string): Value
}

export type OptionTable = Readonly<Record<string, OptionRow<unknown>>>

/** The value of every row; null where one that is off by default was not given. */
export type Values<Table extends OptionTable> = {
  [Name in keyof Table]: Table[Name]['fallback'] extends string
    ? ReturnType<Table[Name]['parse']>
    : ReturnType<Table[Name]['parse']> | null
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Keeps the types of a row, which a plain annotation would widen. */
export function option<Value, const Fallback extends string | null> (
  row: OptionRow<Value, Fallback>
): OptionRow<Value, Fallback> {
  return row
}

/**
 * The values of a table for flags (by the names of the rows, as typed) and an environment. Throws a UsageError that names the
 * option, as a flag unless `nameOf` says otherwise.
 */
export function readTable<Table extends OptionTable> (
  table: Table, flags: { readonly [Name in keyof Table]?: string | undefined }, env: Environment,
  nameOf: (name: keyof Table) => string = name => `--${table[name]?.flag}`
): Values<Table> {
  const entries = Object.entries(table).map(([name, row]) => {
    const flag = flags[name]
    const text = flag ?? (env[row.env] || row.fallback) // an empty variable counts as not given
    return [name, text === null ? null : parseGiven(flag === undefined ? row.env : nameOf(name), text, row.parse)]
  })
  return Object.fromEntries(entries) as Values<Table>
}

/** Parses what was typed. Throws a UsageError that names its source: `--port: must be …, not "x"`. */
export function parseGiven<Value> (source: string, text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof SetupError) throw new UsageError(`${source}: ${error.message}, not ${JSON.stringify(text)}`)
    throw error
  }
}
