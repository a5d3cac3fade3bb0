/** A shop that grants credits on a frozen clock, and the requests that its tests share. */
import type { Test } from 'tap'
import type { Body, Schemas } from '../../src/contract/operations.js'
import { PAYLOAD_SCHEMAS, PAYLOAD_TYPES } from '../../src/delivery/catalogue.js'
import { payloads } from '../../src/resources/all.js'
import { closedSchema, type Refusal } from '../helper.js'
import { openShop, type Shop } from './subscription-calls.js'

export type Entitlement = Required<Schemas['CreditEntitlementResponse']>
export type Balance = Required<Schemas['CustomerCreditBalanceResponse']>
export type Grant = Required<Schemas['CreditGrantResponse']>
export type Entry = Required<Schemas['CreditLedgerEntryResponse']>
export type ManualEntry = Required<Schemas['CreateLedgerEntryResponse']>
type EntitlementBody = Body<'POST /credit-entitlements'>
type EntryBody = Body<'POST /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger-entries'>

export interface CreditShop extends Shop {
  /** Creates a credit entitlement without rollover and overage, and returns it. */
  entitlement (changes?: Partial<EntitlementBody>): Promise<Entitlement>
  /** Books an entry for cus_ada. */
  book (entitlementId: string, type: 'credit' | 'debit', amount: string, changes?: Partial<EntryBody>): Promise<ManualEntry>
  /** Sends a request, and checks that it is refused and that nothing is stored. */
  refusal (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<Refusal & { status: number }>
  balance (entitlementId: string): Promise<Balance>
  grants (entitlementId: string, query?: string): Promise<Grant[]>
  /** Newest first, as the API lists them. */
  ledger (entitlementId: string, query?: string): Promise<Entry[]>
  /** The credit events since the last call, oldest first, with their data. Each matches its schema. */
  creditEvents (): Array<{ type: string, data: Record<string, unknown> }>
  /** The credit events since the last call, abbreviated: `added 100`. */
  changes (): string[]
}

export const START = '2026-02-01T00:00:00Z'

export function openCreditShop (test: Test, clock = START, options: Parameters<typeof openShop>[2] = {}): CreditShop {
  const shop = openShop(test, clock, options)
  const { call, get, stored, emulator: { sandbox } } = shop
  const ofAda = (id: string) => `/credit-entitlements/${id}/balances/cus_ada`
  let read = 0

  async function created<Json> (url: string, body: object): Promise<Json> {
    const { status, json, text } = await call('POST', url, { body })
    test.equal(status, 201, `${url}: ${text}`)
    return json as Json
  }

  const credits: CreditShop = {
    ...shop,
    entitlement: async changes => await created<Entitlement>('/credit-entitlements',
      { name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false, ...changes }),
    book: async (id, type, amount, changes) =>
      await created<ManualEntry>(`${ofAda(id)}/ledger-entries`, { entry_type: type, amount, ...changes }),
    async refusal (method, url, body) {
      const before = stored()
      const { status, json } = await call(method, url, body === undefined ? {} : { body })
      test.ok(status >= 400 && status < 500, `refused: ${status} ${JSON.stringify(json)}`)
      test.strictSame(stored(), before, 'and nothing is stored')
      return { ...(json as Refusal), status }
    },
    balance: async id => await get<Balance>(ofAda(id)),
    grants: async (id, query = '') => (await get<{ items: Grant[] }>(`${ofAda(id)}/grants?page_size=100${query}`)).items,
    ledger: async (id, query = '') => (await get<{ items: Entry[] }>(`${ofAda(id)}/ledger?page_size=100${query}`)).items,
    creditEvents () {
      const all = sandbox.outbox.listEvents({}, 10_000, 0).reverse()
      const fresh = all.slice(read).filter(({ type }) => type.startsWith('credit.'))
      read = all.length
      return fresh.map(({ type, subject_id: id, created_at: now }) => {
        const payloadType = PAYLOAD_TYPES[type as 'credit.added']
        const data = payloads[payloadType]?.(id, { sandbox, now, baseUrl: '' }) as Record<string, unknown>
        const validate = closedSchema(PAYLOAD_SCHEMAS[payloadType])
        test.ok(validate(data), `${type}: ${JSON.stringify(validate.errors)}`)
        return { type, data }
      })
    },
    changes: () => credits.creditEvents().map(({ type, data: { amount, available_balance: left } }) =>
      `${type.slice('credit.'.length)} ${String(amount ?? left)}`)
  }
  return credits
}

export type Attached = NonNullable<Body<'POST /products'>['credit_entitlements']>[number]

export interface CreditSale extends CreditShop {
  entitlementId: string
  productId: string
}

/** A shop with a monthly plan of 29.00 that grants 1000 credits. */
export async function sellCredits (t: Test, credit: Partial<Attached> = {}, entitlement: Partial<EntitlementBody> = {}, price: object = {}): Promise<CreditSale> {
  const shop = openCreditShop(t)
  const { id: entitlementId } = await shop.entitlement(entitlement)
  const productId = await shop.plan(2900, price, {
    credit_entitlements: [{ credit_entitlement_id: entitlementId, credits_amount: '1000', ...credit }]
  })
  return { ...shop, entitlementId, productId }
}
