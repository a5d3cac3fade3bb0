/** Decides which API `compare` may call: the test mode of Dodo Payments, and programs on this computer. */
import { UsageError } from '../errors.js'
import { withoutTrailingSlashes } from '../rules/text.js'

export const TEST_MODE_URL = 'https://test.dodopayments.com'

const THIS_COMPUTER = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Returns the URL without a trailing slash. Throws a UsageError for any host that could be a live account. */
export function testModeUrl (text: string): string {
  const { protocol, hostname, href, username, password, search } = new URL(text)
  if (username !== '' || password !== '' || search !== '') throw new UsageError('--base-url: must have no password and no query')
  if (hostname === new URL(TEST_MODE_URL).hostname) {
    if (protocol !== 'https:') throw new UsageError(`--base-url: must be ${TEST_MODE_URL}, because the API key is secret`)
    return withoutTrailingSlashes(href)
  }
  if (THIS_COMPUTER.has(hostname)) return withoutTrailingSlashes(href)
  throw new UsageError(
    `--base-url: compare creates objects, so it calls only ${TEST_MODE_URL} and this computer, not ${hostname}`)
}

/** Throws a UsageError for a key that is named as one of live mode. */
export function checkTestKey (key: string): void {
  if (/(?:^|[^a-z])live(?:[^a-z]|$)/i.test(key)) {
    throw new UsageError('--api-key: this is the key of live mode: compare needs a key of test mode')
  }
}
