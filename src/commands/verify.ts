/**
 * The commands `verify`, which checks that the expected calls were made, and `explain`, which shows how a total was calculated.
 */
import type { Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { SetupError } from '../errors.js'
import { nonEmpty, wholeNumber } from '../config/values.js'
import { argument, callOrTime, identifier, json, jsonObject, method, operation, option, statusPattern } from './arguments.js'
import { askJson } from './ask.js'
import type { Show } from './output.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Schemas = components['schemas']

interface VerifyFlags {
  operation?: string
  method?: string
  path?: string
  status?: string
  body?: unknown
  headers?: object
  since?: string
  count?: number
}

export function addVerify (program: Command, { client, targetOf, show }: Tools): void {
  client(program, 'verify', 'exit with 0 if the expected calls were made, else with 1 and the closest calls')
    .addOption(option('--operation <operation>', "'POST /payments'", operation))
    .addOption(option('--method <method>', 'POST', method))
    .addOption(option('--path <path>', '/payments/pay_1', nonEmpty))
    .addOption(option('--status <status>', '422, or 4xx', statusPattern))
    .addOption(option('--body <json>', 'a pattern: {"metadata":{"order":{"$any":true}}}', json))
    .addOption(option('--headers <json>', 'patterns by name', jsonObject('{"x-order":"7"}')))
    .addOption(option('--since <id or time>', 'only calls after this call or time', callOrTime))
    .addOption(option('--count <count>', 'exactly this many (default: at least one)', wholeNumber(0, 999_999_999)))
    .action(({ url, host, port, sandbox, controlKey, json: _json, ...pattern }: TargetFlags & VerifyFlags) =>
      verify(targetOf({ url, host, port, sandbox, controlKey }), pattern, show))

  client(program, 'explain', 'print how the total of a payment was calculated')
    .addArgument(argument('<payment_id>', 'the payment', identifier))
    .action((paymentId: string, flags: TargetFlags) => explain(targetOf(flags), paymentId, show))
}

const NAMES = {
  operation: '--operation',
  method: '--method',
  path: '--path',
  status: '--status',
  body: '--body',
  headers: '--headers',
  since: '--since',
  count: '--count'
}

/** Prints the result. Throws a SetupError with the closest calls if the expected ones were not made. */
async function verify (target: Target, pattern: VerifyFlags, show: Show): Promise<void> {
  const verified = await askJson<Schemas['Verified']>(target, '/_emulator/verify', { body: pattern, names: NAMES })
  if (verified.verified) return show(verified, ({ message }) => message)
  show(verified, () => [])
  throw new SetupError([verified.message, ...verified.near_misses.flatMap(missLines)].join('\n'))
}

function missLines ({ request_id: id, differences }: Schemas['Verified']['near_misses'][number]): string[] {
  return [`  ${id}`, ...differences.map(({ path, expected, actual }) => `    ${path}: expected ${expected}, was ${actual}`)]
}

/** Prints one line for each step of the calculation. */
async function explain (target: Target, paymentId: string, show: Show): Promise<void> {
  const path = `/_emulator/payments/${encodeURIComponent(paymentId)}/explain`
  show(await askJson<Schemas['PaymentExplanation']>(target, path), ({ text }) => text)
}
