/** The form that creates and edits a credit entitlement. */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import {
  areaField, checkField, choiceField, currencyOptions, form, submit, textField, type TextField
} from '../../../pages/dashboard/fields.js'
import type { Form, FormState } from '../../../pages/dashboard/form.js'
import type { PageContext } from '../../../pages/dashboard/page.js'
import { linkButton } from '../../../pages/dashboard/parts.js'
import type { Fragment } from '../../../pages/layout.js'

export type CreditEntitlementReply = Required<Schemas['CreditEntitlementResponse']>
type Patch = Schemas['PatchCreditEntitlementRequest']

export const BEHAVIORS = [
  ['forgive_at_reset', 'Forgive it at the renewal'],
  ['invoice_at_billing', 'Invoice it with the renewal'],
  ['carry_deficit', 'Carry the deficit over'],
  ['carry_deficit_auto_repay', 'Carry it over and repay it from new credits']
] as const

const INTERVALS = ['', 'Day', 'Week', 'Month', 'Year'].map(value => [value, value === '' ? 'None' : value] as const)

type Whole = 'expires_after_days' | 'rollover_percentage' | 'rollover_timeframe_count' | 'max_rollover_count' | 'overage_limit'

const ROLLOVER: ReadonlyArray<TextField & { name: Whole }> = [
  { name: 'rollover_percentage', label: 'Carried part in percent', hint: 'Leave empty to carry everything.' },
  { name: 'max_rollover_count', label: 'How often at most', hint: 'Leave empty for no limit.' },
  { name: 'rollover_timeframe_count', label: 'Carried credits last', hint: 'Leave empty for as long as other credits.' }
]

export function creditForm (
  formState: FormState, entitlement: CreditEntitlementReply | null, leave: string, page: PageContext
): Fragment {
  const { name, unit, description } = entitlement ?? {}
  const unitField = { name: 'unit', label: 'Unit', value: unit, placeholder: 'token', isRequired: true }
  return form(formState, html`
!${textField(formState, { name: 'name', label: 'Name', value: name, isRequired: true })}
<div class="pair">!${textField(formState, unitField)}!${entitlement === null ? textField(formState, PRECISION) : ''}</div>
!${areaField(formState, { name: 'description', label: 'Description', value: description, rows: 2 })}
!${whole(formState, entitlement, {
    name: 'expires_after_days', label: 'Expires after days', hint: 'Leave empty for credits that never expire.'
  })}
!${rolloverFields(formState, entitlement)}
!${overageFields(formState, entitlement, page)}
<div class="row">!${submit(entitlement === null ? 'Create credit entitlement' : 'Save')}!${linkButton(leave, 'Cancel')}</div>`)
}

const PRECISION: TextField = {
  name: 'precision',
  label: 'Decimals',
  inputmode: 'numeric',
  value: '0',
  hint: "From 0 to 10. It can't be changed later.",
  isRequired: true
}

function whole (formState: FormState, entitlement: CreditEntitlementReply | null, field: TextField & { name: Whole }): Fragment {
  return textField(formState, { ...field, inputmode: 'numeric', value: entitlement?.[field.name] })
}

function rolloverFields (formState: FormState, entitlement: CreditEntitlementReply | null): Fragment {
  const { rollover_enabled: isEnabled = false, rollover_timeframe_interval: interval } = entitlement ?? {}
  return html`<fieldset><legend>Rollover</legend>
!${checkField(formState, { name: 'rollover_enabled', label: 'Carry unused credits into the next period', value: isEnabled })}
!${ROLLOVER.map(field => whole(formState, entitlement, field))}
!${choiceField(formState, {
    name: 'rollover_timeframe_interval', label: 'Unit of that time', options: INTERVALS, value: interval
  })}</fieldset>`
}

function overageFields (formState: FormState, entitlement: CreditEntitlementReply | null, page: PageContext): Fragment {
  const { overage_enabled: isEnabled = false, overage_behavior: behavior, price_per_unit: price, currency } = entitlement ?? {}
  const currencies = [['', 'None'] as const, ...currencyOptions(page)]
  return html`<fieldset><legend>Overage</legend>
!${checkField(formState, { name: 'overage_enabled', label: 'Allow usage beyond the balance', value: isEnabled })}
!${whole(formState, entitlement, { name: 'overage_limit', label: 'At most', hint: 'Leave empty for no limit.' })}
!${choiceField(formState, { name: 'overage_behavior', label: 'At the renewal', options: BEHAVIORS, value: behavior })}
<div class="pair">!${textField(formState, {
    name: 'price_per_unit',
    label: 'Price of one credit',
    inputmode: 'decimal',
    value: price,
    hint: 'In minor units: 0.5 is half a cent.'
  })}
!${choiceField(formState, { name: 'currency', label: 'Currency', options: currencies, value: currency })}</div></fieldset>`
}

type CreditFields = Patch & { name: string, unit: string, rollover_enabled: boolean, overage_enabled: boolean }

/** The body of a request. Empty fields are null, which clears them. The API checks the values. */
export function readCredit (sent: Form): CreditFields {
  const texts = ['description', 'rollover_timeframe_interval', 'overage_behavior', 'price_per_unit', 'currency']
  const numbers = ['expires_after_days', 'rollover_percentage', 'rollover_timeframe_count', 'max_rollover_count', 'overage_limit']
  const optional = Object.fromEntries([
    ...texts.map(name => [name, sent.given(name) ?? null]), ...numbers.map(name => [name, sent.number(name) ?? null])
  ]) as Patch
  return {
    ...optional,
    name: sent.text('name'),
    unit: sent.text('unit'),
    rollover_enabled: sent.has('rollover_enabled'),
    overage_enabled: sent.has('overage_enabled')
  }
}
