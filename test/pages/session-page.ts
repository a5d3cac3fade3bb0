/** The page of a checkout session, used as by a browser without scripts. */
import type { InjectOptions } from 'fastify'
import type { Test } from 'tap'
import type { Body, Reply as ApiReply, Schemas } from '../../src/contract/operations.js'
import { startEmulator, type TestEmulator } from '../helper.js'
import { injectForm } from './refilled.js'

export type SessionBody = Body<'POST /checkouts'>
export type Fields = Record<string, string>

interface Reply {
  status: number
  text: string
  location: string
  headers: Record<string, unknown>
}

interface Opened extends TestEmulator {
  sessionId: string
  visit (url?: string): Promise<Reply>
  /** Sends the form of the last page, with changed fields. */
  send (fields: Fields): Promise<Reply>
  payments (): Promise<Array<Required<Schemas['GetPaymentsListResponseItem']>>>
  payment (paymentId?: string): Promise<Required<Schemas['PaymentResponse']>>
}

export const ADDRESS: Fields = { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' }
export const NEW: Fields = { action: 'continue', full_name: 'Nina New', email: 'nina@example.com', ...ADDRESS }

async function page (test: Test, path: (started: TestEmulator) => Promise<string>, options = {}): Promise<Opened> {
  const started = startEmulator(test, options)
  const url = await path(started)
  let last: Reply | undefined
  const inject = async (request: InjectOptions): Promise<Reply> => {
    const { statusCode: status, body: text, headers } = await injectForm(started.emulator.app, request)
    return { status, text, headers, location: String(headers['location'] ?? '') }
  }
  const payments = async () => (await started.get<{ items: Array<Required<Schemas['GetPaymentsListResponseItem']>> }>('/payments')).items
  return {
    ...started,
    sessionId: url.slice(url.lastIndexOf('/') + 1),
    async visit (other = url) {
      const shown = await inject({ url: other, headers: { accept: 'text/html' } })
      if (shown.text.includes('id="details"')) last = shown
      return shown
    },
    async send (fields) {
      last ??= await inject({ url, headers: { accept: 'text/html' } })
      const reply = await inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
        payload: new URLSearchParams({ ...fieldsOf(last.text), ...fields }).toString()
      })
      if (reply.text.includes('id="details"')) last = reply
      return reply
    },
    payments,
    async payment (paymentId) {
      return await started.get(`/payments/${paymentId ?? (await payments())[0]?.payment_id}`)
    }
  }
}

/** The fields that a browser would send of a page's form. */
export function fieldsOf (text: string): Fields {
  const fields: Fields = {}
  for (const [tag] of text.matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1]
    if (name === undefined || (/type="(?:radio|checkbox)"/.test(tag) && !/\bchecked\b/.test(tag))) continue
    fields[name] = unescaped(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '')
  }
  for (const [, name = '', inner = ''] of text.matchAll(/<select\b[^>]*\bname="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    fields[name] = unescaped(/<option value="([^"]*)" selected/.exec(inner)?.[1] ?? /<option value="([^"]*)"/.exec(inner)?.[1] ?? '')
  }
  return fields
}

export function unescaped (text: string): string {
  return text.replace(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code)))
}

export function session (test: Test, changes: Partial<SessionBody> = {}, options = {}): Promise<Opened> {
  return page(test, async ({ call }) => {
    const body = { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], ...changes }
    const { status, json, text } = await call('POST', '/checkouts', { body })
    test.equal(status, 200, text)
    return new URL(String((json as ApiReply<'POST /checkouts'>).checkout_url)).pathname
  }, options)
}

export const link = (test: Test, url: string, options = {}) => page(test, async () => url, options)

export function textOf ({ text }: Reply, testId: string): string | undefined {
  return new RegExp(`data-testid="${testId}">([^<]*)<`).exec(text)?.[1]
}

export function problemOf ({ text }: Reply, id: string): string | undefined {
  return new RegExp(`id="${id}-problem">([^<]*)<`).exec(text)?.[1]
}
