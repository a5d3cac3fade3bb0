/** The command `load`: adds the data of a fixtures file to a running emulator. */
import type { Command } from 'commander'
import { nonEmpty } from '../config/values.js'
import { argument } from './arguments.js'
import { RefusedError } from './ask.js'
import { askPatiently } from './patience.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

export function addLoad (program: Command, { client, targetOf }: Tools): void {
  client(program, 'load', 'add the data of a fixtures file').alias('seed')
    .addArgument(argument('<file>', 'JSON or YAML', nonEmpty))
    .action((file: string, flags: TargetFlags) => load(targetOf(flags), file))
}

/**
 * Prints the ids of the created objects. Throws a SetupError with each problem and its line. Imports the modules that read files
 * on demand, because they would slow down the other commands.
 */
async function load (target: Target, path: string): Promise<void> {
  const { readSource } = await import('../fixtures/read.js')
  const { FixturesError } = await import('../fixtures/report.js')
  const { asWritten, toSend } = await import('../fixtures/sending.js')
  const source = await readSource(path)
  try {
    const text = await askPatiently(target, '/_emulator/load', { body: toSend(source) })
    console.log(JSON.stringify(JSON.parse(text), null, 2))
  } catch (error) {
    if (!(error instanceof RefusedError) || error.details.length === 0) throw error
    throw new FixturesError([{ source, violations: asWritten(source, error.details) }])
  }
}
