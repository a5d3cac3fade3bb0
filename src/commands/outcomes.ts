/** Commands that act as a customer or a bank, on checkout sessions, payments and refunds; also `health` and `idle`. */
import type { Command } from 'commander'
import { argument, cardNumber, durationUpTo, errorCode, identifier, jsonObject, oneOf, option } from './arguments.js'
import { RefusedError, ask, type Question } from './ask.js'
import type { Target, TargetFlags } from './target.js'
import type { Tools } from './tools.js'

export function addHealth (program: Command, { client, targetOf }: Tools): void {
  client(program, 'health', 'exit with 0 if an emulator answers')
    .action(async (flags: TargetFlags) => { console.log(await ask(targetOf(flags), '/_emulator/health')) })
}

const DETAILS = '{"customer":{"email":"ada@example.com","name":"Ada"}}'

interface CheckoutFlags extends TargetFlags {
  details?: object
}

interface PayFlags extends CheckoutFlags {
  card?: string
  outcome?: string
  errorCode?: string
}

/** The options for the fields of the request. All other fields come from --details. */
const NAMES = { card: '--card', outcome: '--outcome', error_code: '--error-code', '*': '--details' }

export function addOutcomes (program: Command, tools: Tools): void {
  const { client, targetOf } = tools
  const onCheckout = (name: string, about: string) =>
    client(program, name, about).addArgument(argument('<id>', 'checkout session (cks_…) or payment (pay_…)', identifier))
  const details = () =>
    option('--details <json>', `details that the customer enters in a checkout session, such as ${DETAILS}`, jsonObject(DETAILS))

  onCheckout('pay', 'pay a checkout session or a payment, as a customer does on the hosted page')
    .addOption(option('--card <number>', 'pay with a test card', cardNumber).conflicts('outcome'))
    .addOption(option('--outcome <outcome>',
      'succeeded (the default), failed, processing, cancelled or requires_customer_action',
      oneOf('succeeded', 'failed', 'processing', 'cancelled', 'requires_customer_action')))
    .addOption(option('--error-code <code>', 'reason for the failure; with --outcome failed', errorCode))
    .addOption(details())
    .action((id: string, { card, outcome, errorCode, details, ...flags }: PayFlags) => {
      const how = card === undefined ? { outcome: outcome ?? 'succeeded' } : { card }
      return act(targetOf(flags), id, 'pay', { ...details, ...how, error_code: errorCode })
    })

  onCheckout('expire', 'expire a checkout session or the link of a payment now')
    .action((id: string, flags: TargetFlags) => act(targetOf(flags), id, 'expire', {}))

  onCheckout('abandon', 'abandon a checkout, which sends abandoned_checkout.detected')
    .addOption(details())
    .action((id: string, { details = {}, ...flags }: CheckoutFlags) => act(targetOf(flags), id, 'abandon', details))

  addSettle(program, tools)
}

async function act (target: Target, id: string, action: string, body: object): Promise<void> {
  const kind = await isSession(target, id) ? 'checkouts' : 'payments'
  await print(target, `${kind}/${encodeURIComponent(id)}/${action}`, { body, names: NAMES })
}

/** Decides by the prefix of the id. An id from a fixtures file may have another prefix and is looked up. */
async function isSession (target: Target, id: string): Promise<boolean> {
  if (id.startsWith('cks_') || id.startsWith('pay_')) return id.startsWith('cks_')
  try {
    await ask(target, `/_emulator/checkouts/${encodeURIComponent(id)}`)
    return true
  } catch (error) {
    if (error instanceof RefusedError) return false
    throw error
  }
}

function addSettle (program: Command, { client, targetOf }: Tools): void {
  client(program, 'settle', 'settle a pending refund')
    .addArgument(argument('<refund_id>', 'the refund', identifier))
    .addArgument(argument('[status]', 'succeeded, failed or review', oneOf('succeeded', 'failed', 'review')).default('succeeded'))
    .action((refundId: string, status: string, flags: TargetFlags) => print(
      targetOf(flags), `refunds/${encodeURIComponent(refundId)}/settle`, { body: { status }, names: { status: '[status]' } }))

  client(program, 'idle', 'wait until no job or delivery is due or in progress')
    .addOption(option('--timeout <duration>', 'give up after this', durationUpTo('10m')).default(10_000, '10s'))
    .action(async ({ timeout, ...flags }: TargetFlags & { timeout: number }) => {
      await print(targetOf(flags), `idle?timeout_ms=${timeout}`, { waitsMs: timeout, names: { timeout_ms: '--timeout' } })
    })
}

/** Sends a request to the control API and prints the reply. */
export async function print (target: Target, path: string, question: Question = {}): Promise<void> {
  console.log(JSON.stringify(JSON.parse(await ask(target, `/_emulator/${path}`, question)), null, 2))
}
