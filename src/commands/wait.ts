/** The command `wait`: waits until an emulator answers. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import { UnreachableError } from '../errors.js'
import { durationUpTo, option } from './arguments.js'
import { ask } from './ask.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

const TIMEOUT_MS = 30_000
const POLL_EVERY_MS = 100

interface WaitFlags extends TargetFlags {
  timeout: number
}

export function addWait (program: Command, { client, targetOf }: Tools): void {
  client(program, 'wait', 'wait until an emulator answers, for example in a script that has just started one')
    .addOption(option('--timeout <duration>', 'maximum waiting time', durationUpTo('24h', 0)).default(TIMEOUT_MS, '30s'))
    .action(({ timeout, ...flags }: WaitFlags) => waitFor(targetOf(flags), timeout))
}

/** Throws the last UnreachableError when the time is over, and every other error at once: something else answers there. */
async function waitFor (target: Target, timeoutMs: number): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs)
  for (;;) {
    try {
      await ask(target, '/_emulator/health')
      return
    } catch (error) {
      if (!(error instanceof UnreachableError) || timeout.aborted) throw error
    }
    await wait(POLL_EVERY_MS)
  }
}
