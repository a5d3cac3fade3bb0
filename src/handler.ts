/**
 * `dodo-emulator/handler` mounts an emulator below a path of an existing application: a Next.js route, Hono, Express, or any
 * server of `node:http`. The emulator is part of the application's process and listens on no port.
 */
/// <reference lib="esnext.disposable" preserve="true" />
import { createControls, type Controls } from './client/controls.js'
import type { Connection } from './client/connection.js'
import type { StartOptions } from './client/start-options.js'
import { createApp, fetchHandler, nodeHandler, sendInside, webhookSecretOf } from './emulator.js'
import { SetupError } from './errors.js'
import { apiKeyOf, configOf, preparation } from './given-options.js'

export { EmulatorError } from './client/controls.js'
export { SetupError } from './errors.js'
export type { Connection } from './client/connection.js'
export type { StartOptions } from './client/start-options.js'

/** The global Request and Response, if the program's types have them. */
export type FetchRequest = typeof globalThis extends { Request: { prototype: infer Value } } ? Value : object
export type FetchResponse = typeof globalThis extends { Response: { prototype: infer Value } } ? Value : object

/** An IncomingMessage, or a request of Express. */
export interface NodeRequest {
  method?: string | undefined
  url?: string | undefined
  headers: object
}

/** A ServerResponse, or a response of Express. */
export interface NodeResponse {
  statusCode: number
  headersSent: boolean
}

const PORT_OPTIONS = ['port', 'host', 'portFile', 'tls', 'tlsFolder', 'proxy'] as const

/** The options of `start()`, except those of its ports. */
export interface HandlerOptions extends Omit<StartOptions, typeof PORT_OPTIONS[number]> {
  /** The path of the application below which the emulator is mounted: `/dodo`. */
  path: string
  /**
   * Whether links use the headers X-Forwarded-Host and X-Forwarded-Proto. Set it behind a proxy that sets them. The option
   * `publicUrl` wins.
   */
  trustProxy?: boolean | undefined
}

/** An emulator in an application, with the functions of `start()`. */
export interface MountedEmulator extends Controls, AsyncDisposable {
  /** Handles a Fetch request whose URL contains the mount path. */
  fetch (request: FetchRequest): Promise<FetchResponse>
  /** Handles a request of Node.js. Requests outside of the mount path go to `next`, or get 404 without it. */
  node (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void
  /** The base URL for the client, as of the latest request. Before the first one, the option `publicUrl` or a local URL. */
  readonly url: string
  /** An API key for the client. */
  apiKey: string
  /** The secret that signs deliveries to the option `webhookUrl`; null without that option. */
  webhookSecret: string | null
  /** Resolves when the emulator is open, and rejects if it can't be. Requests wait for it. */
  ready: Promise<void>
  /** Another sandbox of this emulator. It is created on first use. */
  sandbox (name: string): Connection
  /** Closes the emulator after the requests in progress are answered. Further calls do nothing. */
  close (): Promise<void>
}

/** Creates an emulator for an application, by default in memory. Throws a SetupError for an invalid option. */
export function createHandler ({ path: given, trustProxy = false, ...options }: HandlerOptions): MountedEmulator {
  const path = mountPath(given)
  const excess = PORT_OPTIONS.find(name => name in options)
  if (excess !== undefined) throw new SetupError(`${excess}: leave it out: a mounted emulator listens on no port`)
  const config = configOf(options)
  const opened = open()
  const app = opened.then(server => server.app)
  const ready = app.then(() => {})
  ready.catch(() => {}) // each request reports it too
  let url = () => config.publicUrl ?? `http://localhost${path}`
  const { controlKey } = config
  const apiKey = apiKeyOf(config)
  const close = async () => { await (await opened.catch(() => null))?.close() }

  async function open () {
    const server = createApp(config, await preparation(options, config), undefined, { path, trustProxy })
    await server.app.ready()
    url = server.url
    return server
  }

  function controlsOf (key: string, below: string): Controls {
    const keys = { authorization: `Bearer ${key}`, ...(controlKey === null ? {} : { 'x-emulator-key': controlKey }) }
    const send = sendInside(path, app, () => url(), keys)
    return createControls((method, target, body) => send(method, below + target, body))
  }

  return {
    ...controlsOf(apiKey, ''),
    fetch: fetchHandler(path, app) as MountedEmulator['fetch'],
    node: nodeHandler(path, app) as MountedEmulator['node'],
    get url () { return url() },
    apiKey,
    webhookSecret: webhookSecretOf(config),
    ready,
    sandbox (name) {
      const below = `/~${encodeURIComponent(name)}`
      return { ...controlsOf(`sandbox_${name}`, below), url: url() + below, apiKey: `sandbox_${name}` }
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

/** Without a slash at the end: `/dodo`, or empty for the root. */
function mountPath (given: unknown): string {
  const isPath = typeof given === 'string' && /^\/(?!\/)[^?#\s]*$/.test(given)
  const path = isPath ? new URL(given, 'http://localhost').pathname.replace(/(?<!\/)\/+$/, '') : ''
  if (!isPath || path.includes('//')) {
    throw new SetupError(`path: must be a path of the application, such as /dodo, not ${String(given)}`)
  }
  return path === '/' ? '' : path
}
