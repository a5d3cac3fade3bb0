/** What the commands that call an emulator are made with. */
import type { Command } from 'commander'
import type { Target, TargetFlags } from './target.js'

export interface Tools {
  /** Adds a command to its parent, with the options that say which emulator it calls. */
  client (parent: Command, name: string, about: string): Command
  /** Adds a command that only has others below it. */
  group (name: string, about: string): Command
  /** Makes a command the one that is meant where its parent is given none. */
  byDefault (command: Command): void
  targetOf (flags: TargetFlags): Target
  /** The key for calls of the emulated API. */
  apiKeyOf (flag: string | undefined): string
  /** Aborted when the person has seen enough. */
  stopSignal (): AbortSignal
}
