/**
 * The add-ons that a customer can add to a subscription, in sessions with the feature flag `allow_editing_addons`. The buttons
 * submit the form, so that they work without scripts. Automated tests can rely on:
 *
 *   ids           addon-{line}-{addon_id} (its quantity), fewer-{line}-{addon_id}, more-{line}-{addon_id}
 *   form fields   addon_{line}_{addon_id}; action more:{line}_{addon_id} or fewer:{line}_{addon_id}
 */
import { html } from 'ghtml'
import type { CartTerms, Terms } from '../../../resources/checkouts/terms.js'
import type { Stored } from '../../../resources/stores.js'
import { ADDONS_MAX } from '../../../resources/subscriptions/rules.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import { moneyText, notes, states, type Problem } from '../../fragments.js'
import type { Fragment } from '../../layout.js'
import type { Shown } from '../../page-context.js'
import { priceText } from '../recurrence.js'
import { entryOf } from './form.js'

const QUANTITY_MAX = 999

/** An add-on of a line with a subscription. */
interface Editable {
  line: number
  item: CartTerms
  addon: Stored<'addons'>
  /** The suffix of its ids and fields: `0_adn_…`. */
  key: string
}

function editable ({ cart, flags, subscription }: Terms, { products, addons }: Sandbox): Editable[] {
  if (!flags.allow_editing_addons || subscription?.on_demand != null) return []
  return cart.flatMap((item, line) => {
    const product = products.find(item.product_id)
    if (product?.price.type !== 'recurring_price') return []
    return (product.addons ?? []).flatMap(id => {
      const addon = addons.find(id)
      return addon === undefined ? [] : [{ line, item, addon, key: `${line}_${id}` }]
    })
  })
}

const quantityOf = ({ item, addon }: Editable) => item.addons?.find(({ addon_id: id }) => id === addon.addon_id)?.quantity ?? 0

/** The terms with the quantities of a form. Quantities that are missing or invalid stay as they are. */
export function withAddons (terms: Terms, body: unknown, sandbox: Sandbox): Terms {
  const offered = editable(terms, sandbox)
  if (offered.length === 0) return terms
  const cart = terms.cart.map((item, line) => {
    const own = offered.filter(addon => addon.line === line)
    if (own.length === 0) return item
    const chosen = own.map(addon => ({
      addon_id: addon.addon.addon_id, quantity: chosenQuantity(addon, body) ?? quantityOf(addon)
    }))
    return { ...item, addons: chosen.filter(({ quantity }) => quantity > 0).slice(0, ADDONS_MAX) }
  })
  return { ...terms, cart }
}

/** Null for an invalid quantity. */
function chosenQuantity (addon: Editable, body: unknown): number | null {
  const text = entryOf(body, `addon_${addon.key}`).trim()
  const entered = text === '' ? quantityOf(addon) : /^\d{1,3}$/.test(text) ? Number(text) : null
  const action = entryOf(body, 'action')
  if (entered === null) return null
  if (action === `more:${addon.key}`) return Math.min(entered + 1, QUANTITY_MAX)
  return action === `fewer:${addon.key}` ? Math.max(entered - 1, 0) : entered
}

/** The mistakes in the quantities of a form. `terms` are those of the session, before `withAddons`. */
export function addonProblems (terms: Terms, body: unknown, { sandbox, locale: { text } }: Shown): Problem[] {
  const offered = editable(terms, sandbox)
  const invalid = offered.filter(addon => chosenQuantity(addon, body) === null)
    .map(addon => ({ field: idOf(addon), message: text('problem.quantity', { max: QUANTITY_MAX }) }))
  const chosen = offered.filter(addon => (chosenQuantity(addon, body) ?? 0) > 0)
  const [tooMany] = chosen.filter(addon => chosen.filter(({ line }) => line === addon.line).indexOf(addon) >= ADDONS_MAX)
  if (tooMany === undefined) return invalid
  return [...invalid, { field: idOf(tooMany), message: text('problem.addons', { max: ADDONS_MAX }) }]
}

const idOf = ({ key }: Editable) => `addon-${key.replace('_', '-')}`

/** Empty if there is nothing to add. */
export function addonFields (terms: Terms, problems: readonly Problem[], context: Shown): Fragment {
  const offered = editable(terms, context.sandbox)
  if (offered.length === 0) return ''
  return html`<div role="group" aria-labelledby="addons-title"><h2 class="section-title" id="addons-title">
${context.locale.text('addon.title')}</h2>
<div class="fields">!${offered.map(addon => stepper(addon, problems, context))}</div></div>`
}

function stepper (addon: Editable, problems: readonly Problem[], context: Shown): Fragment {
  const { text } = context.locale
  const { key, addon: { name, description, price, currency } } = addon
  const id = idOf(addon)
  const suffix = id.slice('addon-'.length)
  const hint = `${priceOf(addon, price, currency, context)}${description === null ? '' : `. ${description}`}`
  const control = { id, hint, isRequired: false }
  return html`<div class="field stepper"><label for="${id}">${name}</label>
!${notes(control, problems)}
<div class="steps">
<button class="button second" id="fewer-${suffix}" name="action" value="fewer:${key}"
aria-label="${text('addon.fewer', { name })}">−</button>
<input type="text" inputmode="numeric" id="${id}" name="addon_${key}" value="${quantityOf(addon)}"
autocomplete="off"!${states(control, problems)}>
<button class="button second" id="more-${suffix}" name="action" value="more:${key}"
aria-label="${text('addon.more', { name })}">+</button>
</div></div>`
}

/** `€5.00 every month each` */
function priceOf ({ item }: Editable, price: number, currency: string, context: Shown): string {
  const plan = context.sandbox.products.find(item.product_id)?.price
  if (plan?.type !== 'recurring_price') return moneyText(price, currency, context)
  const period = { count: plan.payment_frequency_count, interval: plan.payment_frequency_interval }
  return context.locale.text('addon.each', { price: priceText(price, currency, period, context) })
}
