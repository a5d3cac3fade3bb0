/** Commands that do what a customer does: pay, expire and abandon, each for a checkout session or a payment. */
import type { Config } from '../config.js'
import { askJson } from './ask.js'
import { readObject } from './values.js'

export interface PayFlags {
  card?: string
  outcome?: string
  errorCode?: string
  details?: string
}

const EXAMPLE = '{"customer":{"email":"ada@example.com","name":"Ada"}}'

export const DETAILS_ABOUT = `what the customer of a checkout session enters, such as ${EXAMPLE}`

/** Pays, and prints the payment. */
export async function pay (config: Config, id: string, { card, outcome, errorCode, details }: PayFlags): Promise<void> {
  const how = card === undefined ? { outcome: outcome ?? 'succeeded' } : { card, outcome }
  await act(config, id, 'pay', { ...detailsOf(details), ...how, error_code: errorCode })
}

/** Expires, and prints the session or the payment. */
export async function expire (config: Config, id: string): Promise<void> {
  await act(config, id, 'expire', {})
}

/** Leaves a checkout unfinished, and prints the payment. */
export async function abandon (config: Config, id: string, details: string | undefined): Promise<void> {
  await act(config, id, 'abandon', detailsOf(details))
}

function detailsOf (text: string | undefined): object {
  return text === undefined ? {} : readObject('--details', text, EXAMPLE)
}

/** The id tells whether a session or a payment is meant. */
async function act (config: Config, id: string, action: string, body: object): Promise<void> {
  const kind = id.startsWith('cks_') ? 'checkouts' : 'payments'
  const reply = await askJson<object>(config, `/_emulator/${kind}/${encodeURIComponent(id)}/${action}`, { body })
  console.log(JSON.stringify(reply, null, 2))
}
