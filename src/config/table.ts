/**
 * Tables of options. Each row defines a flag with its environment variable, default, description and parser. A flag takes
 * precedence over the environment variable, and that over the default.
 */
import { SetupError, UsageError } from '../errors.js'

export interface OptionRow<Value, Fallback extends string | null = string | null> {
  flag: string
  env: string
  /** The placeholder in the help: `<port>`. A program can pass a `<duration>` as a number of milliseconds. */
  value: string
  /** The default as text; null if the option has no default. */
  fallback: Fallback
  about: string
  /** Throws a SetupError that says which values are valid. */
  parse (text: string): Value
}

export type OptionTable = Readonly<Record<string, OptionRow<unknown>>>

/** The values of all rows. A row without a default is null if omitted. */
export type Values<Table extends OptionTable> = {
  [Name in keyof Table]: Table[Name]['fallback'] extends string
    ? ReturnType<Table[Name]['parse']>
    : ReturnType<Table[Name]['parse']> | null
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Infers the types of a row, which an annotation would widen. */
export function option<Value, const Fallback extends string | null> (
  row: OptionRow<Value, Fallback>
): OptionRow<Value, Fallback> {
  return row
}

/**
 * Reads the values of a table from flags (text by row name) and the environment. Throws a UsageError that names the invalid
 * option. It is named as a flag unless `nameOf` returns another name.
 */
export function readTable<Table extends OptionTable> (
  table: Table, flags: { readonly [Name in keyof Table]?: string | undefined }, env: Environment,
  nameOf: (name: keyof Table) => string = name => `--${table[name]?.flag}`
): Values<Table> {
  const entries = Object.entries(table).map(([name, row]) => {
    const flag = flags[name]
    const text = flag ?? (env[row.env] || row.fallback) // an empty variable counts as omitted
    return [name, text === null ? null : parseGiven(flag === undefined ? row.env : nameOf(name), text, row.parse)]
  })
  return Object.fromEntries(entries) as Values<Table>
}

/** Parses a value. Throws a UsageError that names its source: `--port: must be …, not "x"`. */
export function parseGiven<Value> (source: string, text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof SetupError) throw new UsageError(`${source}: ${error.message}, not ${JSON.stringify(text)}`)
    throw error
  }
}
