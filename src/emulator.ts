/** Composition root: the only file that knows HTTP, SQLite and the resources. It wires them together. */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { steadyClock, systemClock } from './sandbox/clock.js'
import type { Config } from './config/config.js'
import { contract, controlContract } from './contract/load.js'
import { controlHandlers } from './control/routes.js'
import { addMcp } from './control/mcp.js'
import { addRequestStream } from './control/stream.js'
import { SetupError, UsageError } from './errors.js'
import type { MadeItems } from './fixtures/items.js'
import type { Prepare, StartData } from './fixtures/load.js'
import { packageData } from './fixtures/package-data.js'
import type { Basics } from './fixtures/rehearsal.js'
import { bindContract } from './http/bind.js'
import { baseUrls, pageContexts, servedContract } from './http/context.js'
import { createFaultGate } from './http/faults.js'
import { addControlPreflight, createGuard, type GuardOptions } from './http/guard.js'
import { callCounter } from './http/limits.js'
import { listenOnOtherLoopback, type Loopback } from './http/loopback.js'
import type { ReceiverTrust } from './delivery/post.js'
import { listenSecurely, type SecureListeners } from './http/tls/secure.js'
import { createOperate } from './http/operate.js'
import { baseUrlFrom, mountedBaseUrl } from './http/base-url.js'
import type { Mount } from './http/mount/path.js'
import { recordCalls, recordSubmissions } from './http/record.js'
import { createServer } from './http/server.js'
import { createWrites } from './http/writes.js'
import { createIds } from './sandbox/ids.js'
import { hostInUrl } from './config/values.js'
import { addDashboardPages } from './pages/dashboard/entrance.js'
import { addDocsRoutes } from './pages/docs.js'
import { addGuideRoutes } from './pages/guide.js'
import { addHostedPages } from './pages/hosted.js'
import type { FormDraft } from './pages/form-draft.js'
import { createKeptForms } from './pages/kept-forms.js'
import { missingPage } from './pages/missing.js'
import { addUploads } from './pages/uploads.js'
import { reference } from './sandbox/reference.js'
import { createReporter } from './report.js'
import { effects, handlers, jobs, payloads } from './resources/all.js'
import { configureEndpoint, configuredSecret } from './resources/webhooks/configured.js'
import { isRefusedByFetch } from './rules/fetch-ports.js'
import type { SandboxOptions, SandboxDefaults, StartFrom } from './sandbox/open.js'
import type { Sandbox, Settings } from './sandbox/sandbox.js'
import { DEFAULT_SANDBOX, createSandboxes } from './sandbox/sandboxes.js'
import { checkSnapshot, upgraded } from './store/snapshot.js'

export { createAuthority } from './http/tls/secure.js'
export { fetchHandler, sendInside } from './http/mount/fetch.js'
export { nodeHandler } from './http/mount/node.js'

export interface Server {
  app: FastifyInstance
  /** The beginning of links that no request asks for, such as those in webhooks of due work. */
  url (): string
  sandbox: Sandbox
  /** The objects of the fixtures' scenario in a sandbox (default: the default one). Empty if the sandbox existed before. */
  played (name?: string): MadeItems
  /** Starts listening. Resolves with the address once requests are answered. */
  listen (): Promise<Listening>
  close (): Promise<void>
}

export interface Listening {
  /** The beginning of links. */
  url: string
  /** The URL for programs on this computer. */
  address: string
  port: number
  /** The URL of `tls`; null without this option. */
  tlsUrl: string | null
  /** The URL of `proxy`; null without this option. */
  proxyUrl: string | null
  /** The certificate that programs must trust for both; null without them. */
  certificateFile: string | null
  /** The secret of the configured webhook endpoint, or null without one. */
  webhookSecret: string | null
}

/** An application that the emulator is part of. */
export interface Mounting {
  /** The path below which it is mounted: `/dodo`; empty for the root. */
  path: string
  /** Whether links use the headers that a proxy sets. */
  trustProxy: boolean
}

/**
 * Opens the default sandbox and creates the server without listening. New sandboxes start from the data of `prepareData`, or
 * from the package's own fixtures. Throws a SetupError.
 */
export function createApp (config: Config, prepareData?: Prepare, system = systemClock(), mounting?: Mounting): Server {
  const reporter = createReporter(text => { console.error(text) })
  const { report } = reporter
  const writes = createWrites()
  let url = config.publicUrl ?? `http://127.0.0.1${mounting?.path ?? ''}`
  const mount = mounting === undefined ? undefined : { ...mounting, seen: (baseUrl: string) => { url = baseUrl } }
  const basics = sandboxDefaults(config, { system, url: () => url, report, answered: writes.flush, note: reporter.note })
  const { database, seed, sandboxLimit: limit } = config
  const rehearsal: Basics = { sandboxOptions: basics, ids: createIds(seed) }
  const data = prepareData?.(rehearsal)
  const sandboxOptions: SandboxOptions = { ...basics, startFrom: startOf(config, data, rehearsal) }
  const sandboxes = createSandboxes({
    database, seed, limit, sandboxOptions, prepare: sandbox => { prepare(sandbox, config, report) }, log: reporter.note
  })
  const keys = { apiKeys: config.apiKeys, readOnlyKeys: config.readOnlyApiKeys }
  const pageOptions = { ...dashboardOptions(config), root: rootPath(config, mount) }
  const app = createServer({ keys, report, sendMissing: missingPage(pageOptions.root), writes, mount })
  const baseUrlOf = mount === undefined ? baseUrlFrom(config.publicUrl, () => url) : mountedBaseUrl(config.publicUrl, mount)
  const binding = { keys, baseUrlOf, sandboxes, report, strict: config.strict }
  const drafts = createKeptForms<FormDraft>(({ body }) => Object.values(body).join())
  const pages = { contextOf: pageContexts(sandboxes, baseUrlOf), drafts, report }
  const guarding = guardOptions(config)
  const guard = createGuard(guarding)
  const controls = controlHandlers({ sandboxes })
  const operations = [
    { operations: contract().operations, handlers }, { operations: controlContract().operations, handlers: controls }
  ]
  const faults = createFaultGate(app, { acceptsHeader: config.faultHeader, report })
  const counter = config.rateLimit === null ? null : callCounter(config.rateLimit)
  if (config.requestLog > 0) recordCalls(app, sandboxes)
  app.register(async scope => {
    if (config.requestLog > 0) recordSubmissions(scope, sandboxes)
    addDocsRoutes(scope, { offersControl: config.control, contractOf: request => servedContract(request, sandboxes) })
    addGuideRoutes(scope, baseUrls(baseUrlOf))
    addHostedPages(scope, pages)
    addUploads(scope, pages)
  })
  app.register(async scope => {
    const dashboard = { ...pages, ...pageOptions, baseUrlOf: baseUrls(baseUrlOf), guard }
    addDashboardPages(scope, { ...dashboard, operate: createOperate(operations) })
    bindContract(scope, '', contract().operations, { ...binding, handlers, faults, counter, guard: null })
    addControlPreflight(scope, guarding)
    addRequestStream(scope, { sandboxes, guard, report })
    addMcp(scope, { ...dashboardOptions(config), baseUrlOf, sandboxes, guard, report })
    const ofControl = { ...binding, handlers: controls, faults: null, counter: null, guard }
    bindContract(scope, '/_emulator', controlContract().operations, ofControl)
  })
  let loopback: Loopback | null = null
  let secure: SecureListeners | null = null
  app.addHook('onReady', async () => { sandboxes.start() })
  app.addHook('preClose', async () => { loopback?.close() })
  app.addHook('onClose', async () => {
    await Promise.all([loopback?.closed, secure?.close()])
    sandboxes.close()
    reporter.close()
  })

  return {
    app,
    url: () => url,
    sandbox: sandboxes.default,
    played: (name = DEFAULT_SANDBOX) => data?.played(sandboxes.open(name)) ?? {},
    async listen () {
      await app.listen({ port: config.port, host: config.host })
      if (LOOPBACK.has(config.host)) loopback = await listenOnOtherLoopback(app.server, line => { console.error(line) })
      const { port } = app.server.address() as AddressInfo
      const address = urlOf(config.host, port)
      url = config.publicUrl ?? address
      warnOfPorts([address, url])
      secure = await listenSecurely(config, { server: app.server, clock: system, warn: line => { console.error(line) } })
      return { url, address, port, ...secureUrls(config.host, secure), webhookSecret: webhookSecretOf(config) }
    },
    close: () => app.close()
  }
}

function sandboxDefaults (
  config: Config, run: Pick<SandboxDefaults, 'system' | 'url' | 'report' | 'answered' | 'note'>
): SandboxDefaults {
  return {
    ...run,
    settings: settingsOf(config),
    reference: reference(),
    steady: steadyClock(run.system),
    start: { at: config.clock, frozen: config.clockFrozen },
    jobs,
    payloads,
    effects,
    webhookTimeoutMs: config.webhookTimeout,
    webhookTrust: receiverTrust(config),
    smtpUrl: config.smtpUrl
  }
}

/** The secret of the configured webhook endpoint, or null without one. */
export function webhookSecretOf ({ webhookUrl, webhookKey }: Config): string | null {
  return webhookUrl === null ? null : configuredSecret(webhookUrl, webhookKey)
}

function settingsOf (config: Config): Settings {
  return {
    contract: config.contract,
    linkLifetimeUs: config.linkLifetime * 1000,
    settlementDelayUs: config.settlementDelay * 1000,
    refundDelayUs: config.refundDelay * 1000,
    sendsEmails: config.smtpUrl !== null,
    grantDelayUs: config.grantDelay * 1000,
    refundWindowUs: config.refundWindow * 1000,
    retryScheduleUs: config.webhookRetrySchedule.map(wait => wait * 1000),
    walletBalance: config.walletBalance,
    tax: config.tax,
    testHelpers: config.testHelpers,
    deniedCountries: config.deniedCountries,
    deniedCurrencies: config.deniedCurrencies,
    requestLogSize: config.requestLog
  }
}

/** The initial data of new sandboxes. */
function startOf ({ fromSnapshot }: Config, data: StartData | undefined, rehearsal: Basics): StartFrom {
  if (fromSnapshot === null) return data ?? { fixtures: () => packageData(rehearsal) }
  if (data !== undefined) throw new UsageError('--from-snapshot and --fixtures exclude each other: use one of them')
  const read = readSnapshot(fromSnapshot)
  let snapshot: Buffer | undefined
  return {
    snapshot () {
      snapshot ??= upgraded(read)
      return snapshot
    }
  }
}

function receiverTrust ({ webhookCa, webhookInsecure }: Config): ReceiverTrust {
  if (webhookCa === null) return { ca: null, isInsecure: webhookInsecure }
  try {
    const ca = readFileSync(webhookCa, 'utf8')
    if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it contains no certificate in PEM')
    return { ca, isInsecure: webhookInsecure }
  } catch (error) {
    throw new SetupError(`--webhook-ca ${webhookCa}: ${(error as Error).message}`)
  }
}

function readSnapshot (file: string): Buffer {
  try {
    const snapshot = readFileSync(file)
    checkSnapshot(snapshot)
    return snapshot
  } catch (error) {
    throw new SetupError(`--from-snapshot ${file}: ${(error as Error).message}`)
  }
}

/** Registers the configured webhook endpoint in a sandbox, if there is one. */
function prepare (sandbox: Sandbox, { webhookUrl, webhookKey }: Config, report: (error: unknown) => void): void {
  if (webhookUrl === null) return
  sandbox.batch.run(() => { configureEndpoint(webhookUrl, webhookKey, sandbox) }, error => {
    if (error !== undefined) report(error)
  })
}

/** Hosts and origins that may call /_emulator besides this computer: those of the options, including --host and --public-url. */
function guardOptions ({ control, controlKey, controlHosts, controlOrigins, publicUrl, host }: Config): GuardOptions {
  const known = [publicUrl === null ? [] : new URL(publicUrl).hostname, new URL(urlOf(host, 0)).hostname].flat()
  return {
    isOn: control,
    key: controlKey,
    hosts: new Set([...controlHosts, ...known]),
    origins: new Set([...controlOrigins, ...(publicUrl === null ? [] : [new URL(publicUrl).origin])])
  }
}

/** Options of the dashboard. It shows an API key, because its users may call the API. */
function dashboardOptions ({ apiKeys, readOnlyApiKeys, controlKey }: Config) {
  return { apiKey: [...apiKeys].find(key => !readOnlyApiKeys.has(key)) ?? 'test', controlKey }
}

/** The path that all links begin with; usually empty. */
function rootPath ({ publicUrl }: Config, mount: Mount | undefined): string {
  return publicUrl === null ? mount?.path ?? '' : new URL(publicUrl).pathname.replace(/\/$/, '')
}

/** Values of --host that mean this computer, so that both loopback addresses are used. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost'])

/** The URL at which programs on this computer reach a server that listens on `host`. */
function urlOf (host: string, port: number, scheme = 'http'): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `${scheme}://${hostInUrl(reachable)}:${port}`
}

function secureUrls (host: string, secure: SecureListeners | null): Pick<Listening, 'tlsUrl' | 'proxyUrl' | 'certificateFile'> {
  const { tlsPort = null, proxyPort = null, certificateFile = null } = secure ?? {}
  return {
    tlsUrl: tlsPort === null ? null : urlOf(host, tlsPort, 'https'),
    proxyUrl: proxyPort === null ? null : urlOf(host, proxyPort),
    certificateFile
  }
}

/** Only a warning, because curl and most servers connect to any port. */
function warnOfPorts (urls: readonly string[]): void {
  for (const port of new Set(urls.map(url => Number(new URL(url).port)))) {
    if (!isRefusedByFetch(port)) continue
    console.error(`port ${port} is reserved for another protocol: browsers and programs that use fetch refuse to ` +
      'connect to it, so choose another with --port')
  }
}
