/**
 * The pages that create a test payment, a checkout session or a subscription. Before creating it, they preview the total and show
 * the request as a curl command and as code for all official clients. Stable ids for browser tests: form-cart, total, code, curl,
 * javascript and the other languages; data-testid total-amount.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { ApiError } from '../../../errors.js'
import { codeOf } from '../../discounts/view.js'
import { isPayWhatYouWant } from '../../products/prices.js'
import { findPayment } from '../rules.js'
import { stringMetadata } from '../../../rules/metadata.js'
import type { Context } from '../../../sandbox/sandbox.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { ADDRESS, cartBody, cartFields, previewBody, type CartKind, type Start } from './cart.js'
import { withLine, withoutLine } from './cart-lines.js'
import type { JsonObject, SampleCall } from '../../../pages/dashboard/code/call.js'
import { PROGRAMS } from '../../../pages/dashboard/code/programs.js'
import { form } from '../../../pages/dashboard/fields.js'
import { formWith, type Form } from '../../../pages/dashboard/form.js'
import { pageOf, pathOf } from '../../../pages/dashboard/links.js'
import type { DashboardPage, Done, PageContext } from '../../../pages/dashboard/page.js'
import { card, cellLink, crumb, heading, snippet } from '../../../pages/dashboard/parts.js'
import { typedAmount } from '../../../pages/dashboard/reading.js'

interface Kind {
  title: string
  above: readonly [path: string, text: string]
  submit: string
  call: Omit<SampleCall, 'baseUrl' | 'apiKey' | 'body'>
  /** Creates the object and returns its page. */
  create (body: JsonObject, page: PageContext): Promise<Done>
}

const KINDS: Record<CartKind, Kind> = {
  payment: {
    title: 'New payment',
    above: [pathOf('payments'), 'Payments'],
    submit: 'Create payment',
    call: {
      path: '/payments',
      resource: 'payments',
      result: 'payment',
      prints: ['payment_id', 'payment_link']
    },
    async create (body, page) {
      const { payment_id: id } = await page.operate('POST /payments', { body })
      return { to: pathOf('payments', id), done: 'created' }
    }
  },
  checkout: {
    title: 'New checkout session',
    above: [pathOf('checkouts'), 'Checkout sessions'],
    submit: 'Create session',
    call: {
      path: '/checkouts',
      resource: 'checkout_sessions',
      model: 'CheckoutSessionRequest',
      result: 'session',
      prints: ['session_id', 'checkout_url']
    },
    async create (body, page) {
      const { session_id: id } = await page.operate('POST /checkouts', { body })
      return { to: pathOf('checkouts', id), done: 'created' }
    }
  },
  subscription: {
    title: 'New subscription',
    above: [pathOf('subscriptions'), 'Subscriptions'],
    submit: 'Create subscription',
    call: {
      path: '/subscriptions',
      resource: 'subscriptions',
      result: 'subscription',
      prints: ['subscription_id', 'payment_link']
    },
    async create (body, page) {
      const { subscription_id: id } = await page.operate('POST /subscriptions', { body })
      return { to: pathOf('subscriptions', id), done: 'created' }
    }
  }
}

function cartPage (kind: CartKind): DashboardPage {
  const { title, above, submit, call, create } = KINDS[kind]
  return {
    async show (page) {
      const formState = page.formState('cart')
      const start = startOf(kind, page)
      const fields = await cartFields(formState, kind, start, page)
      const sent = formState.typed ?? (page.search.has('from') ? formOf(start) : null)
      const body = sent === null ? null : readable(sent, kind, page)
      return {
        title,
        content: html`!${heading(title, '', crumb(page, ...above))}
<div class="columns even"><div>!${card(form(formState, html`!${FIRST_BUTTON}!${fields}
<div class="row"><button class="button primary" name="step" value="create">${submit}</button>
<button class="button second" name="step" value="show">Preview</button></div>`), { id: 'cart' })}</div>
<div>!${card(await total(body, sent, kind, page), { id: 'total', title: 'Total', pad: false })}
!${card(programs(body, call, page), { id: 'code', title: 'Code' })}
</div></div>`
      }
    },
    actions: {
      async cart (page, sent) {
        const step = sent.text('step')
        if (step === 'line') return { again: withLine(sent, kind) }
        const removed = /^remove-(\d{1,3})$/.exec(step)?.[1]
        if (removed !== undefined) return { again: withoutLine(sent, kind, Number(removed)) }
        const body = cartBody(sent, kind, page)
        return step === 'create' ? await create(body, page) : { again: sent }
      }
    }
  }
}

/** The default button, pressed by the Enter key. It previews and creates nothing. */
const FIRST_BUTTON = '<button class="visually-hidden" name="step" value="show" tabindex="-1" aria-hidden="true">Show</button>'

/** A form with the initial values, as if submitted. */
function formOf (start: Start): Form {
  return formWith(new URLSearchParams(Object.entries(start).filter(([, value]) => value !== '')))
}

/** Parses the form as a request. Returns null for invalid input, which the form reports. */
function readable (sent: Form, kind: CartKind, page: PageContext): JsonObject | null {
  try {
    return cartBody(sent, kind, page)
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

const UNASKED = '<p class="pad quiet">Fill in the cart and preview it. A preview creates nothing.</p>'

async function total (body: JsonObject | null, sent: Form | null, kind: CartKind, page: PageContext): Promise<Fragment> {
  if (body === null || sent === null) return UNASKED
  try {
    return breakdown(await page.operate('POST /checkouts/preview', { body: previewBody(body, sent, kind) }), page)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return html`<div class="pad" id="no-total"><div class="note"><p>This request would be refused:
<code>${error.code}</code> ${error.message}</p></div></div>`
  }
}

function breakdown (preview: Schemas['CalculateSessionResponse'], page: PageContext): Fragment {
  const { currency, product_cart: cart, current_breakup: sums, billing_country: country } = preview
  const amount = (minor: number, of: string = currency) => html`${money(minor, of, page.context.sandbox)}`
  const rows = cart.map(line => html`<tr><th scope="row">
!${cellLink(pageOf(page, 'products', line.product_id), html`${line.name ?? line.product_id}`, `${line.quantity} ×`)}</th>
<td class="number">!${amount(line.og_price, line.og_currency)}</td>
<td class="number">!${amount(line.discounted_price)}</td></tr>`)
  const sum = (name: string, minor: number) => html`<tr><th scope="row" colspan="2">${name}</th><td>!${amount(minor)}</td></tr>`
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Total"><table class="sums">
<thead><tr><th scope="col">Line</th><th scope="col" class="number">Price</th>
<th scope="col" class="number">With discounts</th></tr></thead>
<tbody>!${rows}</tbody>
<tfoot>!${sum('Subtotal', sums.subtotal)}!${sums.discount === 0 ? '' : sum('Discount', -sums.discount)}
!${sum(`Tax in ${country}`, sums.tax ?? 0)}
<tr class="total"><th scope="row" colspan="2">Total</th>
<td data-testid="total-amount">!${amount(preview.total_price)}</td></tr></tfoot>
</table></div>`
}

function programs (body: JsonObject | null, call: Kind['call'], { apiKey, context: { baseUrl } }: PageContext): Fragment {
  if (body === null) return '<p class="quiet">For curl and all official clients, with the values of the form.</p>'
  const sample = { ...call, apiKey, baseUrl, body }
  return html`!${PROGRAMS.map(({ id, title, write }) => html`<details class="fold" id="${id}"!${id === 'curl' ? ' open' : ''}>
<summary>${title}</summary>!${snippet(write(sample), { id: `${id}-text`, label: title })}</details>`)}`
}

/** The initial values: of the payment in `?from=`, or of the other parameters. */
function startOf (kind: CartKind, { search, context }: PageContext): Start {
  const address = ADDRESS[kind]
  const from = search.get('from') ?? ''
  if (from !== '' && kind !== 'subscription') return startOfPayment(from, kind, context)
  return {
    [kind === 'subscription' ? 'product_id' : 'product_cart[0].product_id']: search.get('product_id') ?? '',
    'customer.customer_id': search.get('customer_id') ?? '',
    discount_codes: search.get('discount_codes') ?? '',
    [`${address}.country`]: kind === 'checkout' ? '' : context.sandbox.business.country,
    payment_link: 'yes'
  }
}

/** The request that would create a similar payment, as far as its row holds it. Throws NOT_FOUND. */
function startOfPayment (paymentId: string, kind: CartKind, context: Context): Start {
  const { sandbox } = context
  const address = ADDRESS[kind]
  const payment = findPayment(paymentId, context)
  const { lines, billing, discounts, checkout: options } = payment
  return {
    ...Object.fromEntries(lines.flatMap((line, index) => [
      [`product_cart[${index}].product_id`, line.product_id],
      [`product_cart[${index}].quantity`, String(line.quantity)],
      [`product_cart[${index}].amount`, isChosen(line.product_id, context)
        ? typedAmount(line.unit_amount, line.unit_currency, sandbox)
        : '']
    ])),
    ...Object.fromEntries(Object.entries(billing).map(([name, value]) => [`${address}.${name}`, value ?? ''])),
    'customer.customer_id': payment.customer_id,
    discount_codes: discounts.map(discount => codeOf(discount, sandbox)).filter(code => code !== null).join(', '),
    billing_currency: payment.currency === lines[0]?.unit_currency ? '' : payment.currency,
    tax_id: options.tax_id ?? '',
    customer_business_name: options.customer_business_name ?? '',
    payment_link: payment.link === null ? '' : 'yes',
    return_url: options.return_url ?? '',
    redirect_immediately: options.redirect_immediately === true ? 'yes' : '',
    force_3ds: options.force_3ds === true ? 'yes' : '',
    metadata: JSON.stringify(kind === 'payment' ? stringMetadata(payment.metadata) : payment.metadata)
  }
}

function isChosen (productId: string, { sandbox }: Context): boolean {
  const price = sandbox.products.find(productId)?.price
  return price !== undefined && isPayWhatYouWant(price)
}

export const newPayment = cartPage('payment')

export const newCheckout = cartPage('checkout')

export const newSubscription = cartPage('subscription')
