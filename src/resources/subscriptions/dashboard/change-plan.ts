/**
 * The form that changes the plan of a subscription, with a preview of the charge. Stable ids for browser tests: form-change,
 * preview, lines; the buttons preview-change and make-change.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { areaField, CHOICES, choiceField, form, textField, withChosen } from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import { pathOf } from '../../../pages/dashboard/links.js'
import type { DashboardPage, PageContext } from '../../../pages/dashboard/page.js'
import { card, crumb, facts, fullTime, heading, linkButton, table, labelOf, type Row } from '../../../pages/dashboard/parts.js'
import { money } from '../../../pages/fragments.js'
import type { Fragment } from '../../../pages/layout.js'

type Subscription = Schemas['SubscriptionResponse']
type Preview = Schemas['ChangePlanPreviewResponse']

const ACTION = 'change'

const MODES = ['prorated_immediately', 'difference_immediately', 'full_immediately', 'do_not_bill'] as const
const TIMES = ['immediately', 'next_billing_date'] as const
const FAILURES = [
  ['', 'Default of the collection or the business'], ['apply_change', 'Change the plan'], ['prevent_change', 'Keep the plan']
] as const

export const changePlanPage: DashboardPage = {
  async show (page) {
    const id = page.param('id')
    const path = { subscription_id: id }
    const subscription = await page.operate('GET /subscriptions/{subscription_id}', { path })
    const formState = page.formState(ACTION)
    const { typed, refused } = formState
    const preview = typed === null || refused !== null
      ? null
      : await page.operate('POST /subscriptions/{subscription_id}/change-plan/preview', { path, body: changeOf(typed) })
    return {
      title: 'Change plan',
      content: html`!${heading('Change plan', '', crumb(page, pathOf('subscriptions', id), id))}
<div class="columns"><div>!${card(await changeForm(formState, subscription, page), { id: 'change' })}</div>
<div>!${preview === null ? '' : previewCards(preview, page)}</div></div>`
    }
  },
  actions: {
    async [ACTION] (page, sent) {
      const path = { subscription_id: page.param('id') }
      const body = changeOf(sent)
      if (sent.text('step') !== 'change') {
        await page.operate('POST /subscriptions/{subscription_id}/change-plan/preview', { path, body })
        return { again: sent }
      }
      await page.operate('POST /subscriptions/{subscription_id}/change-plan', { path, body })
      return { to: pathOf('subscriptions', path.subscription_id), done: 'plan' }
    }
  }
}

async function changeForm (formState: FormState, subscription: Subscription, page: PageContext): Promise<Fragment> {
  const { product_id: productId, quantity, addons } = subscription
  const { items } = await page.operate('GET /products', { query: { recurring: 'true', page_size: CHOICES } })
  const options = items.map(({ product_id: id, name }): readonly [string, string] => [id, name ?? id])
  return form(formState, html`
!${choiceField(formState, {
    name: 'product_id', label: 'Product', isRequired: true, value: productId, options: withChosen(options, productId)
  })}
<div class="pair">
!${textField(formState, { name: 'quantity', label: 'Quantity', inputmode: 'numeric', value: quantity, isRequired: true })}
!${choiceField(formState, {
    name: 'effective_at', label: 'Takes effect', value: 'immediately', options: TIMES.map(time => [time, labelOf(time)])
  })}
</div>
<div class="pair">
!${choiceField(formState, {
    name: 'proration_billing_mode',
    label: 'Proration',
    isRequired: true,
    value: 'prorated_immediately',
    options: MODES.map(mode => [mode, labelOf(mode)])
  })}
!${choiceField(formState, { name: 'on_payment_failure', label: 'If the payment fails', value: '', options: FAILURES })}
</div>
!${areaField(formState, {
    name: 'addons',
    label: 'Add-ons',
    rows: 2,
    isCode: true,
    value: addons.map(({ addon_id: id, quantity: count }) => `${id} ${count}`).join('\n'),
    hint: 'One per line, each with its quantity: adn_… 2'
  })}
!${textField(formState, {
    name: 'discount_codes', label: 'Discount codes', hint: 'Replace the current codes. Separate them by spaces.'
  })}
<div class="row"><button class="button second" id="preview-change" name="step" value="preview">Preview</button>
<button class="button primary" id="make-change" name="step" value="change">Change plan</button>
!${linkButton(page.base + pathOf('subscriptions', subscription.subscription_id), 'Cancel')}</div>`)
}

/** The request. Texts that are not numbers are passed on for the API to refuse. */
function changeOf (sent: Form) {
  const addons = sent.text('addons').split('\n').map(line => line.trim()).filter(line => line !== '').map(line => {
    const [id = '', quantity = '1'] = line.split(/\s+/)
    return { addon_id: id, quantity: /^\d{1,9}$/.test(quantity) ? Number(quantity) : quantity }
  })
  const codes = sent.text('discount_codes').split(/[\s,;]+/).filter(code => code !== '')
  return {
    product_id: sent.text('product_id'),
    quantity: sent.number('quantity'),
    proration_billing_mode: sent.text('proration_billing_mode'),
    effective_at: sent.given('effective_at'),
    on_payment_failure: sent.given('on_payment_failure'),
    addons,
    ...(codes.length === 0 ? {} : { discount_codes: codes })
  }
}

function previewCards ({ immediate_charge: charge, new_plan: plan }: Preview, page: PageContext): Fragment {
  const { summary, line_items: lines, effective_at: at } = charge
  const { sandbox } = page.context
  const { total_amount: total, currency, tax, customer_credits: credits } = summary
  const amount = (minor: number) => html`<span class="figure">${money(minor, currency, sandbox)}</span>`
  const rows = lines.map((line, index): Row => {
    const factor = 'proration_factor' in line ? line.proration_factor : null
    const unit = 'unit_price' in line ? money(line.unit_price, line.currency, sandbox) : ''
    const quantity = 'quantity' in line ? `${line.quantity} × ` : ''
    return {
      id: String(index),
      cells: [html`${quantity}${line.name}`, html`${unit}`, html`${factor === null ? '' : factor.toFixed(4)}`]
    }
  })
  const columns = [{ title: 'Line' }, { title: 'Unit price', kind: 'number' }, { title: 'Factor', kind: 'number' }] as const
  return html`!${card(facts([
    ['Due', amount(total)],
    ['Included tax', tax == null || tax === 0 ? null : amount(tax)],
    ['Credit used', credits < 0 ? amount(-credits) : null],
    ['Credit added', credits > 0 ? amount(credits) : null],
    ['Takes effect', fullTime(at, page)],
    ['Next billing date', fullTime(plan.next_billing_date, page)],
    ['Recurring, before tax', html`${money(plan.recurring_pre_tax_amount, plan.currency, sandbox)}`]
  ]), { id: 'preview', title: 'Preview' })}
!${rows.length === 0 ? '' : card(table('Lines', columns, rows), { id: 'lines', title: 'Lines', pad: false })}`
}
