/** Requests that create and change products. */
import type { Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import type { Refusal, TestEmulator } from '../helper.js'

export type Json = Record<string, unknown>
export type Product = Required<Schemas['GetProductResponse']>

export const ONE_TIME = { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
export const PERIODS = {
  payment_frequency_count: 1, payment_frequency_interval: 'Month', subscription_period_count: 10, subscription_period_interval: 'Year'
}
export const RECURRING = { ...ONE_TIME, ...PERIODS, type: 'recurring_price' }
export const USAGE = { type: 'usage_based_price', currency: 'EUR', fixed_price: 300, discount: 5, purchasing_power_parity: true, ...PERIODS }
export const BODY = { name: 'Thing', tax_category: 'saas', price: ONE_TIME }

export async function send<Reply = Json> (emulate: TestEmulator, request: string, body?: unknown): Promise<Reply> {
  const [method = '', url = ''] = request.split(' ')
  const { status, json, text } = await emulate.call(method as 'GET', url, body === undefined ? {} : { body })
  if (status !== 200) throw new Error(`${request}: ${status} ${text}`)
  return json as Reply
}

export const create = (emulate: TestEmulator, changes: Json = {}) => send<Product>(emulate, 'POST /products', { ...BODY, ...changes })

export type Case = [name: string, request: string, body: unknown, status: number, code: string, message: RegExp, path: string | undefined]

/** Each is refused with its status, code, message and place, and stores nothing. */
export function refuseAll (t: Test, emulate: TestEmulator, cases: readonly Case[]): void {
  for (const [name, request, body, status, code, message, path] of cases) {
    t.test(name, async t => {
      const before = emulate.stored()
      const [method = '', url = ''] = request.split(' ')
      const answer = await emulate.call(method as 'GET', url, body === undefined ? {} : { body })
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code, refusal.details?.[0]?.path], [status, code, path])
      t.match(refusal.message, message)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }
}
