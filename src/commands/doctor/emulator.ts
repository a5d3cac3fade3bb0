/** Checks of `doctor` that call the emulator: whether it answers, the key, the clocks, the webhook secret and its links. */
import type { components } from '../../contract/control-types.gen.js'
import { open } from '../../client/send.js'
import { webhookKey } from '../../config/values.js'
import { UnreachableError } from '../../errors.js'
import { VERSION } from '../../root.js'
import { systemClock } from '../../sandbox/clock.js'
import { maskedUrl } from '../../requests/secrets.js'
import { askJson, RefusedError } from '../ask.js'
import type { Target } from '../target.js'
import { ok, problem, warning, type Finding, type SetUp } from './findings.js'

type Schemas = components['schemas']

const TIMEOUT_MS = 5000

/** Receivers refuse signatures that are older or newer than five minutes. */
const SKEW_MAX_MS = 300_000

/** Checks everything that depends on the emulator. If it does not answer, this is the only finding. */
export async function checkEmulator (setUp: SetUp): Promise<Finding[]> {
  const { target } = setUp
  try {
    const health = await askJson<Schemas['Health']>(target, '/_emulator/health')
    const running = health.version === VERSION
      ? ok('emulator', `version ${health.version} answers at ${target.url}`)
      : warning('emulator', `version ${health.version} answers at ${target.url}, and this command has version ${VERSION}`,
        'use the same version for both')
    return [
      running, ...await checkBaseUrl(setUp), await checkKey(setUp), await checkComputerClock(target), ...await checkClock(target),
      ...await checkWebhookKey(setUp), await checkLinks(health.links_url)
    ]
  } catch (error) {
    return [noEmulator(target, error)]
  }
}

/** The codes of a connection on which a program does not speak HTTP, or has no certificate. */
const NOT_HTTP = /^(?:HPE_|ERR_SSL|EPROTO|ECONNRESET)/

function noEmulator ({ url }: Target, error: unknown): Finding {
  const { code = '' } = error as NodeJS.ErrnoException
  if (error instanceof UnreachableError && !NOT_HTTP.test(code)) {
    return problem('emulator', error.message, `start it with npx dodo-emulator start, or name its URL with --url, not ${url}`)
  }
  const message = `another program uses ${url}: ${(error as Error).message}`
  return problem('emulator', message, 'stop it, or start the emulator with another --port (0 for any free port)')
}

/** Whether the program's base URL leads to this emulator. */
async function checkBaseUrl ({ variables: { DODO_PAYMENTS_BASE_URL: baseUrl }, target }: SetUp): Promise<Finding[]> {
  if (!baseUrl || !URL.canParse(baseUrl)) return []
  if (baseUrl.replace(/\/$/, '') === `${target.url}${target.prefix}`) return []
  try {
    const url = baseUrl.replace(/\/$/, '')
    await askJson<Schemas['Health']>({ ...target, url, prefix: '' }, '/_emulator/health')
    const own = `${target.url}${target.prefix}`
    return [warning('base-url', `DODO_PAYMENTS_BASE_URL leads to an emulator, but is not ${own}`,
      'ignore this if both are names of one emulator; otherwise set it to that URL')]
  } catch {
    return [problem('base-url', `no emulator answers at DODO_PAYMENTS_BASE_URL: ${maskedUrl(baseUrl)}`,
      `set it to ${target.url}${target.prefix}`)]
  }
}

async function checkKey ({ variables: { DODO_PAYMENTS_API_KEY: apiKey }, target }: SetUp): Promise<Finding> {
  if (!apiKey) {
    return warning('api-key', 'DODO_PAYMENTS_API_KEY is not set', 'set it; an emulator without --api-keys accepts any key')
  }
  try {
    await askJson(target, '/products?page_size=1', { apiKey })
    return ok('api-key', 'the emulator accepts DODO_PAYMENTS_API_KEY')
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'UNAUTHORIZED') {
      return problem('api-key', 'the emulator does not accept DODO_PAYMENTS_API_KEY',
        'set it to a key of --api-keys, or start the emulator without this option')
    }
    return warning('api-key', `a call with DODO_PAYMENTS_API_KEY failed: ${(error as Error).message}`, 'try again')
  }
}

/** Compares the computers, because the emulator may run on another one, or in a virtual machine whose clock has stopped. */
async function checkComputerClock (target: Target): Promise<Finding> {
  const before = systemClock().now() / 1000
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await open(target.url, { method: 'GET', path: '/_emulator/health', headers: {}, signal })
  response.resume()
  const skewMs = Date.parse(response.headers.date ?? '') - before
  if (!(Math.abs(skewMs) > SKEW_MAX_MS)) return ok('clock', 'the clocks of both computers agree')
  const seconds = Math.round(skewMs / 1000)
  const message = `the clock of the emulator's computer is ${differenceText(seconds)}, so receivers refuse its webhooks`
  return problem('clock', message, 'set the clocks of both computers')
}

/** The sandbox's clock can be moved on purpose. */
async function checkClock (target: Target): Promise<Finding[]> {
  try {
    const { frozen, now, offset_ms: offsetMs } = await askJson<Schemas['Clock']>(target, '/_emulator/clock')
    const release = 'run npx dodo-emulator clock release, or reset the sandbox, if this is not intended'
    if (frozen) return [warning('clock', `the sandbox's clock is frozen at ${now}`, release)]
    if (Math.abs(offsetMs) <= SKEW_MAX_MS) return []
    return [warning('clock', `the sandbox's clock is ${differenceText(Math.round(offsetMs / 1000))}`, release)]
  } catch (error) {
    return [problem('emulator', `the control API refuses this command: ${(error as Error).message}`,
      'give the key with --control-key or CONTROL_KEY')]
  }
}

/** `3600 s ahead` */
function differenceText (seconds: number): string {
  return `${Math.abs(seconds).toLocaleString('en-US')} s ${seconds > 0 ? 'ahead' : 'behind'}`
}

interface Endpoint { id: string, url: string }

/** Whether the secret of the program signs the deliveries of an endpoint. */
async function checkWebhookKey (
  { variables: { DODO_PAYMENTS_WEBHOOK_KEY: key, DODO_PAYMENTS_API_KEY: apiKey = 'test' }, target }: SetUp
): Promise<Finding[]> {
  const endpoints = await endpointsOf(target, apiKey)
  if (endpoints === null) return []
  if (endpoints.length === 0) {
    if (!key) return []
    return [warning('webhook-key', 'no webhook endpoint is registered, so nothing is signed with DODO_PAYMENTS_WEBHOOK_KEY',
      'start with --webhook-url, register one with POST /webhooks, or run npx dodo-emulator webhooks listen')]
  }
  const [first] = endpoints
  if (!key) {
    return [warning('webhook-key', `DODO_PAYMENTS_WEBHOOK_KEY is not set, and events go to ${maskedUrl(first?.url ?? '')}`,
      `set it to the secret of the endpoint: GET /webhooks/${first?.id}/secret`)]
  }
  if (!isKey(key)) return [problem('webhook-key', 'DODO_PAYMENTS_WEBHOOK_KEY must be whsec_ followed by Base64', 'copy it again')]
  const secrets = await Promise.all(endpoints.map(({ id }) =>
    askJson<{ secret: string }>(target, `/webhooks/${encodeURIComponent(id)}/secret`, { apiKey })))
  const isKnown = secrets.some(({ secret }) => secret === key)
  if (isKnown) return [ok('webhook-key', 'DODO_PAYMENTS_WEBHOOK_KEY is the secret of an endpoint')]
  return [problem('webhook-key', 'DODO_PAYMENTS_WEBHOOK_KEY is not the secret of any endpoint, so signatures are refused',
    `set it to the secret of ${maskedUrl(first?.url ?? '')}: GET /webhooks/${first?.id}/secret`)]
}

/** Null if the key is refused, which is a finding of its own. */
async function endpointsOf (target: Target, apiKey: string): Promise<Endpoint[] | null> {
  try {
    return (await askJson<{ data: Endpoint[] }>(target, '/webhooks?limit=100', { apiKey })).data
  } catch (error) {
    if (error instanceof RefusedError) return null
    throw error
  }
}

function isKey (text: string): boolean {
  try {
    webhookKey(text)
    return true
  } catch {
    return false
  }
}

/** Names that only programs in containers know, so that a browser beside them can't open links. */
const CONTAINERS_ONLY = /^(?:host\.docker\.internal|(?!localhost$)[^.:[\]]+)$/

async function checkLinks (url: string): Promise<Finding> {
  const fix = 'start the emulator with --public-url and a URL that the browser can open'
  const { hostname } = new URL(url)
  try {
    await askJson<Schemas['Health']>({ url, prefix: '', controlKey: null }, '/_emulator/health')
  } catch {
    return problem('links', `links begin with ${url}, where no emulator answers`, fix)
  }
  if (!CONTAINERS_ONLY.test(hostname)) return ok('links', `links begin with ${url}`)
  return warning('links', `links begin with ${url}, which browsers outside of the containers can't open`, fix)
}
