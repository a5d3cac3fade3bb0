/** Starts the listeners of --tls and --proxy, and loads what they need only then. */
import type { Server } from 'node:http'
import { tlsFolderOf } from '../../config/data-folder.js'
import type { Config } from '../../config/config.js'
import type { Clock } from '../../sandbox/clock.js'
import type { Listener } from './listeners.js'

export interface SecureListeners {
  /** Null without --tls. */
  tlsPort: number | null
  /** Null without --proxy. */
  proxyPort: number | null
  certificateFile: string
  close (): Promise<void>
}

interface Surroundings {
  server: Server
  clock: Clock
  warn (text: string): void
}

/** Creates the authority in a folder if it is missing, and returns the file of its certificate. */
export async function createAuthority (folder: string, clock: Clock): Promise<string> {
  const { openAuthority } = await import('./authority.js')
  return (await openAuthority(folder, clock)).certificateFile
}

/** Null if neither option is given. Rejects with a SetupError or the error of a port, and closes what it has opened. */
export async function listenSecurely (config: Config, { server, clock, warn }: Surroundings): Promise<SecureListeners | null> {
  const { host, tls, proxy, tlsFolder } = config
  if (tls === null && proxy === null) return null
  const { openAuthority } = await import('./authority.js')
  const { listenAsProxy, listenForTls } = await import('./listeners.js')
  const authority = await openAuthority(tlsFolderOf(tlsFolder, {}), clock)
  const options = { host, authority, server, warn }
  const secure: Listener | null = tls === null ? null : await listenForTls({ ...options, port: tls })
  try {
    const proxying: Listener | null = proxy === null ? null : await listenAsProxy({ ...options, port: proxy })
    return {
      tlsPort: secure?.port ?? null,
      proxyPort: proxying?.port ?? null,
      certificateFile: authority.certificateFile,
      close: async () => { await Promise.all([secure?.close(), proxying?.close()]) }
    }
  } catch (error) {
    await secure?.close()
    throw error
  }
}
