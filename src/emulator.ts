/** Composition root: the one file that knows HTTP, SQLite and the resources, and puts them together. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { systemClock } from './clock.js'
import type { Config } from './config.js'
import { contract, controlContract } from './contract/load.js'
import { controlHandlers, pay } from './control/routes.js'
import { packageFixtures } from './fixtures.js'
import type { Prepare } from './fixtures/load.js'
import type { PlayedPayment } from './fixtures/scenario.js'
import { bindContract } from './http/bind.js'
import { createServer } from './http/server.js'
import { randomIds } from './ids.js'
import { addDocsRoutes } from './pages/docs.js'
import { addHostedPages } from './pages/hosted.js'
import { addPortalPages } from './pages/portal-routes.js'
import { addProductLinks } from './pages/product-links.js'
import { addUploads } from './pages/uploads.js'
import { reference } from './reference.js'
import { createSender } from './delivery/sender.js'
import { createScheduler } from './jobs.js'
import { handlers, jobs, payloads } from './resources/all.js'
import { configureEndpoint } from './resources/webhooks/configured.js'
import type { Endpoint } from './resources/webhooks/store.js'
import { openSandbox, type Sandbox } from './sandbox.js'

export interface Server {
  app: FastifyInstance
  sandbox: Sandbox
  /** The payments of the fixtures' scenario; empty where the database was there before. */
  played: readonly PlayedPayment[]
  /** Starts listening and tells where, once requests are answered. */
  listen (): Promise<Listening>
  close (): Promise<void>
}

export interface Listening {
  url: string
  port: number
  /** What the endpoint of the configuration is signed with; null without one. */
  webhookSecret: string | null
}

/**
 * Opens the sandbox and makes the server, without listening yet. A new sandbox starts from what `prepare` makes ready, unless
 * given from the package's own fixtures. Throws a SetupError.
 */
export function createEmulator (config: Config, prepare?: Prepare): Server {
  const system = systemClock()
  let url = config.publicUrl ?? 'http://127.0.0.1'
  const basics = {
    settings: {
      linkLifetimeUs: config.linkLifetime * 1000,
      settlementDelayUs: config.settlementDelay * 1000,
      refundDelayUs: config.refundDelay * 1000,
      refundWindowUs: config.refundWindow * 1000,
      retryScheduleUs: config.webhookRetrySchedule.map(wait => wait * 1000),
      walletBalance: config.walletBalance,
      tax: config.tax,
      deniedCountries: config.deniedCountries,
      deniedCurrencies: config.deniedCurrencies
    },
    reference: reference(),
    clock: system,
    ids: randomIds()
  }
  const start = prepare?.({ ...basics, life: { jobs, pay }, origin: () => url })
  const sandbox = openSandbox({
    ...basics, database: config.database, fixtures: start?.fixtures ?? packageFixtures, begin: start?.begin
  })
  const keys = { apiKeys: config.apiKeys, readOnlyKeys: config.readOnlyApiKeys }
  const app = createServer({ keys, report })
  const scheduler = createScheduler(sandbox, jobs, () => config.publicUrl ?? url, report)
  const sender = createSender({ sandbox, payloads, system, timeoutMs: config.webhookTimeout, report })
  const binding = {
    keys,
    publicUrl: config.publicUrl,
    sandboxOf: () => sandbox,
    report
  }
  app.register(async scope => {
    addDocsRoutes(scope)
    addHostedPages(scope, binding)
    addPortalPages(scope, binding)
    addProductLinks(scope, binding)
    addUploads(scope, binding)
    bindContract(scope, contract().operations, { ...binding, handlers, answersHead: false })
    const controls = controlHandlers({ jobs, sender })
    bindContract(scope, controlContract().operations, { ...binding, handlers: controls, answersHead: true })
  })
  let webhookSecret: string | null = null
  app.addHook('onReady', async () => {
    webhookSecret = await configuredSecret(config, sandbox)
    scheduler.start()
    sender.start()
  })
  app.addHook('onClose', async () => {
    scheduler.stop()
    sender.stop()
    sandbox.close()
  })

  return {
    app,
    sandbox,
    played: start?.payments() ?? [],
    async listen () {
      await app.listen({ port: config.port, host: config.host })
      const { port } = app.server.address() as AddressInfo
      url = urlOf(config.host, port)
      return { url, port, webhookSecret }
    },
    close: () => app.close()
  }
}

/** Registers the endpoint of the configuration, if it names one, and gives its secret. */
function configuredSecret ({ webhookUrl, webhookKey }: Config, sandbox: Sandbox): Promise<string | null> {
  if (webhookUrl === null) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const done = (error: unknown, endpoint?: Endpoint) => {
      if (endpoint === undefined) reject(error)
      else resolve(endpoint.secret)
    }
    sandbox.turn.run(() => configureEndpoint(webhookUrl, webhookKey, sandbox), done)
  })
}

/** Where a program on this computer reaches a server that listens on `host`. */
function urlOf (host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function report (error: unknown): void {
  console.error(error)
}
