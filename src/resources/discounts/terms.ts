/**
 * The terms of a discount: the rules for new and changed discounts. They check the resulting discount and write nothing. rules.ts
 * decides whether a customer may use it.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, doesNotExist, invalid, invalidBody } from '../../errors.js'
import { MUST_BE_A_TIME, formatTime, parseTime } from '../../rules/calendar.js'
import { firstRepeated } from '../../rules/lists.js'
import { checkMetadata } from '../../rules/metadata.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { Discount } from './store.js'

type NewRequest = Schemas['CreateDiscountRequest']
type ChangeRequest = Schemas['PatchDiscountRequest']
type CurrencyOptions = Discount['currency_options']

const WHOLE_BPS = 10_000
const CODE_MIN = 3
const CODE_MAX = 100

/** Returns the new discount. Throws an ApiError for the first rule that the request breaks. */
export function newDiscount (body: NewRequest, context: Context): Discount {
  const { sandbox, now } = context
  const discount: Discount = {
    discount_id: sandbox.ids.next('dsc', now),
    code: body.code == null || body.code === '' ? sandbox.ids.code() : body.code.toUpperCase(),
    name: body.name ?? null,
    type: body.type,
    amount: body.amount,
    currency_options: currencyOptions(body.currency_options ?? []),
    restricted_to: [...new Set(body.restricted_to ?? [])],
    customer_eligibility: body.customer_eligibility ?? 'any',
    starts_at: time('starts_at', body.starts_at ?? null),
    expires_at: time('expires_at', body.expires_at ?? null),
    usage_limit: body.usage_limit ?? null,
    per_customer_usage_limit: body.per_customer_usage_limit ?? null,
    times_used: 0,
    subscription_cycles: body.subscription_cycles ?? null,
    preserve_on_plan_change: body.preserve_on_plan_change ?? false,
    metadata: body.metadata ?? {},
    created_at: now,
    deleted_at: null
  }
  checkTerms(discount, body, context)
  return discount
}

/** Returns the changed discount. Null clears a field that can be cleared, and otherwise means no change. */
export function changedDiscount (before: Discount, body: ChangeRequest, context: Context): Discount {
  const { starts_at: startsAt, per_customer_usage_limit: eachLimit } = body
  const discount: Discount = {
    ...before,
    code: body.code?.toUpperCase() ?? before.code,
    name: body.name ?? before.name,
    type: body.type ?? before.type,
    amount: body.amount ?? before.amount,
    currency_options: body.currency_options == null ? before.currency_options : currencyOptions(body.currency_options),
    restricted_to: body.restricted_to == null ? before.restricted_to : [...new Set(body.restricted_to)],
    customer_eligibility: body.customer_eligibility ?? before.customer_eligibility,
    starts_at: startsAt === undefined ? before.starts_at : time('starts_at', startsAt),
    expires_at: body.expires_at == null ? before.expires_at : time('expires_at', body.expires_at),
    usage_limit: body.usage_limit ?? before.usage_limit,
    per_customer_usage_limit: eachLimit === undefined ? before.per_customer_usage_limit : eachLimit,
    subscription_cycles: body.subscription_cycles ?? before.subscription_cycles,
    preserve_on_plan_change: body.preserve_on_plan_change ?? before.preserve_on_plan_change,
    metadata: body.metadata ?? before.metadata
  }
  checkTerms(discount, body, context)
  return discount
}

/** A single option is always the default. */
function currencyOptions (options: Array<Schemas['CurrencyOptionRequest']>): CurrencyOptions {
  return options.map(option => ({
    currency: option.currency,
    max_amount_possible: option.max_amount_possible ?? null,
    minimum_subtotal: option.minimum_subtotal ?? 0,
    is_default: options.length === 1 || option.is_default === true
  }))
}

/** A UTC offset can move a time out of the years 0000 to 9999. */
const WRITABLE = /^\d{4}-/

function time (path: string, text: string | null): number | null {
  if (text === null) return null
  const us = parseTime(text)
  if (us !== null && WRITABLE.test(formatTime(us))) return us
  throw invalidBody(path, MUST_BE_A_TIME)
}

function checkTerms (discount: Discount, body: ChangeRequest, { sandbox }: Context): void {
  checkMetadata(body.metadata ?? {})
  checkAmount(discount)
  checkCode(discount, sandbox.discounts.findByCode(discount.code))
  checkLimits(discount)
  checkPeriod(discount)
  checkCurrencyOptions(discount)
  for (const [index, productId] of (body.restricted_to ?? []).entries()) {
    if (sandbox.products.find(productId) === undefined) {
      throw doesNotExist('Product', productId, `restricted_to[${index}]`)
    }
  }
}

function checkAmount ({ type, amount }: Discount): void {
  if (amount < 1) throw invalid('amount', `amount must be at least 1, not ${amount}`)
  if (type === 'percentage' && amount > WHOLE_BPS) {
    throw new ApiError('INVALID_PERCENTAGE', { path: 'amount', because: `${amount} basis points are more than 100%` })
  }
}

function checkCode ({ code, discount_id: id }: Discount, holder: Discount | undefined): void {
  if (code.length < CODE_MIN) throw invalid('code', `code must have at least ${CODE_MIN} characters`)
  if (code.length > CODE_MAX) throw invalid('code', `code must have at most ${CODE_MAX} characters`)
  if (holder !== undefined && holder.discount_id !== id) throw codeTaken(code, holder)
}

/** The error for a code that another discount has. */
export function codeTaken (code: string, { discount_id: holder }: Discount): ApiError {
  return new ApiError('DISCOUNT_CODE_ALREADY_EXISTS', {
    path: 'code', because: `${code} is the code of ${holder}: choose another, or delete that one`
  })
}

function checkLimits (discount: Discount): void {
  const { usage_limit: limit, per_customer_usage_limit: each, times_used: used } = discount
  for (const name of ['usage_limit', 'per_customer_usage_limit', 'subscription_cycles'] as const) {
    const value = discount[name]
    if (value !== null && value < 1) throw invalid(name, `${name} must be at least 1, not ${value}`)
  }
  if (limit !== null && limit < used) {
    throw new ApiError('DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED', {
      path: 'usage_limit',
      message: 'Usage limit cannot be less than times_used',
      because: `${discount.code} was used ${used} times, which is more than ${limit}`
    })
  }
  if (limit !== null && each !== null && each > limit) {
    throw invalid('per_customer_usage_limit',
      `per_customer_usage_limit must not exceed usage_limit: ${each} is more than ${limit}`)
  }
}

function checkPeriod ({ starts_at: startsAt, expires_at: expiresAt }: Discount): void {
  if (startsAt === null || expiresAt === null || startsAt < expiresAt) return
  throw invalid('starts_at',
    `starts_at must be before expires_at: ${formatTime(startsAt)} is not before ${formatTime(expiresAt)}`)
}

function checkCurrencyOptions ({ type, currency_options: options }: Discount): void {
  const refused = (path: string, message: string, because: string) =>
    new ApiError('DISCOUNT_CURRENCY_OPTION_INVALID', { path, message, because })
  for (const [index, { max_amount_possible: most, minimum_subtotal: least }] of options.entries()) {
    const path = `currency_options[${index}]`
    if (most != null && most < 1) {
      throw invalid(`${path}.max_amount_possible`, `${path}.max_amount_possible must be at least 1, not ${most}`)
    }
    if (least < 0) throw invalid(`${path}.minimum_subtotal`, `${path}.minimum_subtotal must not be negative`)
  }
  const currencies = options.map(({ currency }) => currency)
  const twice = firstRepeated(currencies)
  if (twice >= 0) {
    throw refused(`currency_options[${twice}].currency`, 'Duplicate currency options are not allowed',
      `${currencies[twice]} appears twice`)
  }
  const defaults = options.filter(({ is_default: isDefault }) => isDefault)
  if (defaults.length > 1) {
    throw refused('currency_options', 'Only one currency option may be marked as default',
      `${defaults.map(({ currency }) => currency).join(', ')} are`)
  }
  if (type !== 'flat') return
  if (defaults.length === 0) throw refused('currency_options', FLAT_NEEDS, 'give a single option, or mark one as the default')
  const empty = options.findIndex(({ max_amount_possible: most }) => most == null)
  if (empty >= 0) {
    throw refused(`currency_options[${empty}].max_amount_possible`, FLAT_NEEDS,
      `${currencies[empty]} needs max_amount_possible, the amount of a flat discount`)
  }
}

const FLAT_NEEDS = 'A flat discount requires at least one currency option with a resolvable default'
