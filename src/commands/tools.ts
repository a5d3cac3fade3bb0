/** Functions that the commands share. */
import type { Command } from 'commander'
import type { Environment } from '../config/table.js'
import type { ConfigFile } from './config-file.js'
import type { Output, Show } from './output.js'
import type { Target, TargetFlags } from './target.js'

export interface Tools {
  /** Adds a command that calls an emulator, with the options of its target. */
  client (parent: Command, name: string, about: string): Command
  /** Adds a command that only contains subcommands. */
  group (name: string, about: string): Command
  /** Makes a command the default of its parent. */
  byDefault (command: Command): void
  targetOf (flags: TargetFlags): Target
  /** The configuration file of the command; null if there is no file. */
  configFile (): ConfigFile | null
  /** The environment variables of the process. */
  env: Environment
  /** The key for calls of the emulated API. */
  apiKeyOf (flag: string | undefined): string
  /** Prints the result of a command. */
  show: Show
  output: Output
  /** Aborted when the user ends the command. */
  stopSignal (): AbortSignal
}
