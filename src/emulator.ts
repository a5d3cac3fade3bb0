/** Composition root: the one file that knows HTTP, SQLite and the resources, and puts them together. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { systemClock } from './clock.js'
import type { Config } from './config.js'
import { contract, controlContract } from './contract/load.js'
import { controlHandlers } from './control/routes.js'
import { packageFixtures } from './fixtures.js'
import { bindContract } from './http/bind.js'
import { createServer } from './http/server.js'
import { randomIds } from './ids.js'
import { addDocsRoutes } from './pages/docs.js'
import { addHostedPages } from './pages/hosted.js'
import { reference } from './reference.js'
import { createScheduler, type Jobs } from './jobs.js'
import { checkouts } from './resources/checkouts/routes.js'
import { invoices } from './resources/invoices/routes.js'
import { SETTLE_JOB as SETTLE_PAYMENT, settlePayment } from './resources/payments/life.js'
import { payments } from './resources/payments/routes.js'
import { SETTLE_JOB as SETTLE_REFUND, settleRefundWhenDue } from './resources/refunds/life.js'
import { refunds } from './resources/refunds/routes.js'
import { openSandbox, type Sandbox } from './sandbox.js'

/** Every handler there is; an operation of the contract that is not among them answers 501. */
export const handlers = { ...payments, ...checkouts, ...refunds, ...invoices }

/** What is done when its time has come. */
const jobs: Jobs = {
  [SETTLE_PAYMENT]: settlePayment,
  [SETTLE_REFUND]: settleRefundWhenDue
}

export interface Server {
  app: FastifyInstance
  sandbox: Sandbox
  /** Starts listening and gives the address, once requests are answered. */
  listen (): Promise<{ url: string, port: number }>
  close (): Promise<void>
}

/** Opens the sandbox and makes the server, without listening yet. Throws a SetupError. */
export function createEmulator (config: Config): Server {
  const sandbox = openSandbox({
    database: config.database,
    settings: {
      linkLifetimeUs: config.linkLifetime * 1000,
      settlementDelayUs: config.settlementDelay * 1000,
      refundDelayUs: config.refundDelay * 1000,
      refundWindowUs: config.refundWindow * 1000,
      walletBalance: config.walletBalance,
      tax: config.tax,
      deniedCountries: config.deniedCountries,
      deniedCurrencies: config.deniedCurrencies
    },
    reference: reference(),
    clock: systemClock(),
    ids: randomIds(),
    fixtures: packageFixtures
  })
  const keys = { apiKeys: config.apiKeys, readOnlyKeys: config.readOnlyApiKeys }
  const app = createServer({ keys, report })
  let url = config.publicUrl ?? 'http://127.0.0.1'
  const scheduler = createScheduler(sandbox, jobs, () => config.publicUrl ?? url, report)
  const binding = {
    keys,
    publicUrl: config.publicUrl,
    sandboxOf: () => sandbox,
    report
  }
  app.register(async scope => {
    addDocsRoutes(scope)
    addHostedPages(scope, binding)
    bindContract(scope, contract().operations, { ...binding, handlers, answersHead: false })
    bindContract(scope, controlContract().operations, { ...binding, handlers: controlHandlers(jobs), answersHead: true })
  })
  app.addHook('onReady', async () => { scheduler.start() })
  app.addHook('onClose', async () => {
    scheduler.stop()
    sandbox.close()
  })

  return {
    app,
    sandbox,
    async listen () {
      await app.listen({ port: config.port, host: config.host })
      const { port } = app.server.address() as AddressInfo
      url = urlOf(config.host, port)
      return { url, port }
    },
    close: () => app.close()
  }
}

/** Where a program on this computer reaches a server that listens on `host`. */
function urlOf (host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function report (error: unknown): void {
  console.error(error)
}
