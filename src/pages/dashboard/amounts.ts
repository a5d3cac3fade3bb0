/**
 * Amounts as people type them, `12.34`, and as the API takes them, 1234. What is no amount of the currency stays the text that it
 * is, for the API to refuse. Digits are moved as text: no floating point decides an amount.
 */
import type { CurrencyTable } from '../../rules/money.js'

/** Undefined where nothing was typed. */
export function minorOf (text: string | undefined, currency: string, currencies: CurrencyTable): number | string | undefined {
  if (text === undefined || text === '') return undefined
  const exponent = currencies[currency]?.exponent ?? 2
  const [, sign = '', whole, decimals = ''] = /^(-?)(\d{1,12})(?:\.(\d*))?$/.exec(text) ?? []
  if (whole === undefined || decimals.length > exponent) return text
  return Number(sign + whole + decimals.padEnd(exponent, '0'))
}

/** The other way round, for a field that is to be filled in. */
export function majorText (amountMinor: number, currency: string, currencies: CurrencyTable): string {
  const exponent = currencies[currency]?.exponent ?? 2
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0')
  const sign = amountMinor < 0 ? '-' : ''
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
