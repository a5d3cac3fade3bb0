/**
 * The official client, with which an account is read. It is no dependency: it would be a tenth of every installation, for a
 * command that most never run, and whoever has a program for Dodo Payments has it already. So it is looked for beside this
 * package, and in the folder where the command is run.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type DodoPayments from 'dodopayments'
import { SetupError } from '../errors.js'

export type Client = DodoPayments

export interface AccountOptions {
  apiKey: string
  /** Undefined for the address of the environment. */
  baseUrl: string | undefined
  environment: 'test_mode' | 'live_mode'
}

type Library = typeof import('dodopayments')

/** Throws a SetupError that says how to install it. */
export async function openAccount ({ apiKey, baseUrl, environment }: AccountOptions, folder: string): Promise<Client> {
  const { default: Client } = await library(folder)
  // The address is always said: the client would otherwise take DODO_PAYMENTS_BASE_URL, which leads to the emulator.
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
