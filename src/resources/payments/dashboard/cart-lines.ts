/**
 * The lines of a cart in the form for payments, checkout sessions and subscriptions. Adding and removing one keeps the values of
 * the others.
 */
import { html } from 'ghtml'
import { isPayWhatYouWant, plainPrice } from '../../products/prices.js'
import type { JsonObject } from '../../../pages/dashboard/code/call.js'
import { choiceField, textField, typed, CHOICES, withChosen } from '../../../pages/dashboard/fields.js'
import { formWith, type Form, type FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import type { Reading } from '../../../pages/dashboard/reading.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import type { Context } from '../../../sandbox/sandbox.js'
import type { CartKind, Start } from './cart.js'
import { EXTRAS, extraFields, extrasOf, extraTemplates } from './line-extras.js'

/** The name of the list in the API. */
export const LIST = { payment: 'product_cart', checkout: 'product_cart', subscription: 'one_time_product_cart' } as const

const LINES_MAX = 100

function lineCount (kind: CartKind, has: (name: string) => boolean): number {
  let lines = 0
  while (lines < LINES_MAX && has(`${LIST[kind]}[${lines}].product_id`)) lines++
  return lines
}

/** Adds an empty line to the form. */
export function withLine (sent: Form, kind: CartKind): Form {
  const line = `${LIST[kind]}[${lineCount(kind, sent.has)}]`
  return changed(sent, entries => [...entries, [`${line}.product_id`, ''], [`${line}.quantity`, '1'], [`${line}.amount`, '']])
}

/** Removes a line from the form. Later lines move up. */
export function withoutLine (sent: Form, kind: CartKind, removed: number): Form {
  const list = LIST[kind]
  const lines = lineCount(kind, sent.has)
  if (lines < 2 || removed >= lines) return sent
  const kept = Array.from({ length: lines }, (_, line) => line).filter(line => line !== removed)
  const entriesOf = (place: string) => sent.entries().filter(([name]) => name.startsWith(place))
  return changed(sent, entries => [
    ...entries.filter(([name]) => !name.startsWith(`${list}[`)),
    ...kept.flatMap((line, place) => entriesOf(`${list}[${line}].`).map(([name, value]): [string, string] =>
      [`${list}[${place}].${name.slice(`${list}[${line}].`.length)}`, value]))
  ])
}

function changed (sent: Form, change: (entries: Array<[string, string]>) => Array<[string, string]>): Form {
  return formWith(new URLSearchParams(change(sent.entries())))
}

export async function lineFields (formState: FormState, kind: CartKind, start: Start, page: PageContext): Promise<Fragment> {
  const products = await productOptions(kind === 'checkout' ? null : 'false', page)
  const has = (name: string) => formState.typed === null ? start[name] !== undefined : formState.typed.has(name)
  const lines = Math.max(lineCount(kind, has), 1)
  return html`!${Array.from({ length: lines }, (_, line) => {
    const path = `${LIST[kind]}[${line}]`
    const chosen = typed(formState, `${path}.product_id`, start[`${path}.product_id`] ?? '')
    return html`<div class="line" data-line="${path}.">
!${choiceField(formState, {
      name: `${path}.product_id`,
      label: 'Product',
      value: chosen,
      isRequired: kind !== 'subscription',
      options: withChosen([['', '–'], ...products], chosen)
    })}
!${textField(formState, {
      name: `${path}.quantity`,
      label: 'Quantity',
      value: start[`${path}.quantity`] ?? '1',
      inputmode: 'numeric',
      isRequired: kind !== 'subscription'
    })}
!${textField(formState, {
      name: `${path}.amount`, label: amountLabel(chosen, page), value: start[`${path}.amount`], inputmode: 'decimal'
    })}
!${lines < 2
      ? ''
      : html`<button class="button bare" name="step" value="remove-${line}" aria-label="Remove line ${line + 1}">Remove</button>`}
!${kind === 'checkout' ? extraFields(formState, `${path}.`, chosen, EXTRAS.line, page) : ''}
</div>`
  })}<p class="hint">The amount is the price of one unit, for products whose customers choose the price.</p>
!${kind === 'checkout' ? extraTemplates(formState, products.map(([id]) => id), EXTRAS.line, page) : ''}`
}

function amountLabel (productId: string, { context: { sandbox } }: PageContext): string {
  const price = sandbox.products.find(productId)?.price
  return price !== undefined && isPayWhatYouWant(price) ? `Amount in ${price.currency}` : 'Amount'
}

/** Ignores empty lines at the end. Empty lines in between stay, so that errors keep their places. */
export function linesOf (sent: Form, kind: CartKind, reading: Reading, context: Context): JsonObject[] {
  const currencyOf = (productId: string) => context.sandbox.products.find(productId)?.price.currency ?? 'USD'
  const paths = Array.from({ length: lineCount(kind, sent.has) }, (_, line) => `${LIST[kind]}[${line}]`)
  return paths.slice(0, paths.findLastIndex(path => sent.given(`${path}.product_id`) !== undefined) + 1).map(path => {
    const productId = sent.text(`${path}.product_id`)
    return {
      product_id: productId,
      quantity: sent.number(`${path}.quantity`),
      amount: reading.amount(`${path}.amount`, currencyOf(productId)),
      ...(kind === 'checkout' ? extrasOf(sent, `${path}.`, productId, EXTRAS.line, context) : {})
    }
  })
}

/** Products as choices, with their prices. */
export async function productOptions (
  recurring: 'true' | 'false' | null, page: PageContext
): Promise<Array<readonly [id: string, label: string]>> {
  const query = { ...(recurring === null ? {} : { recurring }), page_size: CHOICES }
  const { items } = await page.operate('GET /products', { query })
  return items.map(({ product_id: id, name, price_detail: price }) => {
    const amount = price == null ? '' : ` · ${money(plainPrice(price), price.currency, page.context.sandbox)}`
    return [id, `${name ?? id}${amount}`] as const
  })
}
