/** Runs a command line: finds and runs the command, and reports errors in one line and with an exit code. */
import { CommanderError, type Command } from 'commander'
import { SetupError, UnreachableError, UsageError } from '../errors.js'
import { createProgram, type ProgramOptions } from './program.js'

/** The exit codes of every command. */
export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const

/** Returns the exit code. Prints errors and never throws. */
export async function runCommandLine (args: readonly string[], options: ProgramOptions): Promise<number> {
  const { program, defaults, release } = createProgram(options)
  try {
    await program.parseAsync(completed(args, program, defaults), { from: 'user' })
    return EXIT.done
  } catch (error) {
    if (error instanceof CommanderError) return endOf(error, program)
    console.error(`dodo-emulator: ${explain(error as NodeJS.ErrnoException)}`)
    if (error instanceof UsageError) return EXIT.usage
    return error instanceof UnreachableError ? EXIT.unreachable : EXIT.refused
  } finally {
    release()
  }
}

/** Adds an omitted default command, and rewrites `help clock set` as `clock set --help`. */
function completed (args: readonly string[], program: Command, defaults: ReadonlyMap<Command, Command>): string[] {
  if (args[0] === 'help') return helpOf(args.slice(1), program)
  let command = program
  let at = 0
  for (let named; (named = find(command, args[at])) !== undefined; at++) command = named
  const fallback = defaults.get(command)
  const rest = args.slice(at)
  if (fallback === undefined || isHelp(rest[0])) return [...args]
  const operand = firstOperand(rest, fallback)
  if (operand === undefined) return [...args.slice(0, at), fallback.name(), ...rest]
  if (find(command, operand) === undefined) return [...args.slice(0, at), operand] // commander reports it as unknown
  throw new UsageError(`put options after the command: ${[...pathOf(command), operand].join(' ')} …`)
}

/** `clock set --help` for `clock set`. Names that are unknown are passed on without `--help`, so that commander reports them. */
function helpOf (names: readonly string[], program: Command): string[] {
  let command = program
  for (const [at, name] of names.entries()) {
    const next = find(command, name)
    if (next === undefined) return command.commands.length === 0 ? [...names.slice(0, at), '--help'] : names.slice(0, at + 1)
    command = next
  }
  return [...names, '--help']
}

function find (command: Command, name: string | undefined): Command | undefined {
  return command.commands.find(child => child.name() === name || child.aliases().some(alias => alias === name))
}

function isHelp (argument: string | undefined): boolean {
  return argument !== undefined && ['-h', '--help', '-V', '--version'].includes(argument)
}

/** The first argument that is neither an option nor the value of one; undefined after an unknown option, which is reported. */
function firstOperand (args: readonly string[], command: Command): string | undefined {
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? ''
    if (argument === '--') return args[at + 1]
    if (!argument.startsWith('-')) return argument
    const [name, value] = argument.split('=', 2)
    const option = command.options.find(({ long, short }) => name === long || name === short)
    if (option === undefined) return undefined
    if (option.required && value === undefined) at++
  }
  return undefined
}

/** `dodo-emulator clock` */
function pathOf (command: Command): string[] {
  return [...command.parent === null ? [] : pathOf(command.parent), command.name()]
}

/** Prints commander's error in our format and returns the exit code. Help and version are already printed. */
function endOf ({ exitCode, code, message }: CommanderError, program: Command): number {
  if (exitCode === 0) return EXIT.done
  if (code === 'commander.help') return EXIT.usage
  const [said = '', suggestion] = message.replace(/^error: /, '').split('\n(Did you mean ')
  const hint = suggestion === undefined ? `: see ${program.name()} --help` : `, did you mean ${suggestion.slice(0, -1)}`
  console.error(`dodo-emulator: ${said.replace(/\.$/, '')}${hint}`)
  return EXIT.usage
}

/** One line for errors that the user can fix. A stack trace only for bugs. */
function explain (error: NodeJS.ErrnoException & { address?: string, port?: number, hostname?: string }): string {
  if (error instanceof SetupError) return error.message
  const where = `${error.address ?? ''}:${error.port ?? ''}`
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use: stop the program that listens there, or choose another port with --port (0 for any free port)`
    case 'EACCES':
      return error.port === undefined ? error.message : `${where} requires privileges: choose a port above 1023 with --port`
    case 'EADDRNOTAVAIL': return `the address ${error.address ?? ''} does not belong to this computer: check --host`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name ${error.hostname ?? ''} does not exist: set --host to a name or an address of this computer`
    case 'ENOENT':
    case 'EISDIR':
    case 'EROFS': return error.message
    default: return error.stack ?? error.message
  }
}
