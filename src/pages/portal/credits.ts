/**
 * A customer's credits in the portal: each balance with its latest ledger entries. Automated tests can rely on the id `credits`,
 * and the data-testids credit (with data-credit-entitlement-id), credit-balance, credit-overage and credit-entry.
 */
import { html } from 'ghtml'
import type { Locale } from '../../messages/locale.js'
import type { CreditBalance, CreditEntry } from '../../resources/credits/store.js'
import type { Fragment } from '../layout.js'
import type { Shown } from '../page-context.js'

const ENTRIES = 10

/** Empty for a customer who has had no credits. */
export function creditsPanel (customerId: string, context: Shown): Fragment {
  const balances = context.sandbox.credits.balancesOf(customerId)
  if (balances.length === 0) return ''
  return html`<section class="panel" id="credits" aria-labelledby="credits-title">
<h2 class="section-title" id="credits-title">${context.locale.text('credit.title')}</h2>
<ul class="entries">!${balances.map(balance => creditItem(balance, context))}</ul>
</section>`
}

function creditItem (held: CreditBalance, { sandbox, locale }: Shown): Fragment {
  const { credit_entitlement_id: id, balance, overage } = held
  const { name = id, unit = '' } = sandbox.creditEntitlements.find(id) ?? {}
  const entries = sandbox.credits.listEntries(held, {}, ENTRIES, 0)
  return html`<li class="entry" data-testid="credit" data-credit-entitlement-id="${id}">
<h3>${name}</h3>
<p>!${locale.fragment('credit.left', {
    balance: html`<span data-testid="credit-balance">${balance}</span>`, unit: html`${unit}`
  })}</p>
!${overage === '0'
    ? ''
    : html`<p class="hint">!${locale.fragment('credit.overage', {
      amount: html`<span data-testid="credit-overage">${overage}</span>`
    })}</p>`}
<details><summary aria-label="${locale.text('credit.changesOf', { name })}">${locale.text('credit.changes')}</summary>
<ul class="entries">!${entries.map(entry => creditEntry(entry, locale))}</ul></details>
</li>`
}

function creditEntry (entry: CreditEntry, { text, day }: Locale): Fragment {
  const { transaction_type: type, description, is_credit: isCredit, amount, balance_after: after, created_at: at } = entry
  const change = { description: description ?? text(`credit.${type}`), amount: `${isCredit ? '+' : '−'}${amount}` }
  return html`<li data-testid="credit-entry">${text('credit.entry', change)}
<span class="hint">${text('credit.after', { date: day(at), balance: after })}</span></li>`
}
