/** The fields of the details form: amounts, contact, address, business, and the custom fields of the store. */
import { html } from 'ghtml'
import type { Schemas } from '../../../contract/operations.js'
import { isCountry } from '../../../resources/checkouts/details.js'
import type { DetailName } from '../../../resources/checkouts/terms.js'
import { isPayWhatYouWant } from '../../../resources/products/prices.js'
import { requiredAddress } from '../../../rules/address.js'
import type { Locale } from '../../../messages/locale.js'
import { choice, field, moneyText, notes, states, type Check, type Field } from '../../fragments.js'
import type { Fragment } from '../../layout.js'
import { FIELD_OF, WANTED, elementOf, exponentOf, showsField } from './form.js'
import type { DetailsPage } from './page.js'

export function detailFields (page: DetailsPage): Fragment {
  const { terms: { custom_fields: fields } } = page.session
  const { text } = page.context.locale
  return html`<div data-live="amounts" id="live-amounts">!${amounts(page)}</div>
!${section(text('contact.title'), [name(page), email(page), phone(page)])}
<div data-live="address" id="live-address">!${section(text('address.title'), address(page))}</div>
<div data-live="business" id="live-business">!${business(page)}</div>
!${fields.length === 0 ? '' : section(text('details.further'), fields.map((own, index) => customField(own, index, page)))}`
}

function section (title: string, parts: readonly Fragment[]): Fragment {
  return html`<div><h2 class="section-title">${title}</h2><div class="fields">!${parts.join('')}</div></div>`
}

/** The amounts per unit of pay-what-you-want products, in the currency of the product. */
function amounts ({ session: { terms }, entries, context, problems }: DetailsPage): Fragment {
  const { sandbox, locale: { text } } = context
  const fields = terms.cart.flatMap(({ product_id: id, amount }, index) => {
    const product = sandbox.products.find(id)
    if (product === undefined || amount !== null || !isPayWhatYouWant(product.price)) return []
    const { currency, price: minimum } = product.price
    return [field({
      id: `amount-${index}`,
      name: `amount_${index}`,
      label: text('amount.label', { product: product.name ?? id, currency }),
      type: 'text',
      value: entries.amounts[index] ?? '',
      autocomplete: 'off',
      inputmode: exponentOf(id, sandbox) === 0 ? 'numeric' : 'decimal',
      hint: minimum > 0
        ? text('amount.minimum', { amount: moneyText(minimum, currency, context) })
        : text('amount.open'),
      isRequired: true
    }, problems)]
  })
  return fields.length === 0 ? '' : section(text('amount.title'), fields)
}

type Shape = Pick<Field, 'label' | 'autocomplete'> & Partial<Pick<Field, 'type' | 'inputmode' | 'hint' | 'isRequired'>>

function detail (name: DetailName, shape: Shape, { session: { terms }, entries, problems, context }: DetailsPage): Fragment {
  return field({
    type: 'text',
    isRequired: false,
    ...shape,
    id: elementOf(name),
    name: FIELD_OF[name],
    value: entries.details[name],
    isLocked: terms.locked.includes(name),
    ...(shape.isRequired === true && name !== 'phone' ? { check: checkOf(name, context.locale) } : {})
  }, problems)
}

function checkOf (name: Exclude<DetailName, 'phone'>, { text }: Locale): Check {
  return { kind: name === 'email' ? 'email' : 'present', problem: text(WANTED[name]) }
}

function name (page: DetailsPage): Fragment {
  return detail('name', { label: page.context.locale.text('contact.name'), autocomplete: 'name', isRequired: true }, page)
}

function email (page: DetailsPage): Fragment {
  const label = page.context.locale.text('common.email')
  return detail('email', { label, type: 'email', autocomplete: 'email', isRequired: true }, page)
}

function phone (page: DetailsPage): Fragment {
  const { terms } = page.session
  const { text } = page.context.locale
  if (!showsField('phone', terms)) return ''
  const shape = { type: 'tel', autocomplete: 'tel', inputmode: 'tel' } as const
  if (terms.locked.includes('phone')) return detail('phone', { ...shape, label: text('contact.phone') }, page)
  const { require_phone_number: isRequired } = terms.flags
  const label = isRequired ? text('contact.phone') : text('common.optional', { label: text('contact.phone') })
  return detail('phone', { ...shape, label, hint: text('contact.phoneHint'), isRequired }, page)
}

function address (page: DetailsPage): Fragment[] {
  const { session: { terms }, draft, context: { sandbox, locale: { text } } } = page
  const country = draft.details.known.country ?? sandbox.business.country
  const required = requiredAddress(country, terms.minimal_address)
  const shape = (part: 'street' | 'city' | 'state' | 'zipcode', label: string, autocomplete: string): Shape => {
    const isRequired = required.includes(part)
    return { label: isRequired ? label : text('common.optional', { label }), autocomplete, isRequired }
  }
  const shows = (part: 'street' | 'city' | 'state') => showsField(part, terms)
  const zipLabel = text(country === 'US' ? 'address.zip' : 'address.postal')
  const zipcode = detail('zipcode', shape('zipcode', zipLabel, 'postal-code'), page)
  const city = shows('city') ? detail('city', shape('city', text('address.city'), 'address-level2'), page) : ''
  return [
    countryField(country, page),
    shows('street') ? detail('street', shape('street', text('address.street'), 'street-address'), page) : '',
    city === '' ? zipcode : html`<div class="pair">!${city}!${zipcode}</div>`,
    shows('state') ? detail('state', shape('state', text('address.state'), 'address-level1'), page) : ''
  ]
}

function countryField (country: string, { session: { terms }, context: { sandbox, locale }, problems }: DetailsPage): Fragment {
  const label = locale.text('address.country')
  const { countries } = sandbox.reference
  if (terms.locked.includes('country')) {
    return field({
      id: 'country',
      name: 'country',
      label,
      type: 'text',
      value: locale.country(country, countries[country]?.name),
      autocomplete: 'off',
      isRequired: false,
      isLocked: true
    }, problems)
  }
  const options = Object.entries(countries).filter(([code]) => isCountry(code, sandbox))
    .map(([code, { name }]) => [code, locale.country(code, name)] as const)
    .sort(([, one], [, other]) => locale.compare(one, other))
  return choice({
    id: 'country', name: 'country', label, value: country, options, isRequired: true, autocomplete: 'country'
  }, problems)
}

function business (page: DetailsPage): Fragment {
  const { session: { terms }, entries: { details }, problems, context: { locale: { text } } } = page
  if (!showsField('tax_id', terms)) return ''
  const nameLabel = text('common.optional', { label: text('business.name') })
  const isOpen = details.tax_id !== '' || details.business_name !== '' ||
    problems.some(({ field }) => field === 'tax-id' || field === 'business-name')
  return html`<details class="business" id="business"!${isOpen ? ' open' : ''}>
<summary>${text('business.title')}</summary>
<div class="fields">
!${detail('tax_id', { label: text('business.taxId'), autocomplete: 'off', hint: text('business.taxIdHint') }, page)}
!${detail('business_name', { label: nameLabel, autocomplete: 'organization' }, page)}
</div></details>`
}

const CUSTOM_TYPES: Record<string, Pick<Field, 'type'> & Partial<Pick<Field, 'inputmode'>>> = {
  number: { type: 'text', inputmode: 'decimal' },
  email: { type: 'email' },
  url: { type: 'url' },
  date: { type: 'date' }
}

function customField (own: Schemas['CustomField'], index: number, { entries, problems, context }: DetailsPage): Fragment {
  const { text } = context.locale
  const { field_type: type, label, options, placeholder, required: isRequired = false } = own
  const value = entries.answers[index] ?? ''
  const control = {
    id: `custom-${index}`, name: `custom_${index}`, label: isRequired ? label : text('common.optional', { label }), isRequired
  }
  if (type === 'boolean') {
    return html`<div class="field">!${notes(control, problems)}<label class="check"><input type="checkbox" id="${control.id}"
name="${control.name}" value="true"!${value === 'true' ? ' checked' : ''}!${states(control, problems)}>
<span>${label}</span></label></div>`
  }
  if (type === 'dropdown') {
    const choices = (options ?? []).map(option => [option.trim(), option] as const)
    return choice({ ...control, value, options: [['', placeholder ?? text('details.choose')], ...choices] }, problems)
  }
  return field({
    ...control,
    type: 'text',
    ...CUSTOM_TYPES[type],
    value,
    autocomplete: 'off',
    ...(placeholder == null ? {} : { placeholder })
  }, problems)
}
