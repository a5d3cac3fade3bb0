/**
 * The configuration file: the options of the command line, and the initial data. It is found in the working directory or in the
 * nearest folder above. Flags and environment variables win over it.
 */
import { existsSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OPTIONS, type OptionName } from '../config/config.js'
import { optionText } from '../config/given.js'
import { option, parseGiven, type Environment } from '../config/table.js'
import { nonEmpty } from '../config/values.js'
import { UsageError } from '../errors.js'
import type { Source } from '../fixtures/report.js'
import { nearest } from '../rules/near.js'

export interface ConfigFile {
  path: string
  /** The text of each option in the file. Relative paths are relative to the file. */
  texts: Partial<Record<OptionName, string>>
  /** The initial data, if the file contains it; null if it names files or none. */
  fixtures: Source | null
}

/** The names in a folder. `init` writes the first. */
export const CONFIG_NAMES = ['yaml', 'yml', 'json', 'mjs', 'js'].map(ending => `dodo-emulator.config.${ending}`)

export const CONFIG_OPTION = option({
  flag: 'config',
  env: 'DODO_EMULATOR_CONFIG',
  value: '<file>',
  fallback: null,
  about: 'Configuration file, or none; if omitted, dodo-emulator.config.* in this folder or the nearest above',
  parse: nonEmpty
})

const NO_FILE = 'none'

/** Reads the file that a flag or the environment names, or the nearest one. Null if there is no file. */
export async function readConfigFile (flag: string | undefined, env: Environment, folder: string): Promise<ConfigFile | null> {
  const named = flag === undefined ? undefined : parseGiven('--config', flag, CONFIG_OPTION.parse)
  const given = named ?? (env[CONFIG_OPTION.env] || undefined)
  if (given === NO_FILE) return null
  const path = given === undefined ? nearestFile(folder) : resolve(folder, given)
  if (path === null) return null
  return configOf(await sourceOf(path), path)
}

/** Throws a UsageError if a folder contains several files, because either could be meant. */
function nearestFile (folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const [found, other] = CONFIG_NAMES.map(name => join(at, name)).filter(path => existsSync(path))
    if (found !== undefined && other !== undefined) {
      const names = `${basename(found)} and ${basename(other)}`
      throw new UsageError(`${at} contains ${names}: remove one of them, or choose one with --config`)
    }
    if (found !== undefined) return found
    if (dirname(at) === at) return null
  }
}

/** Imports the YAML library on demand, because loading it takes time. */
async function sourceOf (path: string): Promise<Source> {
  if (/^\.m?js$/.test(extname(path))) return { name: path, document: await moduleAt(path) }
  const { readSource } = await import('../fixtures/read.js')
  try {
    return await readSource(path)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

async function moduleAt (path: string): Promise<unknown> {
  if (!existsSync(path)) throw new UsageError(`${path} does not exist`)
  let exports: { default?: unknown }
  try {
    exports = await import(pathToFileURL(path).href)
  } catch (error) {
    throw new UsageError(`${path} can't be loaded: ${(error as Error).message}`)
  }
  if (exports.default === undefined) throw new UsageError(`${path} must have a default export: export default { port: 4010 }`)
  return exports.default
}

const FIXTURES = 'fixtures'
const KEYS = [...Object.keys(OPTIONS), '$schema']

function configOf (source: Source, path: string): ConfigFile {
  const { document, problems = [] } = source
  const [problem] = problems
  if (problem !== undefined) throw new UsageError(`${place(source, problem.path)}: ${problem.path} ${problem.message}`)
  if (!isObject(document)) throw new UsageError(`${path} must contain an object, such as { "port": 4010 }`)
  const texts: ConfigFile['texts'] = {}
  for (const [key, value] of Object.entries(document)) {
    if (!KEYS.includes(key)) throw new UsageError(`${place(source, key)}: ${unknownKey(key)}`)
    if (key === '$schema' || value == null || (key === FIXTURES && isObject(value))) continue
    const name = key as OptionName
    texts[name] = fromFolder(name, valueText(source, name, value), dirname(path))
  }
  return { path, texts, fixtures: isObject(document[FIXTURES]) ? inlineFixtures(source, document[FIXTURES]) : null }
}

function unknownKey (key: string): string {
  const flags: Record<string, string> = Object.fromEntries(Object.entries(OPTIONS).map(([name, { flag }]) => [flag, name]))
  const meant = flags[key.replace(/^--/, '')] ?? nearest(key, KEYS)
  return `there is no option ${JSON.stringify(key)}${meant == null ? '; see docs/options.md' : `: did you mean ${meant}?`}`
}

function valueText (source: Source, name: OptionName, value: unknown): string {
  const isScalar = (part: unknown) => ['string', 'number', 'boolean'].includes(typeof part)
  if (isScalar(value) || (Array.isArray(value) && value.every(isScalar))) return optionText(name, value)
  throw new UsageError(`${place(source, name)}: ${name} must be a text, a number, true, false or a list of these`)
}

/** `:memory:` and `none` are not paths. */
function fromFolder (name: OptionName, text: string, folder: string): string {
  if (!('isPath' in OPTIONS[name])) return text
  const parts = OPTIONS[name].value === '<files>' ? text.split(',').map(part => part.trim()) : [text]
  const isPath = (part: string) => part !== '' && part !== ':memory:' && part !== NO_FILE && !isAbsolute(part)
  return parts.map(part => isPath(part) ? join(folder, part) : part).join(',')
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The part of a document that is a fixtures file of its own, with the lines of the whole file. */
function inlineFixtures ({ name, decimals, lineOf }: Source, document: object): Source {
  const prefix = `${FIXTURES}.`
  const own = [...decimals ?? []].flatMap(([path, text]): Array<[string, string]> =>
    path.startsWith(prefix) ? [[path.slice(prefix.length), text]] : [])
  return {
    name,
    document,
    decimals: new Map(own),
    ...(lineOf === undefined ? {} : { lineOf: (path: string) => lineOf(path === '' ? FIXTURES : `${prefix}${path}`) })
  }
}

/** `config.yaml:3` */
function place ({ name, lineOf }: Source, path: string): string {
  const line = lineOf?.(path) ?? null
  return line === null ? `${name}` : `${name}:${line}`
}
