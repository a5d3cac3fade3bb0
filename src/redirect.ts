/**
 * `node --import dodo-emulator/redirect app.js` redirects the app's `fetch` calls to Dodo Payments to the emulator, for
 * libraries that create the client themselves and accept no base URL. It is loaded before the app and changes only the global
 * `fetch`. It does not import the emulator, which is another process. A call that it can't redirect fails and never reaches
 * Dodo Payments.
 */

/** The hosts of the API and the hosted checkout, in test and live mode. */
const HOSTS: ReadonlySet<string> = new Set([
  'test.dodopayments.com', 'live.dodopayments.com', 'test.checkout.dodopayments.com', 'checkout.dodopayments.com'
])

const VARIABLE = 'DODO_PAYMENTS_EMULATOR_URL'
const FALLBACK = 'http://127.0.0.1:4010'

/** Marks the changed function, even if another copy of this file changed it. */
const CHANGED = Symbol.for('dodo-emulator.redirect')

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]

const emulator = emulatorUrl(process.env[VARIABLE] || FALLBACK)
const announced = new Set<string>()

if (!(CHANGED in globalThis.fetch)) globalThis.fetch = redirecting(globalThis.fetch)

/** Throws if the URL can't be an emulator's: an app that does not start is better than one that calls the real service. */
function emulatorUrl (text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || isDodo(url)) {
    throw new Error(`${VARIABLE} must be the URL of an emulator, such as ${FALLBACK}, not ${JSON.stringify(text)}`)
  }
  return url
}

function redirecting (original: Fetch): Fetch {
  const redirected: Fetch = async (input, init) => {
    const target = targetOf(input)
    if (target === null) return await original(input, init)
    return await original(isRequest(input) ? new Request(target, input) : target, init)
  }
  return Object.assign(redirected, { [CHANGED]: true })
}

/** Checks the shape and not the class, because there are several classes named Request. */
function isRequest (input: Input): input is Request {
  return typeof input === 'object' && 'url' in input
}

/** The emulator's URL for a call; null if the call is not to Dodo Payments. */
function targetOf (input: Input): URL | null {
  const text = isRequest(input) ? input.url : String(input)
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !isDodo(url)) return null
  announce(url.host)
  const target = new URL(emulator)
  target.pathname = emulator.pathname.replace(/\/$/, '') + url.pathname
  target.search = url.search
  return target
}

/** Compares the whole host name, without a trailing dot. */
function isDodo ({ hostname }: URL): boolean {
  return HOSTS.has(hostname.replace(/\.$/, ''))
}

function announce (host: string): void {
  if (announced.has(host)) return
  announced.add(host)
  process.stderr.write(`dodo-emulator: calls to ${host} go to ${emulator.origin}\n`)
}

export {}
