/**
 * Prices a cart. Payments, checkout sessions, previews, static links and all charges of subscriptions share this calculation.
 * All amounts are integers. It knows no database, no clock and no ids: the caller decides whether a code has expired or a
 * customer may use it.
 *
 * The order of steps: unit price × quantity, product discount, discount codes in array order, currency conversion, tax. Each
 * deduction and each tax is rounded half up once per step and line. The line keeps the remainder.
 */
import { ApiError } from '../errors.js'
import { checkMinimum, exchange, tooLarge } from './amounts.js'
import { MAX_STEP_MINOR, MAX_TOTAL_MINOR, containedTax, format, shareOf, spread, type CurrencyTable } from './money.js'

/** The part of a product that decides its price. `price.price` is in minor units of `price.currency`. */
export interface PricedProduct {
  product_id: string
  name: string | null
  price: {
    currency: string
    price: number
    /** The product's own discount, in basis points. */
    discount_bps: number
    pay_what_you_want?: boolean
    tax_inclusive?: boolean | null
  }
}

export interface CartLine {
  product: PricedProduct
  quantity: number
  /** Per unit, for pay-what-you-want products; ignored for fixed prices. */
  amount: number | null
  /** The product whose discount codes are valid for the line: its own by default, null for none. */
  codes_of?: string | null
  /** Where the request names the line: its place in `product_cart` unless given. */
  path?: string
}

export interface CurrencyOption {
  currency: string
  max_amount_possible?: number | null
  minimum_subtotal: number
  is_default: boolean
}

/** A discount that this customer may use now. */
export interface CodeDiscount {
  discount_id: string
  code: string
  type: 'percentage' | 'flat' | 'flat_per_unit'
  /** Basis points for a percentage. A flat deduction is in `currency_options`. */
  amount: number
  /** Product ids; empty for every product. */
  restricted_to: readonly string[]
  currency_options: readonly CurrencyOption[]
}

/** A discount code of the request, and its path there (`discount_codes[0]`). */
export interface CodeUse<Discount extends CodeDiscount = CodeDiscount> {
  discount: Discount
  path: string
  /**
   * The code was redeemed with an earlier charge of the subscription. It is no longer refused: its minimum subtotal is not
   * checked, and it deducts nothing if it is valid for no line.
   */
  is_attached?: boolean
}

export interface Cart {
  lines: readonly CartLine[]
  codes: readonly CodeUse[]
  /** The currency charged. */
  currency: string
  /** Basis points; 0 where no tax is due. */
  tax_rate_bps: number
  currencies: CurrencyTable
  /** Whether the cart may still change. The minimum charge is then not checked. */
  is_draft?: boolean
}

/** A priced line. All amounts except `unit_amount` are in minor units of the charge currency. */
export interface PricedLine {
  product_id: string
  name: string | null
  quantity: number
  /** Unit price, in `unit_currency`. */
  unit_amount: number
  /** The currency in which the product was priced for this buyer. */
  unit_currency: string
  /** Unit price × quantity, before any discount. */
  subtotal: number
  /** After discounts. Includes the tax if the product's price does. */
  amount: number
  tax: number
  tax_inclusive: boolean
  /** The line's total: `amount`, plus the tax if `amount` does not include it. */
  total: number
}

export interface PricedCart {
  currency: string
  lines: PricedLine[]
  /** The deduction of each code, in order of application, in minor units of the charge currency. */
  deductions: number[]
  tax: number
  total: number
}

/** One step of the calculation of a line. */
export interface TraceStep {
  kind: 'unit_price' | 'product_discount' | 'discount_code' | 'conversion' | 'tax' | 'line_total'
  /** The currency of both amounts. In a conversion, `before` is in the product's currency. */
  currency: string
  /** The line's amount before the step; null in the first step. */
  before: number | null
  after: number
  /** For the step of a code, its index in the cart. A code that does not apply to the line leaves the amount unchanged. */
  code: number | null
}

/** A priced cart with the steps of each line in the order in which they were applied. */
export interface TracedCart extends PricedCart {
  /** By line. */
  trace: TraceStep[][]
}

/**
 * Prices a cart. Throws an ApiError for a missing or too small pay-what-you-want amount, a minimum subtotal that is not met,
 * a code that applies to no line, a missing exchange rate, an amount beyond int32, and a total below the minimum charge.
 */
export function price (cart: Cart): PricedCart {
  return priceLines(cart, cart.lines.map((line, index) => openLine(line, index, null)))
}

/** Prices a cart like `price`, and returns the steps. */
export function priceWithTrace (cart: Cart): TracedCart {
  const trace = cart.lines.map((): TraceStep[] => [])
  const priced = priceLines(cart, cart.lines.map((line, index) => openLine(line, index, trace[index] ?? null)))
  return { ...priced, trace }
}

function priceLines (cart: Cart, working: readonly WorkingLine[]): PricedCart {
  const deductions = cart.codes.map((use, place) => applyCode(use, place, working, cart))
  const lines = working.map(line => closeLine(line, cart))
  const total = lines.reduce((sum, line) => sum + line.total, 0)
  const tax = lines.reduce((sum, line) => sum + line.tax, 0)
  if (total > MAX_TOTAL_MINOR) throw tooLarge('product_cart')
  if (cart.is_draft !== true) checkMinimum(total, cart.currency, cart.currencies)
  return { currency: cart.currency, lines, deductions, tax, total }
}

/** A line while it is being priced. Amounts are in minor units of the product's currency. */
interface WorkingLine {
  line: CartLine
  unit: number
  subtotal: number
  left: number
  /** The steps so far; null if they are not wanted, because they take a third of the memory of a payment's price. */
  trace: TraceStep[] | null
}

function openLine (line: CartLine, index: number, trace: TraceStep[] | null): WorkingLine {
  const unit = unitAmount(line, index)
  const subtotal = unit * line.quantity
  if (subtotal > MAX_STEP_MINOR) throw tooLarge(`${line.path ?? `product_cart[${index}]`}.quantity`)
  const { discount_bps: discountBps, currency } = line.product.price
  const left = discountBps === 0 ? subtotal : subtotal - shareOf(subtotal, discountBps)
  trace?.push(step('unit_price', currency, null, subtotal))
  if (discountBps !== 0) trace?.push(step('product_discount', currency, subtotal, left))
  return { line, unit, subtotal, left, trace }
}

function step (
  kind: TraceStep['kind'], currency: string, before: number | null, after: number, code: number | null = null
): TraceStep {
  return { kind, currency, before, after, code }
}

function unitAmount ({ product, amount, path: linePath }: CartLine, index: number): number {
  const { price: { price: minimum, pay_what_you_want: isOpen = false } } = product
  if (!isOpen) return minimum
  const path = `${linePath ?? `product_cart[${index}]`}.amount`
  if (amount === null) {
    throw new ApiError('PAY_AS_YOU_WANT_AMOUNT_REQUIRED', {
      path, because: `${product.product_id} is sold for what the customer wants to pay: give amount per unit, at least ${minimum}`
    })
  }
  if (amount < minimum || amount < 0) {
    throw new ApiError('REQUEST_AMOUNT_BELOW_MINIMUM', {
      path, because: `${product.product_id} costs at least ${Math.max(minimum, 0)} per unit in minor units, not ${amount}`
    })
  }
  return amount
}

/** Applies a code to the lines it is valid for. Returns the deduction in minor units of the charge currency. */
function applyCode (use: CodeUse, place: number, lines: readonly WorkingLine[], cart: Cart): number {
  const { discount, path, is_attached: isAttached = false } = use
  const eligible = lines.filter(({ line }) => takesCode(line, discount))
  if (eligible.length === 0 && !isAttached) {
    throw new ApiError('INVALID_DISCOUNT_CODE', {
      path,
      message: 'Discount Code cannot be applied to any product in the cart',
      because: discount.restricted_to.length === 0
        ? `${discount.code} is valid for no line of this cart`
        : `${discount.code} is for ${discount.restricted_to.join(', ')} only`
    })
  }
  const option = optionFor(discount, cart)
  if (option !== null && !isAttached) checkSubtotal(discount, path, option, eligible, cart)
  const before = leftOf(eligible, cart)
  const lefts = lines.map(({ left }) => left)
  if (discount.type === 'percentage') takePercentage(discount, option, eligible, cart)
  else takePool(option?.cap ?? 0, eligible, cart)
  lines.forEach(({ line, left, trace }, index) => {
    trace?.push(step('discount_code', line.product.price.currency, lefts[index] ?? left, left, place))
  })
  return before - leftOf(eligible, cart)
}

/** Whether a discount code is valid for a line. */
export function takesCode ({ product, codes_of: codesOf = product.product_id }: CartLine, discount: CodeDiscount): boolean {
  return codesOf !== null && (discount.restricted_to.length === 0 || discount.restricted_to.includes(codesOf))
}

/** The remaining amount of the lines, in the charge currency. */
function leftOf (lines: readonly WorkingLine[], cart: Cart): number {
  return lines.reduce((sum, { line, left }) => sum + toCurrency(left, line.product.price.currency, cart.currency, cart), 0)
}

/** The limits of a code in the charge currency: from its row for that currency, else converted from the default row. */
interface OptionInCharge {
  cap: number | null
  minimumSubtotal: number
}

function optionFor (discount: CodeDiscount, cart: Cart): OptionInCharge | null {
  const rows = discount.currency_options
  const row = rows.find(({ currency }) => currency === cart.currency) ??
    rows.find(({ is_default: isDefault }) => isDefault) ?? (rows.length === 1 ? rows[0] : undefined)
  if (row === undefined) return null
  const charge = (amount: number) => exchange(amount, row.currency, cart.currency, cart.currencies)
  return {
    cap: row.max_amount_possible == null ? null : charge(row.max_amount_possible),
    minimumSubtotal: row.minimum_subtotal === 0 ? 0 : charge(row.minimum_subtotal)
  }
}

/** The minimum applies to the lines that the code is valid for, at their prices before any discount. */
function checkSubtotal (
  discount: CodeDiscount, path: string, option: OptionInCharge, eligible: readonly WorkingLine[], cart: Cart
): void {
  if (option.minimumSubtotal === 0) return
  const subtotal = eligible.reduce((sum, { line, subtotal }) =>
    sum + toCurrency(subtotal, line.product.price.currency, cart.currency, cart), 0)
  if (subtotal >= option.minimumSubtotal) return
  const money = (amount: number) => format(amount, cart.currency, cart.currencies)
  throw new ApiError('DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET', {
    path, because: `${discount.code} needs ${money(option.minimumSubtotal)}, the cart has ${money(subtotal)}`
  })
}

function takePercentage (
  discount: CodeDiscount, option: OptionInCharge | null, lines: readonly WorkingLine[], cart: Cart
): void {
  const shares = lines.map(({ left }) => shareOf(left, discount.amount))
  const taken = lines.reduce((sum, { line }, index) =>
    sum + toCurrency(shares[index] ?? 0, line.product.price.currency, cart.currency, cart), 0)
  if (option !== null && option.cap !== null && taken > option.cap) return takePool(option.cap, lines, cart)
  lines.forEach((line, index) => { line.left -= shares[index] ?? 0 })
}

/**
 * Deducts an amount of the charge currency from the lines, in proportion to their remaining amounts. A share that equals the
 * whole line takes all of it, because converting it back could leave a remainder.
 */
function takePool (pool: number, lines: readonly WorkingLine[], cart: Cart): void {
  const weights = lines.map(({ line, left }) => toCurrency(left, line.product.price.currency, cart.currency, cart))
  const shares = spread(pool, weights)
  lines.forEach((line, index) => {
    const share = shares[index] ?? 0
    const isWhole = share === weights[index]
    const own = line.line.product.price.currency
    line.left -= isWhole ? line.left : Math.min(exchange(share, cart.currency, own, cart.currencies), line.left)
  })
}

function closeLine ({ line, unit, subtotal, left, trace }: WorkingLine, cart: Cart): PricedLine {
  const { product_id: id, name, price } = line.product
  const inclusive = price.tax_inclusive === true
  const amount = toCurrency(left, price.currency, cart.currency, cart)
  const tax = inclusive ? containedTax(amount, cart.tax_rate_bps) : shareOf(amount, cart.tax_rate_bps)
  const total = inclusive ? amount : amount + tax
  if (price.currency !== cart.currency) trace?.push(step('conversion', cart.currency, left, amount))
  trace?.push(step('tax', cart.currency, amount, total), step('line_total', cart.currency, total, total))
  return {
    product_id: id,
    name,
    quantity: line.quantity,
    unit_amount: unit,
    unit_currency: price.currency,
    subtotal: toCurrency(subtotal, price.currency, cart.currency, cart),
    amount,
    tax,
    tax_inclusive: inclusive,
    total
  }
}

/** Converts an amount of the cart. Throws if the result is too large. */
function toCurrency (amount: number, from: string, to: string, cart: Cart): number {
  if (from === to) return amount
  const converted = exchange(amount, from, to, cart.currencies)
  if (converted > MAX_STEP_MINOR) throw tooLarge('product_cart')
  return converted
}
