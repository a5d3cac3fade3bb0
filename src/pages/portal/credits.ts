/**
 * A customer's credits in the portal: each balance with its latest ledger entries. Automated tests can rely on the id `credits`,
 * and the data-testids credit (with data-credit-entitlement-id), credit-balance, credit-overage and credit-entry.
 */
import { html } from 'ghtml'
import { formatDay } from '../../rules/calendar.js'
import type { CreditBalance, CreditEntry } from '../../resources/credits/store.js'
import type { Sandbox } from '../../sandbox/sandbox.js'
import type { Fragment } from '../layout.js'

const ENTRIES = 10

/** Empty for a customer who has had no credits. */
export function creditsPanel (customerId: string, sandbox: Sandbox): Fragment {
  const balances = sandbox.credits.balancesOf(customerId)
  if (balances.length === 0) return ''
  return html`<section class="panel" id="credits" aria-labelledby="credits-title">
<h2 class="section-title" id="credits-title">Your credits</h2>
<ul class="entries">!${balances.map(balance => creditItem(balance, sandbox))}</ul>
</section>`
}

function creditItem (held: CreditBalance, sandbox: Sandbox): Fragment {
  const { credit_entitlement_id: id, balance, overage } = held
  const { name = id, unit = '' } = sandbox.creditEntitlements.find(id) ?? {}
  const entries = sandbox.credits.listEntries(held, {}, ENTRIES, 0)
  return html`<li class="entry" data-testid="credit" data-credit-entitlement-id="${id}">
<h3>${name}</h3>
<p><span data-testid="credit-balance">${balance}</span> ${unit} left</p>
!${overage === '0' ? '' : html`<p class="hint">Used beyond the balance: <span data-testid="credit-overage">${overage}</span></p>`}
<details><summary>Latest changes<span class="visually-hidden"> of ${name}</span></summary>
<ul class="entries">!${entries.map(entry => creditEntry(entry))}</ul></details>
</li>`
}

function creditEntry (entry: CreditEntry): Fragment {
  const { transaction_type: type, description, is_credit: isCredit, amount, balance_after: after, created_at: at } = entry
  return html`<li data-testid="credit-entry">${description ?? type.replaceAll('_', ' ')}: ${isCredit ? '+' : '−'}${amount}
<span class="hint">${formatDay(at)}, then ${after}</span></li>`
}
