/** The commands `dispute`, `settle-dispute`, `balances`, `ledger-entry`, `payout` and `settle-payout`. */
import { Option, type Command } from 'commander'
import { nonEmpty, wholeNumber } from '../config/values.js'
import { argument, currencyCode, identifier, oneOf, option } from './arguments.js'
import { print } from './outcomes.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

const AMOUNT_MAX = 2_147_483_647

interface DisputeFlags extends TargetFlags {
  amount?: number
  stage?: string
  reason?: string
  remarks?: string
  rdr?: boolean
  force?: boolean
}

const NAMES = {
  amount: '--amount',
  stage: '--stage',
  reason: '--reason',
  remarks: '--remarks',
  rdr: '--rdr',
  force: '--force',
  status: '<status>'
}

const stage = () => option('--stage <stage>', 'pre_dispute, dispute or pre_arbitration',
  oneOf('pre_dispute', 'dispute', 'pre_arbitration'))
const remarks = () => option('--remarks <text>', 'a note', nonEmpty)

export function addDisputes (program: Command, { client, targetOf }: Tools): void {
  client(program, 'dispute', 'open a dispute of a payment, as the customer’s bank does')
    .addArgument(argument('<payment_id>', 'the payment', identifier))
    .addOption(option('--amount <minor units>', 'disputed amount (default: all but refunds)', wholeNumber(1, AMOUNT_MAX)))
    .addOption(stage())
    .addOption(option('--reason <reason>', 'such as product_not_received or duplicate (default: fraudulent)', nonEmpty))
    .addOption(remarks())
    .option('--rdr', 'resolve it by Rapid Dispute Resolution, immediately')
    .option('--force', 'open it although the payment has an open dispute or is fully refunded')
    .action((id: string, { amount, stage, reason, remarks, rdr, force, ...flags }: DisputeFlags) =>
      print(targetOf(flags), `payments/${encodeURIComponent(id)}/dispute`, {
        body: { amount, stage, reason, remarks, rdr, force }, names: NAMES
      }))

  client(program, 'settle-dispute', 'change the status of a dispute')
    .addArgument(argument('<dispute_id>', 'the dispute', identifier))
    .addArgument(argument('<status>', 'challenged, accepted, cancelled, expired, won, lost or opened',
      oneOf('challenged', 'accepted', 'cancelled', 'expired', 'won', 'lost', 'opened')))
    .addOption(stage())
    .addOption(remarks())
    .action((id: string, status: string, { stage, remarks, ...flags }: DisputeFlags) =>
      print(targetOf(flags), `disputes/${encodeURIComponent(id)}/settle`, { body: { status, stage, remarks }, names: NAMES }))
}

interface EntryFlags extends TargetFlags {
  currency?: string
  credit?: boolean
  debit?: boolean
  reference?: string
  description?: string
}

export function addBalances (program: Command, { client, targetOf }: Tools): void {
  client(program, 'balances', 'list the wallets of the business')
    .action((flags: TargetFlags) => print(targetOf(flags), 'balances'))

  client(program, 'ledger-entry', 'book an entry of the ledger')
    .addArgument(argument('<event_type>', 'such as adjustment, tax or payment_fees', nonEmpty))
    .addArgument(argument('<amount>', 'in minor units', wholeNumber(1, AMOUNT_MAX)))
    .addOption(option('--currency <code>', 'the wallet (default: the business currency)', currencyCode))
    .addOption(new Option('--credit', 'add the amount to the balance').conflicts('debit'))
    .addOption(new Option('--debit', 'take the amount from the balance'))
    .addOption(option('--reference <id>', 'id of the related object', nonEmpty))
    .addOption(option('--description <text>', 'a note', nonEmpty))
    .action((type: string, amount: number, { currency, credit, debit, reference, description, ...flags }: EntryFlags) =>
      print(targetOf(flags), 'ledger/entries', {
        body: {
          event_type: type,
          amount,
          currency,
          is_credit: credit === true ? true : debit === true ? false : undefined,
          reference_object_id: reference,
          description
        },
        names: {
          event_type: '<event_type>', currency: '--currency', reference_object_id: '--reference', description: '--description'
        }
      }))
}

interface PayoutFlags extends TargetFlags {
  currency?: string
  amount?: number
  status?: string
  ignoreThreshold?: boolean
  name?: string
  remarks?: string
}

const OF_PAYOUT = {
  currency: '--currency', amount: '--amount', status: '--status', ignore_threshold: '--ignore-threshold', remarks: '--remarks'
}

export function addPayouts (program: Command, { client, targetOf }: Tools): void {
  client(program, 'payout', 'pay out the balance')
    .addOption(option('--currency <code>', 'a wallet (default: all but INR, in USD)', currencyCode))
    .addOption(option('--amount <minor units>', 'gross including the fee (default: the balance)', wholeNumber(1, AMOUNT_MAX)))
    .addOption(option('--status <status>', 'not_initiated (the default), in_progress, on_hold, failed or success',
      oneOf('not_initiated', 'in_progress', 'on_hold', 'failed', 'success')))
    .option('--ignore-threshold', 'pay out less than the threshold')
    .addOption(option('--name <text>', 'a name', nonEmpty))
    .addOption(remarks())
    .action(({ currency, amount, status, ignoreThreshold, name, remarks, ...flags }: PayoutFlags) =>
      print(targetOf(flags), 'payouts', {
        body: { currency, amount, status, ignore_threshold: ignoreThreshold, name, remarks }, names: OF_PAYOUT
      }))

  client(program, 'settle-payout', 'change the status of a payout')
    .addArgument(argument('<payout_id>', 'the payout', identifier))
    .addArgument(argument('<status>', 'in_progress, on_hold, success or failed',
      oneOf('in_progress', 'on_hold', 'success', 'failed')))
    .addOption(remarks())
    .action((id: string, status: string, { remarks, ...flags }: PayoutFlags) =>
      print(targetOf(flags), `payouts/${encodeURIComponent(id)}/settle`, {
        body: { status, remarks }, names: { status: '<status>', remarks: '--remarks' }
      }))
}
