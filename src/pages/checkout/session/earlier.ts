/**
 * The entries of an earlier payment of the session. The details form starts with it, and a discount code on the
 * page of the payment makes a new payment of it. Writes nothing.
 */
import type { Known, Terms } from '../../../resources/checkouts/terms.js'
import { codeOf } from '../../../resources/discounts/view.js'
import { subscriptionIds } from '../../../resources/payments/shares.js'
import type { Payment } from '../../../resources/payments/store.js'
import { recurringLines } from '../../../resources/subscriptions/cart.js'
import { decimal } from '../../../rules/decimal.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import type { PageContext } from '../../page-context.js'
import { FIELD_OF, exponentOf, type Entries } from './form.js'

/** The terms with the add-ons that the customer had chosen. */
export function withEarlierAddons (terms: Terms, earlier: Payment | null, sandbox: Sandbox): Terms {
  const ids = earlier === null ? [] : subscriptionIds(earlier)
  if (!terms.flags.allow_editing_addons || ids.length === 0) return terms
  const recurring = recurringLines(terms.cart, sandbox)
  return {
    ...terms,
    cart: terms.cart.map((item, index) => {
      const subscription = sandbox.subscriptions.find(ids[recurring.indexOf(index)] ?? '')
      if (subscription === undefined || subscription.plan.usage_based) return item
      return { ...item, addons: subscription.addons.map(({ addon_id: id, quantity }) => ({ addon_id: id, quantity })) }
    })
  }
}

/** `first` are the entries of a new form. */
export function entriesOfPayment (first: Entries, payment: Payment, terms: Terms, context: PageContext): Entries {
  const { sandbox } = context
  const known = detailsOf(payment)
  const details = Object.entries(first.details).map(([name, text]) => [name, known[name as keyof Known] ?? text])
  const answers = new Map(payment.custom_field_responses?.map(({ key, value }) => [key, value]))
  return {
    ...first,
    details: Object.fromEntries(details) as Entries['details'],
    currency: payment.currency,
    codes: payment.discounts.flatMap(applied => codeOf(applied, sandbox) ?? []),
    amounts: amountsOf(first, payment, terms, context),
    answers: terms.custom_fields.map(({ key }) => answers.get(key) ?? '')
  }
}

function detailsOf ({ customer: { name, email, phone_number: phone }, billing, checkout }: Payment): Known {
  const { country, street = null, city = null, state = null, zipcode = null } = billing
  const { tax_id: taxId = null, customer_business_name: business = null } = checkout
  return { name, email, phone, country, street, city, state, zipcode, tax_id: taxId, business_name: business }
}

/** The amounts that the customer has chosen, each for the line at its place among those of its product. */
function amountsOf ({ amounts }: Entries, { lines }: Payment, { cart }: Terms, { sandbox, locale }: PageContext): string[] {
  const unused = lines.filter(({ kind }) => kind === undefined)
  return cart.map(({ product_id: id }, index) => {
    const place = unused.findIndex(line => line.product_id === id)
    const [line] = place < 0 ? [] : unused.splice(place, 1)
    const isOpen = amounts[index] !== undefined && amounts[index] !== ''
    const isSame = line !== undefined && line.unit_currency === sandbox.products.find(id)?.price.currency
    return isOpen && isSame ? locale.decimal(decimal(line.unit_amount, exponentOf(id, sandbox))) : amounts[index] ?? ''
  })
}

/** The fields of a submitted details form with these entries. */
export function formOf (entries: Entries, terms: Terms): Record<string, string> {
  const { details, currency, codes, code, amounts, answers } = entries
  const addons = terms.cart.flatMap(({ addons = [] }, line) =>
    addons.map(({ addon_id: id, quantity }) => [`addon_${line}_${id}`, String(quantity)] as const))
  const productId = terms.cart[0]?.product_id ?? ''
  return Object.fromEntries([
    ...Object.entries(details).map(([name, text]) => [FIELD_OF[name as keyof typeof FIELD_OF], text] as const),
    ...amounts.map((amount, line) => [`amount_${line}`, amount] as const),
    ...answers.map((answer, index) => [`custom_${index}`, answer] as const),
    ...addons,
    ['currency', currency], ['codes', JSON.stringify(codes)], ['code', code], ['product_id', productId], ['chosen', productId]
  ])
}
