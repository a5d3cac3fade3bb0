/**
 * The actions on a payment page: those of the customer, the bank and the merchant. Each calls an operation of the API or of
 * /_emulator. A form is shown for each action that the payment's lifecycle allows.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { invalid } from '../../../errors.js'
import { findPayment } from '../rules.js'
import { paymentStates, type PaymentAction } from '../states.js'
import { refundStates } from '../../refunds/states.js'
import { GENERIC_DECLINE } from '../../../rules/instruments.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'
import { button, choiceField, confirmButton, form, submit, textField, typed } from '../../../pages/dashboard/fields.js'
import { fieldId, problemAt, type Form, type FormState } from '../../../pages/dashboard/form.js'
import { pageOf } from '../../../pages/dashboard/links.js'
import type { DashboardPage, PageContext } from '../../../pages/dashboard/page.js'
import { card, statusTag } from '../../../pages/dashboard/parts.js'
import { readingOf, typedAmount } from '../../../pages/dashboard/reading.js'
import type { Payment } from './payment.js'

type Items = Schemas['PaymentLineItemsResponse']
type Actions = NonNullable<DashboardPage['actions']>

const pathOf = (page: PageContext) => ({ payment_id: page.param('payment_id') })

interface PayBody { card?: string | undefined, outcome?: string | undefined, error_code?: string | undefined }

const pay = (page: PageContext, body: PayBody) =>
  page.operate('POST /_emulator/payments/{payment_id}/pay', { path: pathOf(page), body })

export const paymentActions: Actions = {
  async pay (page, form) {
    await pay(page, { card: form.text('card') })
    return { done: 'paid' }
  },
  async answer (page, form) {
    await pay(page, { outcome: form.text('outcome') })
    return { done: 'answered' }
  },
  async fail (page, form) {
    await pay(page, { outcome: 'failed', error_code: form.text('error_code') })
    return { done: 'failed' }
  },
  async cancel (page) {
    await pay(page, { outcome: 'cancelled' })
    return { done: 'cancelled' }
  },
  async expire (page) {
    await page.operate('POST /_emulator/payments/{payment_id}/expire', { path: pathOf(page) })
    return { done: 'expired' }
  },
  async refund (page, form) {
    await page.operate('POST /refunds', { body: { ...pathOf(page), reason: form.given('reason') } })
    return { done: 'refunded' }
  },
  async 'refund-items' (page, form) {
    await page.operate('POST /refunds', {
      body: { ...pathOf(page), reason: form.given('reason'), items: await wantedItems(page, form) }
    })
    return { done: 'refunded' }
  },
  async settle (page, form) {
    await page.operate('POST /_emulator/refunds/{refund_id}/settle', {
      path: { refund_id: form.text('refund_id') }, body: { status: form.text('status') }
    })
    return { done: 'settled' }
  }
}

/** Throws if no item is checked, because the API treats an empty list as a refund of the whole payment. */
async function wantedItems (page: PageContext, form: Form): Promise<object[]> {
  const chosen = form.all('item')
  if (chosen.length === 0) throw invalid('items', 'Choose at least one item to refund')
  const { currency } = await page.operate('GET /payments/{payment_id}', { path: pathOf(page) })
  const reading = readingOf(form, page.context.sandbox)
  const items = chosen.map((id, index) =>
    ({ item_id: id, amount: reading.amount(`amount-${id}`, currency, `items[${index}].amount`) }))
  reading.check()
  return items
}

/** The forms as cards. */
export function paymentForms (payment: Payment, items: Items, page: PageContext): Fragment {
  const possible = new Set(paymentStates.possible(findPayment(payment.payment_id, page.context), page.context))
  const next = possible.has('pay') ? paying(possible, page) : ended(payment, page)
  const refunds = possible.has('refund') ? refunding(payment, items, page) : null
  return html`!${card(next, { id: 'actions', title: 'Actions', live: true })}
!${refunds === null ? '' : card(refunds, { id: 'refunds', title: 'Refunds', live: true })}`
}

function paying (possible: ReadonlySet<PaymentAction>, page: PageContext): Fragment {
  const { testCards, failureCodes } = page.context.sandbox.reference
  const payWith = page.formState('pay')
  const fail = page.formState('fail')
  const ways = html`!${form(payWith, html`!${choiceField(payWith, {
    name: 'card', label: 'Pay with a test card', isRequired: true, options: testCards.map(({ number, label }) => [number, label])
  })}<div class="row">!${submit('Pay')}</div>`)}
!${form(fail, html`!${choiceField(fail, {
    name: 'error_code',
    label: 'Fail with error code',
    isRequired: true,
    value: GENERIC_DECLINE,
    options: Object.keys(failureCodes).map(code => [code, code])
  })}<div class="row">!${submit('Fail', 'second')}</div>`)}`
  return html`!${possible.has('answer') ? confirming(page) : ''}!${ways}
<div class="row enders">
!${possible.has('cancel')
? confirmButton(page.formState('cancel'), {
    label: 'Cancel',
    question: 'A cancelled payment can no longer be paid. Its page will show that it was cancelled.',
    confirm: 'Cancel payment'
  })
: ''}
!${possible.has('expire')
? confirmButton(page.formState('expire'), {
    label: 'Expire now',
    question: 'The payment can then no longer be paid through its link. The clock does not change.',
    confirm: 'Expire link'
  })
: ''}</div>`
}

function confirming (page: PageContext): Fragment {
  const formState = page.formState('answer')
  return html`<div class="note"><p>Waiting for the customer’s confirmation.</p><div class="row">
!${button(formState, 'Confirm', 'primary', { outcome: 'succeeded' })}
!${button(formState, 'Refuse', 'second', { outcome: 'failed' })}</div></div>`
}

/** Explains why no action is possible. */
function ended ({ status, payment_id: id, total_amount: total }: Payment, page: PageContext): Fragment {
  const isFree = total === 0
  if (status === 'processing') {
    const seconds = page.context.sandbox.settings.settlementDelayUs / 1_000_000
    return html`<p>The bank decides ${seconds} seconds after the attempt, by the sandbox’s clock.</p>
<p><a href="${pageOf(page, 'controls')}">Move the clock</a> to get the decision now.</p>`
  }
  if (status === 'succeeded') {
    const dispute = `${pageOf(page, 'disputes', 'new')}?${new URLSearchParams({ payment_id: id })}`
    const open = isFree ? '' : html`<p><a href="${dispute}" id="open-dispute">Open dispute</a></p>`
    return html`<p>The payment succeeded.</p>!${open}`
  }
  if (status === 'cancelled') return html`<p>The payment was cancelled and can no longer be paid.</p>`
  return html`<p>The link has expired: the payment can no longer be paid.</p>
<p><a href="${pageOf(page, 'payments', 'new')}">Create another payment</a></p>`
}

function refunding (payment: Payment, items: Items, page: PageContext): Fragment {
  const { context: { sandbox } } = page
  const pending = (payment.refunds ?? []).filter(({ status }) => refundStates.accepts('settle', status))
  if (pending.length > 0) return html`!${pending.map(refund => settling(refund, page))}`
  const left = items.items.reduce((sum, { refundable_amount: amount }) => sum + amount, 0)
  if (left === 0) {
    const isFree = payment.total_amount === 0
    return html`<p>${isFree ? 'A payment of 0 cannot be refunded.' : 'Fully refunded.'}</p>`
  }
  const whole = page.formState('refund')
  const amount = money(left, payment.currency, sandbox)
  return html`<p>${amount} can be refunded.</p>
!${confirmButton(whole, {
    label: `Refund ${amount}`,
    question: `This refunds the remaining ${amount}.`,
    confirm: 'Create refund',
    content: reasonField(whole)
  })}
!${byItem(items, page)}`
}

function reasonField (formState: FormState): Fragment {
  return textField(formState, { name: 'reason', label: 'Reason' })
}

function settling (refund: NonNullable<Payment['refunds']>[number], page: PageContext): Fragment {
  const { refund_id: id, status, amount, currency } = refund
  const formState = page.formState('settle')
  return html`<div class="note" id="pending-${id}"><p>A refund of ${money(amount ?? 0, currency ?? 'USD', page.context.sandbox)}
is !${statusTag(status)}</p><div class="row">
!${button(formState, 'Succeed', 'primary', { refund_id: id, status: 'succeeded' })}
!${button(formState, 'Fail', 'second', { refund_id: id, status: 'failed' })}</div></div>`
}

function byItem ({ items, currency }: Items, page: PageContext): Fragment {
  const formState = page.formState('refund-items')
  const rows = items.filter(({ refundable_amount: amount }) => amount > 0)
    .map(item => itemFields(formState, item, currency, page))
  return html`<details class="fold" id="by-item"!${formState.refused === null ? '' : ' open'}>
<summary>Refund item by item</summary>
!${form(formState, html`<ul class="choices" id="${fieldId(formState.action, 'items')}">!${rows}</ul>!${reasonField(formState)}
<div class="row">!${submit('Refund selected items', 'danger')}</div>`)}</details>`
}

/**
 * The index of an item in the request is its index among the checked items. The API's problems refer to that index.
 */
function itemFields (
  formState: FormState, item: Items['items'][number], currency: string, { context: { sandbox } }: PageContext
): Fragment {
  const { items_id: id, name, refundable_amount: left } = item
  const index = formState.refused?.form.all('item').indexOf(id) ?? -1
  const problem = index < 0 ? null : problemAt(formState, `items[${index}]`)
  const box = index < 0 ? `refund-items-box-${id}` : fieldId(formState.action, `items[${index}]`)
  const amount = `refund-items-amount-${id}`
  return html`<li><div class="field check"><input type="checkbox" id="${box}" name="item" value="${id}"
!${index < 0 ? '' : ' checked'}!${problem === null ? '' : html` aria-invalid="true" aria-describedby="${box}-problem"`}>
<label for="${box}">${name ?? id} <span class="quiet">up to ${money(left, currency, sandbox)}</span></label></div>
<div class="field"><label class="visually-hidden" for="${amount}">Amount of ${name ?? id}, in ${currency}</label>
<input type="text" inputmode="decimal" id="${amount}" name="amount-${id}" autocomplete="off"
value="${typed(formState, `amount-${id}`, typedAmount(left, currency, sandbox))}"></div>
!${problem === null ? '' : html`<p class="problem" id="${box}-problem">${problem}</p>`}</li>`
}
