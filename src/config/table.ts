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
  /** Marks names of files. In a configuration file, they are relative to it. */
  isPath?: true
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

/** Text by the name of the row. */
export type Texts<Table extends OptionTable> = { readonly [Name in keyof Table]?: string | undefined }

/** The origins of a value, the one with the highest precedence first. */
export type Origin = 'flag' | 'environment' | 'file' | 'default'

/** The text of each option, and where it comes from. An empty variable counts as omitted. */
export function originsOf<Table extends OptionTable> (
  table: Table, flags: Texts<Table>, env: Environment, file: Texts<Table> = {}
): Record<keyof Table & string, { text: string | null, from: Origin }> {
  const entries = Object.entries(table).map(([name, row]) => {
    const [flag, variable, inFile] = [flags[name], env[row.env] || undefined, file[name]]
    const from: Origin = flag !== undefined
      ? 'flag'
      : variable !== undefined ? 'environment' : inFile !== undefined ? 'file' : 'default'
    return [name, { text: flag ?? variable ?? inFile ?? row.fallback, from }]
  })
  return Object.fromEntries(entries)
}

export interface Naming<Table extends OptionTable> {
  /** The name of an option that was given as a flag. */
  nameOf?: ((name: keyof Table & string) => string) | undefined
  /** The configuration file. */
  file?: { path: string, texts: Texts<Table> } | null | undefined
}

/**
 * Reads the values of a table from flags, the environment and a configuration file. Throws a UsageError that names the invalid
 * option with its origin.
 */
export function readTable<Table extends OptionTable> (
  table: Table, flags: Texts<Table>, env: Environment,
  { nameOf = name => `--${table[name]?.flag}`, file = null }: Naming<Table> = {}
): Values<Table> {
  const origins = originsOf(table, flags, env, file?.texts)
  const entries = Object.entries(table).map(([name, row]) => {
    const { text, from } = origins[name as keyof Table & string]
    const source = { flag: nameOf(name), file: `${file?.path}: ${name}`, environment: row.env, default: row.env }[from]
    return [name, text === null ? null : parseGiven(source, text, row.parse)]
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
