/** Valid bodies for operations whose schema alone rarely produces one. The fuzzer extends and corrupts them. */
import type { Random } from '../random.js'
import type { Pool } from './values.js'

type Recipe = (random: Random, id: (key: string, otherwise: string) => string) => object

const cart = (random: Random) => ({ product_cart: [{ product_id: random.one(['pdt_ebook', 'pdt_course', 'product_id']), quantity: 1 + random.below(3) }] })
const billing = (random: Random) => ({ billing: { country: random.one(['US', 'DE', 'IN', 'GB']) } })
const customer = (random: Random) => ({ customer: random.one([{ customer_id: 'cus_ada' }, { customer_id: 'cus_grace' }, { email: 'ada@example.com' }]) })
const outcome = (random: Random) => ({ outcome: random.one(['succeeded', 'succeeded', 'failed', 'processing', 'requires_customer_action']) })

/** Chosen names, so that some exist when they are requested. */
export const SNAPSHOTS = ['first', 'second']

const RECIPES: Record<string, Recipe> = {
  'POST /payments': random => ({ ...cart(random), ...billing(random), ...customer(random), payment_link: random.chance(0.7) }),
  'POST /checkouts': random => ({ ...cart(random), ...(random.chance(0.5) ? customer(random) : {}) }),
  'POST /checkouts/preview': random => ({ ...cart(random), billing_address: { country: 'US' } }),
  'POST /refunds': (_random, id) => ({ payment_id: id('payment_id', 'none') }),
  'POST /customers/{customer_id}/wallets/ledger-entries': random =>
    ({ amount: 1 + random.below(500), currency: random.one(['USD', 'INR']), entry_type: random.one(['credit', 'debit']) }),
  'POST /products/{product_id}/localized-prices': random => ({ currency: random.one(['EUR', 'GBP', 'JPY']), amount: 100 + random.below(5000) }),
  'POST /discounts/{discount_id}/customers': () => ({ customer_ids: ['cus_ada'] }),
  'POST /webhooks': () => ({ url: 'http://127.0.0.1:9/hook' }),
  'POST /_emulator/payments/{payment_id}/pay': outcome,
  'POST /_emulator/checkouts/{session_id}/pay': outcome,
  'POST /_emulator/refunds/{refund_id}/settle': random => ({ status: random.one(['succeeded', 'failed']) }),
  'POST /_emulator/snapshots': random => ({ name: random.one(SNAPSHOTS) }),
  'POST /_emulator/faults': random => random.one([{ preset: 'down' }, { kind: 'error', status: 503 }, { kind: 'delay', delay_ms: 5 }])
}

/** A valid body of an operation; undefined where the schema is enough. */
export function recipeFor (name: string, random: Random, pool: Pool): object | undefined {
  return RECIPES[name]?.(random, (key, otherwise) => pool.one([key], random) ?? otherwise)
}
