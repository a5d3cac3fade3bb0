/**
 * The one table of errors: every code that a reply can carry, its HTTP status and its sentence. It knows nothing of HTTP
 * libraries or storage, so that the pure rules may throw from it. docs/errors.md is compared with it by a test.
 *
 * Statuses follow the contract where it names them; otherwise 422 (see docs/errors.md for the grade of each row).
 */

interface ErrorRow {
  status: number
  /** The documented sentence; null where each refusal words its own. */
  sentence: string | null
}

export const ERRORS = {
  // Who is calling, and what
  UNAUTHORIZED: { status: 401, sentence: 'You are not authorised to perform this action' },
  NOT_FOUND: { status: 404, sentence: 'Item not found' },
  METHOD_NOT_ALLOWED: { status: 405, sentence: 'This path exists, but not with this method' },
  NOT_IDLE: { status: 408, sentence: 'The emulator is still busy' },
  TOO_MANY_READERS: { status: 429, sentence: 'Too many readers follow the request log' },
  REQUEST_BODY_TOO_LARGE: { status: 413, sentence: 'Your request body is too large' },
  TOO_MANY_REQUESTS: { status: 429, sentence: 'Too many requests' },
  NOT_IMPLEMENTED: { status: 501, sentence: 'The emulator does not implement this operation yet' },
  INTERNAL_SERVER_ERROR: { status: 500, sentence: 'Internal server error' },
  STORAGE_UNAVAILABLE: { status: 503, sentence: 'The emulator could not write to its database' },

  // The form of the request
  INVALID_REQUEST_BODY: {
    status: 422,
    sentence: 'Your request body is invalid. Please check your request headers and object.'
  },
  INVALID_QUERY_PARAMS: { status: 422, sentence: 'Your query parameters are invalid' },
  INVALID_REQUEST_PARAMETERS: { status: 422, sentence: null },
  MAXIMUM_KEYS_REACHED: { status: 422, sentence: 'Exceeds 50 key-value pairs' },

  // Cart and products
  PRODUCT_CART_EMTPY: { status: 422, sentence: 'product_cart is empty' }, // spelt so by the real API
  PRODUCT_IS_DELETED: { status: 422, sentence: 'Product is archived' },
  BRAND_MISMATCH: { status: 422, sentence: 'All items in the product cart should belong to the same brand' },
  PAY_AS_YOU_WANT_AMOUNT_REQUIRED: { status: 422, sentence: 'Amount is mandatory for pay as you want product' },
  REQUEST_AMOUNT_BELOW_MINIMUM: {
    status: 422,
    sentence: 'Amount cannot be less than minimum amount specified for the product'
  },
  TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT: { status: 422, sentence: null },

  // The catalog: products with their prices and links, brands
  INVALID_SUGGESTED_PRICE: {
    status: 422,
    sentence: 'Suggested Price cannot be lower than minimum price. In case of pay what you want, price is considered as ' +
      'minimum accepted amount'
  },
  PRODUCT_PRICING_MODE_REQUIRED: { status: 422, sentence: 'Product pricing_mode must be set before adding localized prices' },
  LOCALIZED_PRICE_SHAPE_MISMATCH: {
    status: 422,
    sentence: "Localized price shape does not match the product's pricing_mode"
  },
  LOCALIZED_PRICE_DUPLICATES_BASE: {
    status: 422,
    sentence: "Localized price duplicates the product's base currency/country"
  },
  LOCALIZED_PRICE_ALREADY_EXISTS: {
    status: 409,
    sentence: 'A localized price for this product and country/currency already exists'
  },
  SLUG_ALREADY_TAKEN: { status: 409, sentence: 'Slug is already taken' },
  BRAND_NOT_ENABLED: { status: 422, sentence: 'Brand provided is not enabled' },
  UNABLE_TO_EDIT_PRIMARY_BRAND: { status: 403, sentence: 'Primary brand cannot be updated via this API endpoint.' },

  // Customer, country, currency, tax, payment method
  INVALID_TAX_ID: { status: 422, sentence: 'Tax Id is invalid' },
  UNSUPPORTED_COUNTRY: { status: 422, sentence: null },
  UNSUPPORTED_CURRENCY: { status: 422, sentence: 'Currency is not currently supported' },
  EXCHANGE_RATE_NOT_FOUND: { status: 422, sentence: null },
  NO_ELIGIBLE_PAYMENT_METHODS: { status: 422, sentence: 'No eligible payment methods found' },

  // Discounts
  INVALID_DISCOUNT_CODE: { status: 422, sentence: 'Invalid Discount Code' },
  DISCOUNT_CODE_EXPIRED: { status: 422, sentence: 'Discount code expired' },
  DISCOUNT_NOT_YET_ACTIVE: { status: 422, sentence: 'Discount code is not yet active (starts_at is in the future)' },
  DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED: { status: 422, sentence: 'Discount code hit usage limit' },
  DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED: {
    status: 422,
    sentence: 'Per-customer usage limit exceeded for this discount code'
  },
  DISCOUNT_CUSTOMER_NOT_ELIGIBLE: { status: 422, sentence: 'Customer is not eligible for this discount code' },
  DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET: {
    status: 422,
    sentence: "Cart subtotal is below the discount's minimum required subtotal"
  },
  DISCOUNT_CODE_ALREADY_EXISTS: { status: 422, sentence: 'Discount Code already exists' },
  INVALID_PERCENTAGE: { status: 422, sentence: 'Percentage amount cannot be more than 10000' },
  DISCOUNT_CURRENCY_OPTION_INVALID: { status: 422, sentence: null },

  // Refunds: their business rules answer 400 (ruling 22)
  PAYMENT_NOT_SUCCEEDED: { status: 400, sentence: 'The provided payment has not succeeded' },
  PAYMENT_ALREADY_REFUNDED: { status: 400, sentence: 'This payment has already been refunded' },
  NOTHING_TO_REFUND: {
    status: 400,
    sentence: 'No refundable amount remaining. All positive line items have been fully refunded.'
  },
  EXISTING_REFUND_REQUEST_PROCESSING: {
    status: 400,
    sentence: 'A refund request with status "Pending" is still being processed'
  },
  REFUND_WINDOW_EXPIRED: { status: 400, sentence: null },
  ZERO_AMOUNT_PAYMENT_REFUND_NOT_ALLOWED: { status: 400, sentence: 'Cannot refund a payment with zero currency amount' },
  DUPLICATE_LINE_ITEMS_IN_REQUEST: { status: 400, sentence: 'Duplicate item_ids specified in items array' },
  PARTIAL_REFUND_NOT_ALLOWED: { status: 400, sentence: 'Partial refunds are not allowed for this payment method' },
  INSUFFICIENT_WALLET_FUNDS: { status: 400, sentence: 'Insufficient funds in wallet' },
  LINE_ITEM_NOT_FOUND: { status: 400, sentence: null },
  LINE_ITEM_FULLY_REFUNDED: { status: 400, sentence: null },
  LINE_ITEM_REFUND_AMOUNT_TOO_HIGH: { status: 400, sentence: null },
  LINE_ITEM_REFUND_AMOUNT_TOO_LOW: { status: 400, sentence: null }
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** One violation: where in the request (`product_cart[0].quantity`; empty for the whole), and what is wrong there. */
export interface Violation {
  path: string
  message: string
}

export interface Cause {
  /** Where in the request the cause lies. */
  path?: string
  /** Replaces the sentence of the table: for codes without one, or where the documented sentence varies. */
  message?: string
  /** Follows the sentence in parentheses: what exactly is wrong, and what to change. */
  because?: string
  /** Every violation found, where there may be several. */
  violations?: Violation[]
  /** Replaces the status of the table: 403 for a key without write access, 410 and 409 for what is archived already. */
  status?: number
}

/** What handlers and rules throw to refuse a request; http/server.ts writes it to the wire. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly details: Violation[] | undefined

  constructor (code: ErrorCode, cause: Cause = {}) {
    const sentence = cause.message ?? ERRORS[code].sentence ?? code
    super(cause.because === undefined ? sentence : `${sentence} (${cause.because})`)
    this.name = 'ApiError'
    this.code = code
    this.status = cause.status ?? ERRORS[code].status
    this.details = cause.violations ??
      (cause.path === undefined ? undefined : [{ path: cause.path, message: cause.because ?? sentence }])
  }
}

/** What keeps the emulator from starting, in one line for the person who started it. */
export class SetupError extends Error {}
