/**
 * The details page of a session or a static link: the order with its codes and its currency on one side, the customer's details
 * on the other and, on a single page, the payment method. Every button works without scripts. Automated tests can rely on:
 *
 *   ids           those of the details with - for _ (name, email, tax-id ...), amount-{line}, custom-{field}, currency,
 *                 discount-code, apply-code, remove-{code}, update, continue (two steps) or pay (one page), back-link,
 *                 error-summary
 *   data-testid   those of the order (order.ts), applied-code
 *   form fields   token, action (continue, pay, reprice, remove:{code}), full_name, email, phone, country, street, city, state,
 *                 zipcode, tax_id, business_name, currency, codes, code, amount_{line}, custom_{field}; on one page those of
 *                 a payment's form too
 *
 * choice.ts and addons.ts list those of product collections and add-ons.
 */
import { html } from 'ghtml'
import { asksForMethod } from '../../../resources/checkouts/purchase.js'
import type { Session } from '../../../resources/checkouts/store.js'
import type { Terms } from '../../../resources/checkouts/terms.js'
import { freeText, payButton } from '../page.js'
import { alert, choice, form, type FormTarget, type Problem } from '../../fragments.js'
import type { Fragment } from '../../layout.js'
import type { PageContext } from '../../page-context.js'
import { expressButtons, hasMethods, methods, unfit, type Entered } from '../method-fields.js'
import type { Offer } from '../methods.js'
import { summary, type Order } from '../order.js'
import { recurrencesOfSale } from '../recurrence.js'
import { currenciesFor } from '../../../resources/checkouts/currencies.js'
import { addonFields } from './addons.js'
import { productChoice } from './choice.js'
import { codeBox } from './code-box.js'
import { detailFields } from './fields.js'
import type { Entries } from './form.js'
import { backLink, type SessionAppearance } from './appearance.js'
import type { Draft } from './quote.js'

export interface DetailsPage {
  session: Pick<Session, 'session_id' | 'terms'>
  entries: Entries
  draft: Draft
  problems: readonly Problem[]
  target: FormTarget
  appearance: SessionAppearance
  context: PageContext
  /** The payment methods of a single page; null if the payment has a page of its own. */
  payment: { offer: Offer, entered: Entered | null } | null
}

export const DETAILS_FORM = 'details'

export function detailsPage (page: DetailsPage): Fragment {
  const { problems, appearance, target, context, payment, draft, session: { terms } } = page
  const { locale, locale: { text } } = context
  const isFree = !asksForMethod(draft.sale)
  const canPay = payment === null || isFree || hasMethods(payment.offer)
  const express = payment === null || isFree ? '' : expressButtons(payment.offer, context)
  return html`!${backLink(appearance, context)}<button class="visually-hidden" form="${DETAILS_FORM}" name="action" tabindex="-1"
value="${payment === null ? 'continue' : 'pay'}">${text('pay.continue')}</button>
<div class="checkout">
<div data-live="order" id="live-order">!${orderPanel(page)}</div>
<div class="form">
<div data-live="problems" id="live-problems">!${problems.length > 0 ? alert(locale, problems) : ''}</div>
!${form(target, html`<div data-live="express" id="live-express">!${express}</div>
<div data-live="choice" id="live-choice">!${productChoice(terms, draft, problems, context)}</div>
<div data-live="addons" id="live-addons">!${addonFields(terms, problems, context)}</div>
!${detailFields(page)}
<div data-live="methods" id="live-methods">!${payment === null ? '' : methodsPart(page, isFree)}</div>
<div data-live="button" id="live-button">!${canPay ? button(page) : ''}</div>`, DETAILS_FORM)}
</div>
</div>
<p class="visually-hidden" role="status" id="live-status" data-total="${text('pay.total', { amount: '{amount}' })}"></p>`
}

/** The test helpers, which change with the offered methods. */
export const liveHelpers = (helpers: Fragment): Fragment => html`<div data-live="helpers" id="live-helpers">!${helpers}</div>`

function orderPanel ({ draft, entries, session: { terms }, context, appearance, problems }: DetailsPage): Fragment {
  const { sandbox } = context
  const { sale: { now: { priced }, codes, buyer }, details } = draft
  const shown: Order = {
    currency: priced.currency,
    total_amount: priced.total,
    tax: priced.tax,
    lines: priced.lines,
    codes: codes.map(({ discount }, index) => ({
      discount_id: discount.discount_id, deducted: priced.deductions[index] ?? 0
    })),
    country: details.known.country ?? sandbox.business.country,
    tax_id: buyer.tax_id,
    recurrences: recurrencesOfSale(draft.sale, sandbox)
  }
  return summary(shown, context, appearance, html`<div class="choices">
!${currencyChoice(terms, draft, context, problems)}
!${codePart(terms, draft, entries, problems, context)}
<input type="hidden" name="codes" form="${DETAILS_FORM}" value="${JSON.stringify(details.codes)}">
<button class="button second without-script" id="update" form="${DETAILS_FORM}" name="action" value="reprice">
${context.locale.text('pay.update')}</button>
</div>`)
}

function currencyChoice (terms: Terms, { sale, details }: Draft, context: PageContext, problems: readonly Problem[]): Fragment {
  const { sandbox, locale } = context
  const codes = currenciesFor(terms, details.known.country, sandbox)
  if (codes.length < 2) return ''
  return choice({
    id: 'currency',
    name: 'currency',
    label: locale.text('details.currency'),
    value: sale.now.priced.currency,
    options: codes.map(code => [code, `${code} – ${locale.currency(code)}`]),
    isRequired: false,
    form: DETAILS_FORM
  }, problems)
}

function codePart (
  { flags }: Terms, { sale }: Draft, { code }: Entries, problems: readonly Problem[], { locale }: PageContext
): Fragment {
  const problem = problems.find(({ field }) => field === 'discount-code')
  if (flags.allow_discount_code) {
    return codeBox({ form: DETAILS_FORM, applied: sale.codes.map(({ discount }) => discount.code), code }, problems, locale)
  }
  return problem === undefined ? '' : html`<p class="problem" id="discount-code">${problem.message}</p>`
}

function methodsPart ({ payment, draft, entries, context, problems }: DetailsPage, isFree: boolean): Fragment {
  if (payment === null || isFree) return ''
  const { offer, entered } = payment
  const canPay = hasMethods(offer)
  return html`!${canPay
    ? methods({ offer, due: dueNow(draft), context, problems, entered, tried: null, holder: entries.details.name })
    : ''}!${unfit(offer, canPay, context)}`
}

const dueNow = ({ sale: { now: { priced: { total, currency } } } }: Draft) => ({ total_amount: total, currency })

function button ({ payment, draft: { sale }, appearance, context }: DetailsPage): Fragment {
  const { currency, total } = sale.now.priced
  if (payment === null) {
    return html`<button class="button primary" id="continue" name="action" value="continue" 
data-busy="${context.locale.text('layout.moment')}">${context.locale.text('pay.toPayment')}</button>`
  }
  const free = freeText(recurrencesOfSale(sale, context.sandbox), context)
  return html`<input type="hidden" name="shown_total" value="${shownTotal({ currency, total })}">
!${payButton({ total_amount: total, currency }, free, appearance, context)}`
}

/** The total that the customer has seen, sent with the form of a single page. */
export function shownTotal ({ total, currency }: { total: number, currency: string }): string {
  return `${total} ${currency}`
}
