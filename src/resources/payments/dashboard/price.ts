/**
 * The price of a payment as a few lines: subtotal, discounts, tax and total. Each unfolds into the steps of the calculation, from
 * /_emulator. Stable ids for browser tests: price-{line}; data-testid price-line, price-step.
 */
import { html } from 'ghtml'
import type { Reply } from '../../../contract/operations.js'
import { idLink } from '../../../pages/dashboard/parts.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'

type Explanation = Reply<'GET /_emulator/payments/{payment_id}/explain'>
type Step = Explanation['steps'][number]

/** The lines in their order, with the kinds of their steps. `after` sums what the steps leave, `change` what they change. */
const LINES = [
  { id: 'subtotal', title: 'Subtotal', kinds: ['unit_price'], sums: 'after' },
  { id: 'discounts', title: 'Discounts', kinds: ['product_discount', 'discount_code', 'discounts'], sums: 'change' },
  { id: 'conversion', title: 'Converted', kinds: ['conversion'], sums: 'after' },
  { id: 'paid', title: 'Already paid', kinds: ['paid'], sums: 'change' },
  { id: 'proration', title: 'Proration', kinds: ['proration'], sums: 'change' },
  { id: 'tax', title: 'Tax', kinds: ['tax'], sums: 'change' },
  { id: 'credit', title: 'Credit', kinds: ['credit'], sums: 'change' },
  { id: 'minimum', title: 'Minimum charge', kinds: ['minimum_charge'], sums: 'change' }
] as const satisfies ReadonlyArray<{ id: string, title: string, kinds: ReadonlyArray<Step['kind']>, sums: 'after' | 'change' }>

/** These are shown for every payment, even without steps. */
const ALWAYS = new Set(['subtotal', 'discounts', 'tax'])

export function priceLines (explanation: Explanation, page: PageContext): Fragment {
  const { steps, fee, as_of_now: lookedUp, total_amount: total, currency, tax } = explanation
  const { sandbox } = page.context
  const used = new Set<string>(LINES.flatMap(({ kinds }) => kinds))
  const lines = LINES.map(({ id, title, kinds, sums }) => {
    const own = steps.filter(({ kind }) => (kinds as readonly string[]).includes(kind))
    if (own.length === 0 && !ALWAYS.has(id)) return ''
    // The tax of a price that includes it changes nothing.
    const isIncluded = id === 'tax' && tax > 0 && own.every(({ change }) => change === 0)
    const amount = isIncluded ? money(tax, currency, sandbox) : sumOf(own, sums, page)
    return line({ id, title: isIncluded ? 'Tax included' : title, amount, steps: own }, page)
  })
  const rest = steps.filter(({ kind }) => !used.has(kind))
  return html`<div class="price-lines">!${lines}
!${line({ id: 'total', title: 'Total', amount: money(total, currency, sandbox), steps: rest }, page)}</div>
!${fee === null ? '' : html`<p class="pad hint" id="fee">${fee.text}</p>`}
!${lookedUp.length === 0
  ? ''
  : html`<p class="pad hint">Current values, which the payment does not store: ${lookedUp.join(' ')}</p>`}`
}

/** The sum in each currency: `€5.00 + $3.00`, or a dash without steps. */
function sumOf (steps: readonly Step[], sums: 'after' | 'change', { context: { sandbox } }: PageContext): string {
  const totals = new Map<string, number>()
  for (const step of steps) totals.set(step.currency, (totals.get(step.currency) ?? 0) + step[sums])
  return [...totals].map(([currency, minor]) => money(minor, currency, sandbox)).join(' + ') || '–'
}

interface Line {
  id: string
  title: string
  amount: string
  steps: readonly Step[]
}

function line ({ id, title, amount, steps }: Line, page: PageContext): Fragment {
  const head = html`<span class="name">${title}</span><span class="amount">${amount}</span>`
  if (steps.length === 0) return html`<div class="price-line" id="price-${id}" data-testid="price-line">!${head}</div>`
  return html`<details id="price-${id}" data-testid="price-line"><summary class="price-line">!${head}</summary>
<ol>!${steps.map(step => html`<li data-testid="price-step">!${product(step, page)}${textOf(step)}</li>`)}</ol></details>`
}

function product ({ product_id: id }: Step, page: PageContext): Fragment {
  const name = id === null ? null : page.context.sandbox.products.find(id)?.name ?? null
  if (id === null) return ''
  return name === null ? idLink(page, id) : html`<a href="${page.urlOf(id) ?? ''}">${name}</a>: `
}

/** The text without the place in the request, which the name of the product replaces. */
function textOf ({ text, line, product_id: id }: Step): string {
  const place = `product_cart[${line ?? 0}] ${id ?? ''}: `
  return text.startsWith(place) ? text.slice(place.length) : text
}
