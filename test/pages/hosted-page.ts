/** The hosted page of a payment, used as by a browser without scripts. */
import type { InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from '../helper.js'
import { injectForm } from './refilled.js'

interface Reply {
  status: number
  text: string
  location: string
  headers: Record<string, unknown>
}

interface Hosted extends TestEmulator {
  paymentId: string
  /** `/W7tRl8K5` */
  path: string
  visit (url?: string, headers?: Record<string, string>): Promise<Reply>
  /** Sends the form of the page at the payment's link. */
  send (fields: Record<string, string>): Promise<Reply>
  /** Pays with a card. */
  card (number: string, fields?: Record<string, string>): Promise<Reply>
  payment (): Promise<Record<string, unknown>>
}

const CARD = { action: 'pay', method: 'card', expiry: '06/99', cvc: '123', name: 'Ada Lovelace' }

export async function host (
  test: Test, body: Partial<PaymentBody> = {}, options: Parameters<typeof startEmulator>[1] = {}, running?: TestEmulator
): Promise<Hosted> {
  const started = running ?? startEmulator(test, options)
  const { payment_id: paymentId, payment_link: link } = await started.pay(paymentBody({ payment_link: true, ...body }))
  const path = new URL(link ?? '').pathname
  const inject = async (request: InjectOptions): Promise<Reply> => {
    const { statusCode: status, body: text, headers } = await injectForm(started.emulator.app, request)
    return { status, text, headers, location: String(headers['location'] ?? '') }
  }
  const visit = (url = path, headers: Record<string, string> = { accept: 'text/html' }) => inject({ url, headers })
  const post = (fields: Record<string, string>) => inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    payload: new URLSearchParams(fields).toString()
  })
  let token: string | undefined
  const send = async (fields: Record<string, string>) => {
    token ??= /name="token" value="(\w+)"/.exec((await visit()).text)?.[1] ?? ''
    return post({ token, ...fields })
  }
  return {
    ...started,
    paymentId,
    path,
    visit,
    send,
    card: (number, fields = {}) => send({ ...CARD, number, ...fields }),
    payment: () => started.get(`/payments/${paymentId}`)
  }
}

/** The text of the element with a test id. */
export function textOf ({ text }: Reply, testId: string): string | undefined {
  return new RegExp(`data-testid="${testId}">([^<]*)<`).exec(text)?.[1]
}
