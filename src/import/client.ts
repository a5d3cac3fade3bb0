/**
 * Loads the official client, which reads an account. It is not a dependency, because it would be a tenth of each installation
 * for a rarely used command, and programs for Dodo Payments usually have it. It is resolved from this package and from the
 * current folder.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type DodoPayments from 'dodopayments'
import { SetupError } from '../errors.js'

export type Client = DodoPayments

export interface AccountOptions {
  apiKey: string
  /** Undefined for the URL of the environment. */
  baseUrl: string | undefined
  environment: 'test_mode' | 'live_mode'
}

type Library = typeof import('dodopayments')

/** Creates a client. Throws a SetupError with instructions if the client is not installed. */
export async function openAccount ({ apiKey, baseUrl, environment }: AccountOptions, folder: string): Promise<Client> {
  const { default: Client } = await library(folder)
  // Always sets the URL, because the client would otherwise use DODO_PAYMENTS_BASE_URL, which is the emulator's.
  return new Client({ bearerToken: apiKey, ...(baseUrl === undefined ? { baseURL: null, environment } : { baseURL: baseUrl }) })
}

async function library (folder: string): Promise<Library> {
  try {
    return await import('dodopayments')
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  try {
    const path = createRequire(join(folder, 'package.json')).resolve('dodopayments')
    return await import(pathToFileURL(path).href) as Library
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new SetupError('import reads the account with the official client, which is not installed: ' +
      'run npm install --no-save dodopayments')
  }
}

function isMissing (error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
