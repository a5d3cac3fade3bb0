/** Previews the charge of a plan change and the changed subscription. Writes nothing. */
import type { Schemas } from '../../contract/operations.js'
import { formatTime } from '../../rules/calendar.js'
import { exchange } from '../../rules/amounts.js'
import type { ChangeLine } from '../../rules/plan-change.js'
import type { Context } from '../../sandbox/sandbox.js'
import { settlement } from '../payments/sale.js'
import { changedPlan, renewalDates } from './applied-change.js'
import type { ChangeDecision } from './plan-change.js'
import type { Subscription } from './store.js'
import { subscriptionResponse } from './view.js'

type Preview = Required<Schemas['ChangePlanPreviewResponse']>
type Charge = Preview['immediate_charge']
type Line = Charge['line_items'][number]
type Currency = Schemas['Currency']

export function changePreview (subscription: Subscription, decision: ChangeDecision, context: Context): Preview {
  const at = decision.is_scheduled ? subscription.next_billing_date : context.now
  return {
    new_plan: subscriptionResponse(afterChange(subscription, decision, at, context), context),
    immediate_charge: {
      summary: summaryOf(decision, context),
      line_items: decision.priced.lines.map(line => lineItem(line, subscription, decision, context)),
      effective_at: formatTime(at)
    }
  }
}

function afterChange (
  subscription: Subscription, { change, priced, is_scheduled: isScheduled }: ChangeDecision, at: number, { sandbox }: Context
): Subscription {
  const planned = { id: '', ...change }
  const restarts = priced.restarts_cycle && !isScheduled
  const changed = { ...subscription, ...changedPlan(planned, subscription, { at, restarts }, sandbox), scheduled_change: null }
  if (!isScheduled) return changed
  return { ...changed, previous_billing_date: at, ...renewalDates(changed, at) }
}

function summaryOf ({ priced }: ChangeDecision, { sandbox }: Context): Required<Charge['summary']> {
  const { currency, total, tax, gross_tax: grossTax, credit_change: change } = priced
  const settled = settlement({ currency, total, tax }, sandbox)
  const { settlement_currency: wallet, settlement_amount: amount } = settled
  return {
    total_amount: total,
    currency: currency as Currency,
    settlement_amount: amount,
    settlement_currency: wallet as Currency,
    customer_credits: change,
    customer_credits_currency: currency as Currency,
    settlement_tax: Math.sign(grossTax) * exchange(Math.abs(grossTax), currency, wallet, sandbox.reference.currencies),
    tax
  }
}

function lineItem (line: ChangeLine, subscription: Subscription, { change }: ChangeDecision, { sandbox }: Context): Line {
  const { kind, id, name, quantity, proration_factor: factor, whole, tax_rate_bps: rate } = line
  const shared = {
    id,
    unit_price: whole.unit_price,
    quantity,
    tax_inclusive: line.tax_inclusive,
    tax: whole.tax,
    tax_rate: rate / 100,
    currency: line.currency as Currency,
    proration_factor: factor
  }
  const plan = [change.plan, subscription.plan].find(({ product_id: productId }) => productId === id)
  if (kind !== 'addon') {
    const description = plan === undefined ? sandbox.products.find(id)?.description : plan.description
    return { ...shared, product_id: id, name, description: description ?? null, type: 'subscription' }
  }
  const sold = [...change.addons, ...subscription.addons].find(({ addon_id: addonId }) => addonId === id)
  const addon = sandbox.addons.find(id)
  return {
    ...shared,
    name: name ?? id,
    description: addon?.description ?? null,
    tax_category: (sold ?? addon ?? subscription.plan).tax_category as Schemas['TaxCategory'],
    type: 'addon'
  }
}
