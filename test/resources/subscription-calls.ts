/** A shop that sells subscriptions on a frozen clock, and the requests that its tests share. */
import type { Test } from 'tap'
import type { Body, Schemas } from '../../src/contract/operations.js'
import { startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Subscription = Required<Schemas['SubscriptionResponse']>
type Payment = Required<Schemas['PaymentResponse']>
type NewSubscription = Required<Schemas['CreateSubscriptionResponse']>
type RecurringPrice = Extract<Schemas['Price'], { type: 'recurring_price' }>

export type SubscriptionBody = Body<'POST /subscriptions'>

export type PlanChangeBody = Body<'POST /subscriptions/{subscription_id}/change-plan'>
export type PlanChanged = Required<Schemas['UpdateSubscriptionPlanResponse']>

export interface Shop extends TestEmulator {
  /** Creates a monthly product with this price and a term of ten years; returns its id. */
  plan (price: number, changes?: Partial<RecurringPrice>, product?: Record<string, unknown>): Promise<string>
  addon (price: number): Promise<string>
  discount (body: Partial<Body<'POST /discounts'>>): Promise<string>
  subscribe (productId: string, changes?: Partial<SubscriptionBody>): Promise<NewSubscription>
  refuseSubscription (body: object): Promise<Refusal & { status: number }>
  /** Pays a payment with a test card. */
  payWith (paymentId: string, card?: string): Promise<void>
  /** Subscribes and pays immediately. */
  activate (productId: string, changes?: Partial<SubscriptionBody>): Promise<string>
  read (subscriptionId: string): Promise<Subscription>
  change (subscriptionId: string, body: object): Promise<Subscription>
  refuseChange (subscriptionId: string, body: object): Promise<Refusal & { status: number }>
  /** Changes the plan of a subscription, or with `preview` only calculates the change. Prorated and immediate unless changed. */
  changePlan (subscriptionId: string, body: Partial<PlanChangeBody>): Promise<PlanChanged>
  preview (subscriptionId: string, body: Partial<PlanChangeBody>): Promise<Required<Schemas['ChangePlanPreviewResponse']>>
  /** Sends a plan change and its preview. Checks that both are refused in the same way, and that nothing is stored. */
  refusePlan (subscriptionId: string, body: object): Promise<Refusal & { status: number }>
  /** Replaces the payment method with this test card. */
  useCard (subscriptionId: string, card: string): Promise<void>
  /** Changes settings of the business. */
  settings (changes: object): Promise<void>
  /** Declines the next charges of a subscription. */
  declineNext (subscriptionId: string, how?: object): Promise<void>
  /** The payments of a subscription, oldest first. */
  payments (subscriptionId: string): Promise<Payment[]>
  advance (days: number): Promise<void>
  moveTo (time: string): Promise<void>
  /** The sent events, oldest first: their types and times. */
  events (): Array<{ type: string, at: string }>
  types (): string[]
}

const PRORATED = { quantity: 1, proration_billing_mode: 'prorated_immediately' }

const DAY_MS = 86_400_000

export function openShop (test: Test, clock: string, options: Parameters<typeof startEmulator>[1] = {}): Shop {
  const emulate = startEmulator(test, { clock, clockFrozen: 'on', ...options })
  const { call, get, emulator: { sandbox } } = emulate

  async function post<Json> (url: string, body: object): Promise<Json> {
    const { status, json, text } = await call('POST', url, { body })
    test.equal(status, 200, `${url}: ${text}`)
    return json as Json
  }

  async function refused (method: 'POST' | 'PATCH', url: string, body: object): Promise<Refusal & { status: number }> {
    const before = emulate.stored()
    const { status, json } = await call(method, url, { body })
    test.ok(status >= 400 && status < 500, `refused: ${status} ${JSON.stringify(json)}`)
    test.strictSame(emulate.stored(), before, 'and nothing is stored')
    return { ...(json as Refusal), status }
  }

  const shop: Shop = {
    ...emulate,
    async plan (price, changes = {}, product = {}) {
      const recurring: RecurringPrice = {
        type: 'recurring_price',
        currency: 'USD',
        price,
        payment_frequency_count: 1,
        payment_frequency_interval: 'Month',
        subscription_period_count: 10,
        subscription_period_interval: 'Year',
        ...changes
      }
      const { product_id: id } = await post<{ product_id: string }>('/products',
        { name: `Plan ${price}`, tax_category: 'saas', price: recurring, ...product })
      return id
    },
    addon: async price => (await post<{ id: string }>('/addons',
      { name: `Add-on ${price}`, price, currency: 'USD', tax_category: 'saas' })).id,
    discount: async body => (await post<{ code: string }>('/discounts', { type: 'percentage', amount: 1000, ...body })).code,
    subscribe: async (productId, changes = {}) => await post<NewSubscription>('/subscriptions', {
      product_id: productId, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }, payment_link: true, ...changes
    }),
    refuseSubscription: async body => await refused('POST', '/subscriptions', body),
    async payWith (paymentId, card = '4242424242424242') {
      await post(`/_emulator/payments/${paymentId}/pay`, { card })
    },
    async activate (productId, changes) {
      const { subscription_id: id, payment_id: paymentId } = await shop.subscribe(productId, changes)
      await shop.payWith(paymentId)
      return id
    },
    read: async id => await get<Subscription>(`/subscriptions/${id}`),
    async change (id, body) {
      const { status, json, text } = await call('PATCH', `/subscriptions/${id}`, { body })
      test.equal(status, 200, text)
      return json as Subscription
    },
    refuseChange: async (id, body) => await refused('PATCH', `/subscriptions/${id}`, body),
    changePlan: async (id, body) => await post<PlanChanged>(`/subscriptions/${id}/change-plan`, { ...PRORATED, ...body }),
    async preview (id, body) {
      const before = emulate.stored()
      const preview = await post<Required<Schemas['ChangePlanPreviewResponse']>>(
        `/subscriptions/${id}/change-plan/preview`, { ...PRORATED, ...body })
      test.strictSame(emulate.stored(), before, 'a preview stores nothing')
      return preview
    },
    async refusePlan (id, body) {
      const refusal = await refused('POST', `/subscriptions/${id}/change-plan`, { ...PRORATED, ...body })
      test.strictSame(await refused('POST', `/subscriptions/${id}/change-plan/preview`, { ...PRORATED, ...body }), refusal,
        'the preview is refused in the same way')
      return refusal
    },
    async useCard (id, card) {
      const { payment_id: paymentId } = await post<{ payment_id: string }>(`/subscriptions/${id}/update-payment-method`, { type: 'new' })
      await shop.payWith(paymentId, card)
    },
    async settings (changes) {
      const { status, text } = await call('PATCH', '/_emulator/settings', { body: changes })
      test.equal(status, 200, text)
    },
    async declineNext (id, how = {}) {
      await post(`/_emulator/subscriptions/${id}/decline-next`, how)
    },
    async payments (subscriptionId) {
      const { items } = await get<{ items: Array<{ payment_id: string }> }>(`/payments?subscription_id=${subscriptionId}&page_size=100`)
      return await Promise.all(items.reverse().map(async ({ payment_id: id }) => await get<Payment>(`/payments/${id}`)))
    },
    async advance (days) {
      await post('/_emulator/clock', { advance_ms: days * DAY_MS })
    },
    async moveTo (time) {
      await post('/_emulator/clock', { now: time })
    },
    events: () => sandbox.outbox.listEvents({}, 10_000, 0).reverse()
      .map(({ type, created_at: at }) => ({ type, at: new Date(at / 1000).toISOString() })),
    types: () => shop.events().map(({ type }) => type)
  }
  return shop
}
