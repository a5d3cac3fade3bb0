/** Webhooks in the dashboard, and their state in the control API. */
import { paymentBody } from '../helper.js'
import type { Visitor } from './dashboard-visitor.js'

export const LIST = '/dashboard/webhooks'
export const SAMPLE = `${LIST}/sample`
export const FAULTS = `${LIST}/faults`

export interface Endpoint { id: string, url: string }
export interface Event { event_id: string }

export async function endpoint ({ call }: Visitor, body: object = {}): Promise<Endpoint> {
  const { json } = await call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:3000/hook', ...body } })
  return json as Endpoint
}

export async function sell ({ pay, call, get }: Visitor): Promise<string> {
  const { payment_id: id } = await pay(paymentBody())
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  await get('/_emulator/idle')
  return id
}

export async function newest<Item> ({ get }: Visitor, what: 'events' | 'deliveries'): Promise<Item> {
  const { items: [item] } = await get<{ items: Item[] }>(`/_emulator/${what}?page_size=1`)
  return item as Item
}
