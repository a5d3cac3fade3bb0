/** Requests that create and change webhook endpoints. */
import type { Schemas } from '../../src/contract/operations.js'
import type { TestEmulator } from '../helper.js'

export type Json = Record<string, unknown>
export type Details = Required<Schemas['WebhookDetails']>

export const TARGET = 'http://127.0.0.1:3000/webhooks'

export async function create ({ call }: TestEmulator, body: Json = {}): Promise<Details> {
  const { status, json, text } = await call('POST', '/webhooks', { body: { url: TARGET, ...body } })
  if (status !== 200) throw new Error(text)
  return json as Details
}
