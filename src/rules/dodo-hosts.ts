/** The host names of the real service. redirect.ts has a copy, because it imports nothing. */

/** The API and the hosted checkout, in test and live mode. */
export const DODO_HOSTS: ReadonlySet<string> = new Set([
  'test.dodopayments.com', 'live.dodopayments.com', 'test.checkout.dodopayments.com', 'checkout.dodopayments.com'
])

/** Compares the whole name, without case and without a trailing dot. */
export function isDodoHost (name: string): boolean {
  return DODO_HOSTS.has(name.toLowerCase().replace(/\.$/, ''))
}
