/**
 * The form that creates and edits a discount code. Percentages are entered as percentages, not in basis points. The amount of a
 * flat discount is the amount in its default currency. The form refuses to clear fields that the API cannot clear.
 */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { ApiError } from '../../../errors.js'
import { percent } from '../../../rules/decimal.js'
import type { Fragment } from '../../../pages/layout.js'
import {
  checkField, choiceField, form, submit, textField, CHOICES, currencyOptions, groupProblem, metadataField, withChosen
} from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import { pathOf } from '../../../pages/dashboard/links.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { linkButton } from '../../../pages/dashboard/parts.js'
import { readingOf, typedAmount, typedTime, type Reading } from '../../../pages/dashboard/reading.js'

type Discount = Schemas['DiscountResponse']
type Option = Schemas['CurrencyOptionResponse']

const TYPES = [['percentage', 'Percentage'], ['flat', 'Fixed amount']] as const

const ELIGIBLE = [
  ['any', 'All customers'], ['first_time', 'Customers who have not paid before'], ['existing', 'Customers who have paid before'],
  ['specific', 'Specific customers (add them on the code’s page)']
] as const

/** The number of empty rows at the end. */
const ROWS_LEFT = 2

export async function discountForm (formState: FormState, discount: Discount | null, page: PageContext): Promise<Fragment> {
  const leave = discount === null ? pathOf('discounts') : pathOf('discounts', encodeURIComponent(discount.discount_id))
  const isFlat = discount?.type === 'flat'
  return form(formState, html`
<div class="pair">
!${textField(formState, {
    name: 'code',
    label: 'Code',
    value: discount?.code,
    hint: 'Stored in upper case. Leave it empty to generate a code.',
    isRequired: discount !== null
  })}
!${textField(formState, { name: 'name', label: 'Name', value: discount?.name, hint: 'Not shown to customers.' })}
</div>
<div class="pair">
!${choiceField(formState, {
    name: 'type', label: 'Type', value: discount?.type ?? 'percentage', options: TYPES, isRequired: true
  })}
<div class="percentage">!${textField(formState, {
    name: 'amount',
    label: 'Percentage',
    inputmode: 'decimal',
    placeholder: '5.4',
    value: discount === null || isFlat ? '' : percent(discount.amount),
    isRequired: true
  })}</div>
</div>
!${currencyFields(formState, discount?.currency_options ?? [], page)}
<fieldset><legend>Limits</legend>
<div class="pair">
!${textField(formState, {
    name: 'usage_limit',
    label: 'Total uses',
    inputmode: 'numeric',
    value: discount?.usage_limit,
    hint: 'Counted when a payment succeeds.'
  })}
!${textField(formState, {
    name: 'per_customer_usage_limit', label: 'Uses per customer', inputmode: 'numeric', value: discount?.per_customer_usage_limit
  })}
</div><div class="pair">
!${textField(formState, {
    name: 'starts_at', label: 'Valid from (UTC)', type: 'datetime-local', value: typedTime(discount?.starts_at)
  })}
!${textField(formState, {
    name: 'expires_at', label: 'Valid until (UTC)', type: 'datetime-local', value: typedTime(discount?.expires_at)
  })}
</div>
!${choiceField(formState, {
    name: 'customer_eligibility',
    label: 'Eligible customers',
    isRequired: true,
    value: discount?.customer_eligibility,
    options: ELIGIBLE
  })}
</fieldset>
!${await productFields(formState, discount?.restricted_to ?? [], page)}
<fieldset><legend>Subscriptions</legend>
!${textField(formState, {
    name: 'subscription_cycles',
    label: 'Billing periods',
    inputmode: 'numeric',
    value: discount?.subscription_cycles,
    hint: 'How many billing periods of a subscription it applies to. Leave it empty for all.'
  })}
!${checkField(formState, {
    name: 'preserve_on_plan_change', label: 'Keep when the plan changes', value: discount?.preserve_on_plan_change === true
  })}
</fieldset>
!${metadataField(formState, discount?.metadata)}
<div class="row">!${submit(discount === null ? 'Create code' : 'Save')}!${linkButton(page.base + leave, 'Cancel')}</div>`)
}

/** The number of currency rows in the form, also in a submitted one. */
function rowsOf ({ typed }: FormState, options: readonly Option[]): number {
  return typed === null ? options.length + ROWS_LEFT : rowCount(typed)
}

function rowCount (sent: Form): number {
  let rows = 0
  while (rows < CHOICES && sent.has(`currency_options[${rows}].currency`)) rows++
  return rows
}

function currencyFields (formState: FormState, options: readonly Option[], page: PageContext): Fragment {
  const { context: { sandbox } } = page
  const index = options.findIndex(({ is_default: isDefault }) => isDefault)
  const rows = Array.from({ length: rowsOf(formState, options) }, (_, row): Fragment => {
    const { currency = '', max_amount_possible: most = null, minimum_subtotal: least = 0 } = options[row] ?? {}
    const path = `currency_options[${row}]`
    return html`<div class="pair">
!${choiceField(formState, {
      name: `${path}.currency`,
      label: 'Currency',
      value: currency,
      options: withChosen([['', '–'], ...currencyOptions(page)], currency)
    })}
!${textField(formState, {
      name: `${path}.max_amount_possible`,
      label: 'Amount (at most)',
      inputmode: 'decimal',
      value: typedAmount(most, currency, sandbox)
    })}
!${textField(formState, {
      name: `${path}.minimum_subtotal`,
      label: 'Minimum cart',
      inputmode: 'decimal',
      value: typedAmount(least || null, currency, sandbox)
    })}
</div>`
  })
  const choices = rows.map((_, row): readonly [string, string] => [String(row), `Row ${row + 1}`])
  return html`<fieldset id="currency-options"><legend>Amounts by currency</legend>
<p class="hint flat">The discount in each currency. For other currencies, the amount of the default row is converted.</p>
<p class="hint percentage">Optional: the maximum discount, and the minimum cart value.</p>
!${groupProblem(formState, 'currency_options')}
!${rows}
!${choiceField(formState, {
    name: 'default', label: 'Default', value: String(Math.max(index, 0)), options: choices, isRequired: true
  })}
</fieldset>`
}

async function productFields (formState: FormState, chosen: readonly string[], page: PageContext): Promise<Fragment> {
  const { items } = await page.operate('GET /products', { query: { page_size: CHOICES } })
  const listed = items.map(({ product_id: id, name }): readonly [string, string] => [id, name ?? id])
  const options = chosen.reduce(withChosen, listed)
  const has = (id: string) => formState.typed === null ? chosen.includes(id) : formState.typed.all('restricted_to').includes(id)
  const boxes = options.map(([id, name], index) => html`<div class="field check">
<input type="checkbox" id="product-${index}" name="restricted_to" value="${id}"!${has(id) ? ' checked' : ''}>
<label for="product-${index}">${name}</label></div>`)
  return html`<fieldset><legend>Products</legend>
<p class="hint">Leave all unchecked to apply it to every product.</p>
!${groupProblem(formState, 'restricted_to')}
<div class="boxes" tabindex="0" role="group" aria-label="Products">!${boxes}</div></fieldset>`
}

/** The body of `POST /discounts`, and with `before` that of `PATCH /discounts/{discount_id}`. */
export function discountBody (sent: Form, before: Discount | null, { context: { sandbox } }: PageContext) {
  const reading = readingOf(sent, sandbox)
  const isFlat = sent.text('type') === 'flat'
  const options = currencyOptionsOf(sent, reading)
  const [first] = options
  const sum = (options.find(option => option.is_default) ?? first)?.max_amount_possible
  const startsAt = reading.time('starts_at')
  const body = {
    code: sent.text('code'),
    name: sent.text('name'),
    type: sent.text('type'),
    // The API requires an amount for flat discounts too, although their currency options hold the amounts.
    amount: isFlat ? sum ?? 1 : reading.basisPoints('amount'),
    currency_options: options,
    customer_eligibility: sent.text('customer_eligibility'),
    restricted_to: sent.all('restricted_to'),
    usage_limit: sent.number('usage_limit'),
    per_customer_usage_limit: sent.number('per_customer_usage_limit') ?? null,
    starts_at: isSame(startsAt, before?.starts_at) ? undefined : startsAt ?? null,
    expires_at: reading.time('expires_at'),
    subscription_cycles: sent.number('subscription_cycles'),
    preserve_on_plan_change: sent.has('preserve_on_plan_change'),
    metadata: reading.metadata('metadata')
  }
  if (before !== null) checkCleared(before, body)
  reading.check()
  return { ...body, expires_at: isSame(body.expires_at, before?.expires_at) ? undefined : body.expires_at }
}

/** Whether a time is unchanged. The form does not show microseconds. */
function isSame (typed: string | undefined, before: string | null | undefined): boolean {
  return typed !== undefined && before != null && typedTime(typed) === typedTime(before)
}

function currencyOptionsOf (sent: Form, reading: Reading) {
  const rows = Array.from({ length: rowCount(sent) }, (_, row) => `currency_options[${row}]`)
  const isFilled = (path: string) =>
    ['currency', 'max_amount_possible', 'minimum_subtotal'].some(name => sent.given(`${path}.${name}`) !== undefined)
  const filled = rows.slice(0, rows.findLastIndex(isFilled) + 1) // empty rows in between stay, so that problems keep their rows
  return filled.map((path, row) => {
    const currency = sent.text(`${path}.currency`)
    return {
      currency,
      max_amount_possible: reading.amount(`${path}.max_amount_possible`, currency) ?? null,
      minimum_subtotal: reading.amount(`${path}.minimum_subtotal`, currency) ?? 0,
      is_default: sent.text('default') === String(row)
    }
  })
}

/** Throws INVALID_REQUEST_PARAMETERS for a cleared field, because null means no change in the API. */
function checkCleared (before: Discount, body: Record<'usage_limit' | 'expires_at' | 'subscription_cycles', unknown>): void {
  const cleared = (['usage_limit', 'expires_at', 'subscription_cycles'] as const)
    .filter(name => body[name] === undefined && before[name] != null)
  const [first] = cleared
  if (first === undefined) return
  const message = 'can\'t be removed once it is set: change it, or delete the code and create it again'
  throw new ApiError('INVALID_REQUEST_PARAMETERS', {
    violations: cleared.map(path => ({ path, message })), message: `${first} ${message}`
  })
}
