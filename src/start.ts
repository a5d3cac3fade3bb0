/** `start()` and `connect()`: an emulator in the test's process, or the functions of a running one. */
/// <reference lib="esnext.disposable" preserve="true" />
import { createControls } from './client/controls.js'
import type { Connection } from './client/connection.js'
import type { StartOptions } from './client/start-options.js'
import { sendTo } from './client/send.js'
import { createApp, type Server } from './emulator.js'
import { parseGiven } from './config/table.js'
import { emulatorUrl } from './config/values.js'
import { apiKeyOf, configOf, preparation } from './given-options.js'

/** The functions of a sandbox of an emulator in this process. */
export interface SandboxControls extends Connection {
  /** The ids of the payments of the fixtures' scenario, by their keys in the file. A reset creates new payments. */
  readonly payments: Readonly<Record<string, string>>
}

/** An emulator in another process. */
export interface RemoteEmulator extends Connection {
  /** Another sandbox of the same emulator. It is created on first use. */
  sandbox (name: string): Connection
}

/** An emulator in this process. */
export interface Emulator extends SandboxControls, AsyncDisposable {
  /** The secret that signs deliveries to the option `webhookUrl`; null without that option. */
  webhookSecret: string | null
  /** The URL of the option `tls`; null without it. */
  tlsUrl: string | null
  /** The URL of the option `proxy`; null without it. */
  proxyUrl: string | null
  /** The certificate that programs must trust for `tls` and `proxy`; null without them. */
  certificateFile: string | null
  /** Another sandbox of this emulator. It is created on first use. */
  sandbox (name: string): SandboxControls
  /** Closes the emulator after the requests in progress are answered. Further calls do nothing. */
  close (): Promise<void>
}

/**
 * Starts an emulator, by default on a free port and in memory. Does not read the environment, so that tests do not depend on it.
 * Rejects with a SetupError for an invalid option.
 */
export async function start (options: StartOptions = {}): Promise<Emulator> {
  const config = configOf(options)
  const server = createApp(config, await preparation(options, config))
  try {
    const { address: url, tlsUrl, proxyUrl, certificateFile, webhookSecret } = await server.listen()
    const { controlKey } = config
    const apiKey = apiKeyOf(config)
    const { close } = server
    return {
      ...createControls(sendTo(url, { apiKey, controlKey })),
      url,
      apiKey,
      webhookSecret,
      tlsUrl,
      proxyUrl,
      certificateFile,
      get payments () { return idsByKey(server.played()) },
      sandbox: name => ({
        ...sandboxAt(url, name, controlKey),
        get payments () { return idsByKey(server.played(name)) }
      }),
      close,
      [Symbol.asyncDispose]: close
    }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** The connection to a sandbox of the emulator at a URL. */
function sandboxAt (url: string, name: string, controlKey: string | null | undefined): Connection {
  const apiKey = `sandbox_${name}`
  const own = `${url}/~${encodeURIComponent(name)}`
  return { ...createControls(sendTo(own, { apiKey, controlKey })), url: own, apiKey }
}

function idsByKey ({ payments = [] }: ReturnType<Server['played']>): Record<string, string> {
  return Object.fromEntries(payments.flatMap(({ key, id }) => key === null ? [] : [[key, id]]))
}

export interface ConnectOptions {
  /** Default `test`. `sandbox_<name>` selects that sandbox. */
  apiKey?: string
  /** For an emulator that was started with the option `controlKey`. */
  controlKey?: string
}

/**
 * Connects to an emulator in another process, such as a container or the process that started the test runner. The URL may have
 * a path: `https://emulator.example.test/base`, or `http://127.0.0.1:4010/~mine` for a sandbox. Throws a SetupError for an
 * invalid URL.
 */
export function connect (address: string, { apiKey = 'test', controlKey }: ConnectOptions = {}): RemoteEmulator {
  const url = parseGiven('url', address, emulatorUrl)
  return {
    ...createControls(sendTo(url, { apiKey, controlKey })),
    url,
    apiKey,
    sandbox: name => sandboxAt(url, name, controlKey)
  }
}
