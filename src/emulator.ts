/** Composition root: the one file that knows HTTP, SQLite and the resources, and puts them together. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { systemClock } from './clock.js'
import type { Config } from './config.js'
import { addControlRoutes } from './control/routes.js'
import { packageFixtures } from './fixtures.js'
import { bindContract } from './http/bind.js'
import { createServer } from './http/server.js'
import { randomIds } from './ids.js'
import { addDocsRoutes } from './pages/docs.js'
import { reference } from './reference.js'
import { payments } from './resources/payments/routes.js'
import { openSandbox, type Sandbox } from './sandbox.js'

/** Every handler there is; an operation of the contract that is not among them answers 501. */
export const handlers = { ...payments }

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
      tax: config.tax,
      deniedCountries: config.deniedCountries,
      deniedCurrencies: config.deniedCurrencies
    },
    reference: reference(),
    clock: systemClock(),
    ids: randomIds(),
    fixtures: packageFixtures
  })
  const app = createServer({ report })
  app.register(async scope => {
    addControlRoutes(scope)
    addDocsRoutes(scope)
    bindContract(scope, {
      handlers,
      keys: { apiKeys: config.apiKeys, readOnlyKeys: config.readOnlyApiKeys },
      publicUrl: config.publicUrl,
      sandboxOf: () => sandbox,
      report
    })
  })
  app.addHook('onClose', async () => { sandbox.close() })

  return {
    app,
    sandbox,
    async listen () {
      await app.listen({ port: config.port, host: config.host })
      const { port } = app.server.address() as AddressInfo
      return { url: urlOf(config.host, port), port }
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
