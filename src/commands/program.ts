/** Defines the commands and their options. Commands that run the emulator in this process are passed in. */
import { Command, Help, Option } from 'commander'
import { OPTIONS, readConfig, type Config, type OptionName } from '../config/config.js'
import { UsageError } from '../errors.js'
import type { Source } from '../fixtures/report.js'
import { originsOf, type Environment, type OptionRow } from '../config/table.js'
import type { CompareOptions } from '../compare/compare.js'
import { nonEmpty, webUrl } from '../config/values.js'
import { VERSION } from '../root.js'
import { createStop } from './signals.js'
import { oneOf, option } from './arguments.js'
import { addCompare } from './compare.js'
import { addCompletion } from './completion.js'
import { CONFIG_OPTION, readConfigFile, type ConfigFile } from './config-file.js'
import type { ExecOptions } from './exec.js'
import type { ImportOptions } from './import.js'
import { createOutput, type Output } from './output.js'
import { addInit } from './init.js'
import { addMcp, type McpOptions } from './mcp.js'
import { printConfig } from './print-config.js'
import { addRemoteCommands } from './remote.js'
import { API_KEY_OPTION, TARGET_OPTIONS, targetOf } from './target.js'
import type { Tools } from './tools.js'
import { addTrust } from './trust.js'

/** Commands that run in this process instead of calling a running emulator. */
export interface LocalCommands {
  start (config: Config, given: Given): Promise<void>
  checkFixtures (files: readonly string[], config: Config, output: Output): Promise<void>
  importAccount (options: ImportOptions, output: Output): Promise<void>
  /** Creates the authority in a folder if it is missing, and returns the file of its certificate. */
  createAuthority (folder: string): Promise<string>
  /** Writes a configuration file. */
  init (path: string, force: boolean): Promise<void>
  compare (options: CompareOptions, output: Output): Promise<void>
  /** Serves until the client ends. Starts an emulator with the options if the URL is null. */
  mcp (config: Config, options: McpOptions, given: Given): Promise<void>
  /** Ends the process with the command, so the promise only rejects. */
  exec (config: Config, options: ExecOptions, given: Given): Promise<void>
}

export interface Given {
  output: Output
  /** The initial data of the configuration file; null if the options name files. */
  fixtures: Source | null
}

export interface ProgramOptions {
  env: Environment
  local: LocalCommands
}

/** The options of all commands. */
interface CommonFlags {
  json?: boolean
  config?: string
}

interface Definition extends ProgramOptions {
  tools: Tools
}

const TARGET_HEADING = 'Which emulator:'
const OUTPUT_HEADING = 'Output:'
const CONFIG_FLAG = `--${CONFIG_OPTION.flag}`

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused by the emulator, or a check failed
  2  invalid command, argument or option
  3  no emulator answers`

/** Creates the program. `defaults` has the default subcommand of each command group. */
export function createProgram ({ env, local }: ProgramOptions) {
  const defaults = new Map<Command, Command>()
  const output = createOutput()
  const stop = createStop()
  let file: ConfigFile | null = null
  const program = new Command('dodo-emulator')
    .description('An unofficial local emulator of the Dodo Payments API. Without a command, it starts the emulator.')
    .version(VERSION)
    .exitOverride()
    .enablePositionalOptions() // so that `exec` passes the options of its command on
    .configureHelp({ visibleOptions: ownOptionsFirst })
    .configureOutput({ writeOut: write(console.log), writeErr: write(console.error), outputError: () => {} })
    .addHelpText('afterAll', EXIT_CODES)
    .helpCommand('help [command]', 'show the help of a command')
    .hook('preAction', async (_program, command) => {
      const { json, config }: CommonFlags = command.opts()
      output.json = json === true
      if (command.options.some(({ long }) => long === CONFIG_FLAG)) file = await readConfigFile(config, env, process.cwd())
    })

  const targetOptions = [...Object.values(TARGET_OPTIONS), CONFIG_OPTION].map(row => optionOf(row).helpGroup(TARGET_HEADING))
  const tools: Tools = {
    client (parent, name, about) {
      const command = parent.command(name).description(about)
      for (const shared of targetOptions) command.addOption(shared)
      return command
    },
    group: (name, about) => program.command(name).description(about),
    byDefault (command) {
      const { parent } = command
      if (parent === null) return
      defaults.set(parent, command)
      if (parent === program) return
      parent.summary(parent.description()).description(`${parent.description()}; without a command: ${command.name()}`)
    },
    targetOf: flags => targetOf(flags, env, file),
    configFile: () => file,
    env,
    apiKeyOf: flag => flag ?? apiKeyOf(env, file),
    show: output.show,
    output,
    stopSignal: stop.signal
  }

  addStart(program, { env, local, tools })
  addExec(program, { env, local, tools })
  addRemoteCommands(program, tools)
  addMcp(program, tools, options => {
    const config = readConfig(OWN_DEFAULTS, env, { file: tools.configFile() })
    return local.mcp(config, options, givenBy({}, { env, tools }))
  })
  addInit(program, tools, local.init)
  addTrust(program, tools, local.createAuthority)
  addImport(program, { env, local, tools })
  addCompare(program, local.compare, tools)
  addFixtures(program, { env, local, tools })
  addCompletion(program, tools)
  addJson(program, new Option('--json', 'print the result as JSON').helpGroup(OUTPUT_HEADING))
  return { program, defaults, release: stop.release }
}

/** Gives every command the option --json. */
function addJson (command: Command, json: Option): void {
  for (const child of command.commands) addJson(child, json)
  if (command.commands.length === 0) command.addOption(json)
}

/** Lists a command's own options before the options that all commands share. */
function ownOptionsFirst (this: Help, command: Command): Option[] {
  const options = Help.prototype.visibleOptions.call(this, command)
  const isShared = (option: Option) => option.helpGroupHeading !== undefined
  return [...options.filter(option => !isShared(option)), ...options.filter(isShared)]
}

/** Removes the trailing line break, because console adds one. */
function write (print: (text: string) => void): (text: string) => void {
  return text => { print(text.replace(/\n$/, '')) }
}

function optionOf ({ flag, env, value, fallback, about }: OptionRow<unknown>): Option {
  const note = fallback === null || fallback === '' ? `[${env}]` : `[${env}, default: ${fallback}]`
  return new Option(`--${flag} ${value}`, `${about} ${note}`)
}

function addStart (program: Command, { env, local, tools }: Definition): void {
  const command = program.command('start').description('start the emulator (the default command)')
  for (const row of [...Object.values(OPTIONS), CONFIG_OPTION]) command.addOption(optionOf(row))
  command.option('--print-config', 'print each option with its origin, and do not start')
  command.action(({ printConfig: prints, ...flags }: OptionFlags & { printConfig?: boolean }) => {
    const config = readConfig(flags, env, { file: tools.configFile() })
    if (prints === true) return printConfig(flags, env, tools.configFile(), tools.show)
    return local.start(config, givenBy(flags, { env, tools }))
  })
  tools.byDefault(command)
}

type OptionFlags = Partial<Record<OptionName, string>>

/** The data of the file applies if neither a flag nor the environment names fixtures. */
function givenBy (flags: OptionFlags, { env, tools: { output, configFile } }: Pick<Definition, 'env' | 'tools'>): Given {
  const { from } = originsOf(OPTIONS, flags, env).fixtures
  return { output, fixtures: from === 'default' ? configFile()?.fixtures ?? null : null }
}

interface ExecFlags extends OptionFlags {
  failOnIgnored?: boolean
  exportOnExit?: string
}

/** The options of an emulator that belongs to a command. It ignores their environment variables. */
const OWN_DEFAULTS = { port: '0', database: ':memory:' } as const satisfies Partial<Record<OptionName, string>>

function addExec (program: Command, { env, local, tools }: Definition): void {
  const command = program.command('exec')
    .description('start an emulator, run a command against it, and exit with its exit code: exec -- npm test')
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the command to run, with its arguments')
    .passThroughOptions()
    .option('--fail-on-ignored', 'exit with 1 if a call had fields that the API ignores')
    .addOption(option('--export-on-exit <file>', 'file for a snapshot of the default sandbox, for --from-snapshot', nonEmpty))
  for (const [name, row] of Object.entries(OPTIONS)) command.addOption(execOption(name as OptionName, row))
  command.addOption(optionOf(CONFIG_OPTION))
  command.action((words: string[], { failOnIgnored = false, exportOnExit, ...flags }: ExecFlags) => {
    if (words[0] === '') throw new UsageError('<command...>: must begin with the name of a program, not ""')
    const options = { command: words, failOnIgnored, exportOnExit, env }
    const config = readConfig({ ...OWN_DEFAULTS, ...flags }, env, { file: tools.configFile() })
    if (exportOnExit !== undefined && !config.control) throw new UsageError('--export-on-exit excludes --control off')
    if (failOnIgnored && (!config.control || config.requestLog === 0)) {
      throw new UsageError('--fail-on-ignored reads the request log: leave out --control off and --request-log 0')
    }
    return local.exec(config, options, givenBy(flags, { env, tools }))
  })
}

function execOption (name: OptionName, row: OptionRow<unknown>): Option {
  const fallback = (OWN_DEFAULTS as Partial<Record<OptionName, string>>)[name]
  return fallback === undefined ? optionOf(row) : new Option(`--${row.flag} ${row.value}`, `${row.about} [default: ${fallback}]`)
}

interface ImportFlags {
  apiKey?: string
  baseUrl?: string
  environment: 'test_mode' | 'live_mode'
  out?: string
  customers?: 'all' | 'none'
  anonymize?: boolean
}

function addImport (program: Command, { env, local, tools }: Definition): void {
  program.command('import').description('copy the catalog of a real account into a fixtures file; it only reads')
    .addOption(option('--api-key <key>', 'API key of the account; a read-only key is enough [DODO_PAYMENTS_API_KEY]', nonEmpty))
    .addOption(option('--base-url <url>', "URL of the account's API (default: the URL of the environment)", webUrl))
    .addOption(option('--environment <name>', 'environment of the account: test_mode or live_mode',
      oneOf('test_mode', 'live_mode')).default('test_mode'))
    .addOption(option('--out <file>', 'file to write, YAML if it ends in .yaml, else JSON (default: standard output)', nonEmpty))
    .addOption(option('--customers <which>', 'all or none (default: all in test_mode, none in live_mode)', oneOf('all', 'none')))
    .option('--anonymize', 'replace names and e-mail addresses of customers, and omit phone numbers and metadata')
    .action(async ({ apiKey, baseUrl, environment, out, customers, anonymize = false }: ImportFlags) => {
      const key = apiKey ?? env[API_KEY_OPTION.env]
      if (key === undefined || key === '') throw new UsageError('give the API key with --api-key or DODO_PAYMENTS_API_KEY')
      const which = customers ?? (environment === 'test_mode' ? 'all' : 'none')
      const account = { apiKey: key, baseUrl, environment }
      await local.importAccount({ account, out, customers: which === 'all', anonymize }, tools.output)
    })
}

function addFixtures (program: Command, { env, local, tools }: Definition): void {
  const fixtures = program.command('fixtures').description('check fixtures files')
  fixtures.command('check').description('check whether an emulator can start from these files')
    .argument('<files...>', 'JSON or YAML files, combined in this order')
    .action((files: string[]) => local.checkFixtures(files, readConfig({ database: ':memory:' }, env), tools.output))
}

function apiKeyOf (env: Environment, file: ConfigFile | null): string {
  const [accepted] = readConfig({}, { [OPTIONS.apiKeys.env]: env[OPTIONS.apiKeys.env] }, { file }).apiKeys
  return accepted ?? (env[API_KEY_OPTION.env] || API_KEY_OPTION.fallback)
}
