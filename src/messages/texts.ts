/** Texts in a language that need the data of a sandbox: amounts, and the reasons of declines. */
import type { Sandbox } from '../sandbox/sandbox.js'
import type { Locale } from './locale.js'

/** The language of a page, a document or an e-mail, and the sandbox whose data it shows. */
export interface Shown {
  sandbox: Sandbox
  locale: Locale
}

/** An amount in minor units, with its currency. */
export function moneyText (amount: number, currency: string, { sandbox, locale }: Shown): string {
  return locale.money(amount, currency, sandbox.reference.currencies[currency]?.exponent ?? 2)
}

/** The reason of a decline for the customer; null if it is not known. */
export function failureText (code: string | null, { sandbox, locale }: Shown): string | null {
  const message = sandbox.reference.failureCodes[code ?? '']?.customer_message
  return message === undefined ? null : locale.translation(message) ?? message
}
