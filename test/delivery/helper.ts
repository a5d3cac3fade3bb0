/** An emulator that sends webhooks, for the tests of their delivery. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import type { OptionName } from '../../src/config/config.js'
import type { Body } from '../../src/contract/operations.js'
import type { components } from '../../src/contract/control-types.gen.js'
import { paymentBody, startEmulator, type Answer, type PaymentBody, type TestEmulator } from '../helper.js'

export type Delivery = components['schemas']['Delivery']
export type Event = components['schemas']['Event']

export interface Shop extends TestEmulator {
  /** The reply to a control request that must succeed. */
  control<Reply = Record<string, unknown>> (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Reply>
  /** The refusal of a control request that must fail. */
  refused (method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>
  /** Registers an endpoint; returns its id and secret. */
  register (endpoint: Body<'POST /webhooks'>): Promise<{ id: string, secret: string }>
  /** Creates a payment and completes it with this outcome. */
  sell (outcome?: string, body?: Partial<PaymentBody>): Promise<string>
  /** Resolves when no delivery is due or in progress. */
  idle (): Promise<{ waiting: number, due_later: number }>
  /** Freezes the clock, so that only advance() moves it. */
  freeze (): Promise<void>
  advance (ms: number): Promise<void>
  /** Newest first. */
  deliveries (query?: string): Promise<Delivery[]>
}

/** Resolves when a condition holds that no request waits for. */
export async function until (condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5)
}

export async function openShop (test: Test, options: Partial<Record<OptionName, string>> = {}): Promise<Shop> {
  const shop = startEmulator(test, options)
  await shop.emulator.app.ready()

  async function control<Reply> (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Reply> {
    const { status, json, text } = await shop.call(method, `/_emulator/${path}`, body === undefined ? {} : { body })
    test.equal(status, 200, text)
    return json as Reply
  }

  return {
    ...shop,
    control,
    refused: (method, path, body) => shop.call(method, `/_emulator/${path}`, body === undefined ? {} : { body }),
    async register (endpoint) {
      const { status, json, text } = await shop.call('POST', '/webhooks', { body: endpoint })
      test.equal(status, 200, text)
      const { id } = json as { id: string }
      const { secret } = await shop.get<{ secret: string }>(`/webhooks/${id}/secret`)
      return { id, secret }
    },
    async sell (outcome = 'succeeded', body = {}) {
      const { payment_id: id } = await shop.pay(paymentBody(body))
      await control('POST', `payments/${id}/pay`, { outcome })
      return id
    },
    idle: () => control('GET', 'idle?timeout_ms=60000'),
    async freeze () { await control('POST', 'clock', { frozen: true }) },
    async advance (ms) { await control('POST', 'clock', { advance_ms: ms }) },
    async deliveries (query = '') {
      const { items } = await control<{ items: Delivery[] }>('GET', `deliveries?page_size=100&${query}`)
      return items
    }
  }
}
