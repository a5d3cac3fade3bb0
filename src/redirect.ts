/**
 * `node --import dodo-emulator/redirect app.js` sends to the emulator what the app's `fetch` would send to Dodo Payments: for
 * libraries that make the client themselves and take no base URL. It is loaded before the app, changes the global `fetch` and
 * nothing else, and must not know the emulator, which is another process. What it can't send there it never sends anywhere.
 */

/** The API and the hosted checkout, each in test and in live mode. */
const HOSTS: ReadonlySet<string> = new Set([
  'test.dodopayments.com', 'live.dodopayments.com', 'test.checkout.dodopayments.com', 'checkout.dodopayments.com'
])

const VARIABLE = 'DODO_PAYMENTS_EMULATOR_URL'
const FALLBACK = 'http://127.0.0.1:4010'

/** On the changed function, in whichever copy of this file it was made. */
const CHANGED = Symbol.for('dodo-emulator.redirect')

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]

const emulator = emulatorUrl(process.env[VARIABLE] || FALLBACK)
const announced = new Set<string>()

if (!(CHANGED in globalThis.fetch)) globalThis.fetch = redirecting(globalThis.fetch)

/** Throws where it would not lead to an emulator: an app that does not start is better than one that reaches the real service. */
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

/** Whatever has the form of a Request, because there are several classes of that name. */
function isRequest (input: Input): input is Request {
  return typeof input === 'object' && 'url' in input
}

/** Where a call goes instead; null for what is not meant for Dodo Payments. */
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

/** By the whole name: a name that only begins or ends like one of theirs is somebody else's. A dot at the end changes nothing. */
function isDodo ({ hostname }: URL): boolean {
  return HOSTS.has(hostname.replace(/\.$/, ''))
}

function announce (host: string): void {
  if (announced.has(host)) return
  announced.add(host)
  process.stderr.write(`dodo-emulator: calls to ${host} go to ${emulator.origin}\n`)
}

export {}
