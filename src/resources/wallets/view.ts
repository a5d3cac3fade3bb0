/** Wallets and their entries in the API's shapes. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import { convert } from '../../rules/money.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Customer } from '../customers/store.js'
import { WALLET_CURRENCIES } from './rules.js'
import type { WalletEntry } from './store.js'

type Wallet = Required<Schemas['CustomerWalletResponse']>

/** A wallet after an entry. Without an entry, the empty wallet of a new customer. */
export function walletResponse (
  customer: Customer, currency: Schemas['Currency'], entry: WalletEntry | undefined
): Wallet {
  return {
    customer_id: customer.customer_id,
    currency,
    balance: entry?.after_balance ?? 0,
    created_at: formatTime(customer.created_at),
    updated_at: formatTime(entry?.created_at ?? customer.created_at)
  }
}

/** All wallets of a customer, including empty ones. */
export function walletsResponse (customer: Customer, { sandbox }: Context): Required<Schemas['CustomerWalletsResponse']> {
  const items = WALLET_CURRENCIES.map(currency =>
    walletResponse(customer, currency, sandbox.wallets.last(customer.customer_id, currency)))
  const inDollars = ({ balance, currency }: Wallet) => {
    const cents = convert(balance, currency, 'USD', sandbox.reference.currencies)
    if (cents === null) throw new Error(`there is no rate from ${currency} to USD`)
    return cents
  }
  return { items, total_balance_usd: items.reduce((total, wallet) => total + inDollars(wallet), 0) }
}

export function walletEntry (entry: WalletEntry, { sandbox }: Context): Required<Schemas['CustomerWalletTransactionResponse']> {
  return {
    id: entry.entry_id,
    business_id: sandbox.business.business_id,
    customer_id: entry.customer_id,
    currency: entry.currency,
    amount: entry.amount,
    is_credit: entry.is_credit,
    event_type: entry.event_type,
    before_balance: entry.before_balance,
    after_balance: entry.after_balance,
    reason: entry.reason,
    reference_object_id: entry.reference_object_id,
    created_at: formatTime(entry.created_at)
  }
}
