/** The result of a check of `doctor`, and the set-up that is checked. */
import type { Environment } from '../../config/table.js'
import type { Target } from '../target.js'

export interface SetUp {
  /** The variables that the program reads. */
  variables: Environment
  /** The emulator. */
  target: Target
  /** The folder of the program. */
  folder: string
}

export interface Finding {
  check: 'base-url' | 'environment' | 'emulator' | 'api-key' | 'clock' | 'webhook-key' | 'links' | 'versions'
  /** A problem makes calls, webhooks or links fail. A warning can be intended. */
  status: 'ok' | 'warning' | 'problem'
  message: string
  /** The change to make; null if nothing is wrong. */
  fix: string | null
}

export type Check = Finding['check']

export const ok = (check: Check, message: string): Finding => ({ check, status: 'ok', message, fix: null })
export const warning = (check: Check, message: string, fix: string): Finding => ({ check, status: 'warning', message, fix })
export const problem = (check: Check, message: string, fix: string): Finding => ({ check, status: 'problem', message, fix })
