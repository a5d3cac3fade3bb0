/**
 * The emulator of a test file: a sandbox of the emulator that a global set-up or `dodo-emulator exec` has started, or an emulator
 * of its own. The emulator is imported on demand, because a runner loads this file in processes that run no test.
 */
import type { Connection } from '../client/connection.js'
import type { StartOptions } from '../client/start-options.js'

/** The options of `start()`. */
export interface EmulatorOptions extends StartOptions {
  /** A running emulator to use. Default: DODO_EMULATOR_URL of the environment, if there are no other options. */
  url?: string | undefined
  /** For an emulator whose control API needs a key. */
  controlKey?: StartOptions['controlKey']
}

/** An emulator for tests, with the functions of `start()`. */
export interface TestEmulator extends Connection {
  /** The secret that signs deliveries to the option `webhookUrl`; null without that option. */
  webhookSecret: string | null
  /** Sends webhooks to a URL. Resolves to the endpoint's id and the secret that signs them. */
  addWebhook (url: string): Promise<{ id: string, secret: string }>
  /** Closes the emulator, or deletes its sandbox. The runner calls it. */
  close (): Promise<void>
}

/** Sandboxes that are used by one test file, or by the whole run, as an application in another process needs. */
export type Sharing = 'own sandbox' | 'default sandbox'

export const URL_VARIABLE = 'DODO_EMULATOR_URL'

/** Variables are those of the process that runs the tests. */
export async function openEmulator (
  { url: given, ...options }: EmulatorOptions, sharing: Sharing, variables: Readonly<Record<string, string | undefined>>
): Promise<TestEmulator> {
  const { webhookUrl, controlKey, ...others } = options
  const isPlain = Object.values(others).every(value => value === undefined)
  const url = given ?? (isPlain ? variables[URL_VARIABLE] : undefined)
  const { connect, start } = await import('../start.js')
  if (url === undefined || url === '') {
    const emulator = await start(options)
    return { ...emulator, addWebhook: address => addWebhook(emulator, address) }
  }
  if (!isPlain) throw new Error(`url: leave out ${Object.keys(others).join(', ')}: a running emulator has its own options`)
  const remote = connect(url, controlKey === undefined ? {} : { controlKey })
  const name = `test-${crypto.randomUUID()}`
  const sandbox = sharing === 'own sandbox' ? remote.sandbox(name) : remote
  const webhook = webhookUrl === undefined ? null : await addWebhook(sandbox, webhookUrl)
  return {
    ...sandbox,
    webhookSecret: webhook?.secret ?? null,
    addWebhook: address => addWebhook(sandbox, address),
    async close () {
      if (sandbox !== remote) await remote.request('DELETE', `/_emulator/sandboxes/${name}`).catch(ignoreMissing)
      else if (webhook !== null) await remote.request('DELETE', `/webhooks/${webhook.id}`).catch(ignoreMissing)
    }
  }
}

/** A sandbox that no call has created is not there to be deleted. */
function ignoreMissing (error: unknown): void {
  if ((error as { status?: unknown }).status !== 404) throw error
}

async function addWebhook ({ request }: Connection, url: string): Promise<{ id: string, secret: string }> {
  const { id } = await request<{ id: string }>('POST', '/webhooks', { url })
  const { secret } = await request<{ secret: string }>('GET', `/webhooks/${id}/secret`)
  return { id, secret }
}

/** The variables that point a program at an emulator, as `dodo-emulator exec` sets them. */
export function variablesOf (
  { url, apiKey, webhookSecret }: Pick<TestEmulator, 'url' | 'apiKey' | 'webhookSecret'>
): Record<string, string> {
  return {
    DODO_PAYMENTS_BASE_URL: url,
    DODO_PAYMENTS_API_KEY: apiKey,
    ...(webhookSecret === null ? {} : { DODO_PAYMENTS_WEBHOOK_KEY: webhookSecret })
  }
}
