/**
 * Every code that a reply can carry: its HTTP status, its sentence, and when it is answered. The table in docs/errors.md is
 * generated from this one, and the request log explains refusals with it. Statuses follow the contract where it names them;
 * otherwise they are 422 (docs/errors.md says how sure each of them is).
 */

interface ErrorRow {
  status: number
  /** The documented sentence; null where each refusal words its own. */
  sentence: string | null
  /** When it is answered, in Markdown. Links are those of a page in docs/. */
  when: string
}

function row (status: number, sentence: string | null, when: string): ErrorRow {
  return { status, sentence, when }
}

export const ERRORS = {
  // Who is calling, and what
  UNAUTHORIZED: row(401, 'You are not authorised to perform this action',
    'No `Authorization: Bearer <key>`, or a key that is not on the list of `--api-keys`. 403 with the same code and ' +
    'sentence: a write with a key of `--read-only-api-keys`, or a call of `/_emulator` that its [guards](security.md) ' +
    'refuse'),
  NOT_FOUND: row(404, 'Item not found',
    'Nothing has the id in the path, or not yet what is asked of it, as an invoice before the payment has succeeded; or ' +
    'the path is not one of the API'),
  METHOD_NOT_ALLOWED: row(405, 'This path exists, but not with this method',
    'The path is one of the API, the method is not. The header `allow` names those that are. HEAD goes wherever GET does'),
  SNAPSHOT_ALREADY_EXISTS: row(409, 'A snapshot of this name already exists',
    '`POST /_emulator/snapshots` with `replace: false` and the name of a snapshot that exists'),
  NOT_IDLE: row(408, 'The emulator is still busy',
    '`GET /_emulator/idle` has waited as long as it was told, and something is still due or under way: a receiver that ' +
    'hangs, for one'),
  INTERRUPTED: row(409, 'This was ended before it was complete',
    'The sandbox was reset, restored or closed while its clock was moved, or while data were loaded'),
  TOO_MANY_READERS: row(429, 'Too many readers follow the request log',
    '50 readers of `GET /_emulator/requests/stream` are there already'),
  REQUEST_BODY_TOO_LARGE: row(413, 'Your request body is too large',
    'The body is larger than 1 MiB; an uploaded image larger than 10 MiB, another file larger than 25 MiB'),
  TOO_MANY_REQUESTS: row(429, 'Too many requests',
    'More calls than the tier of `--rate-limit` allows, or a [fault](how-to/break-things.md) that says so. `retry-after` ' +
    'tells in how many seconds to try again'),
  NOT_IMPLEMENTED: row(501, 'The emulator does not implement this operation yet',
    'An operation of the API that the emulator does not answer yet, named in the message. Sent with `x-should-retry: ' +
    'false`, so that the official clients do not try again'),
  INTERNAL_SERVER_ERROR: row(500, 'Internal server error',
    'A fault of the emulator: please report it'),
  STORAGE_UNAVAILABLE: row(503, 'The emulator could not write to its database',
    'The disk is full, the file of the sandbox cannot be opened or is damaged, or it was deleted while the emulator ran. ' +
    'The message says which. Nothing of the request was stored'),

  // The form of the request
  INVALID_REQUEST_BODY: row(422, 'Your request body is invalid. Please check your request headers and object.',
    'The body is missing, is not JSON in UTF-8, is compressed, has another content type, or is not as the schema says; it ' +
    'holds a NUL character, an unpaired surrogate or the key `__proto__`; `return_url`, or the `cancel_url` of a checkout ' +
    'session, is not an absolute URL, or would run something in the browser'),
  INVALID_QUERY_PARAMS: row(422, 'Your query parameters are invalid',
    'A query parameter is not as the schema says, `page_size` is over 100, or a time is none; a part of a name or an ' +
    'e-mail address is longer than 500 characters or holds a NUL character; the `return_url` of a portal session is not an ' +
    'absolute URL, or would run something in the browser. Unknown parameters are ignored'),
  INVALID_REQUEST_PARAMETERS: row(422, null,
    'The body has the right form and breaks a rule that has no code of its own. Above all: a product, customer, payment or ' +
    'payment method in the body that does not exist; a product that is not sold once; more than 100 lines or 20 codes; ' +
    '`discount_code` with `discount_codes`; `payment_method_id` without `customer.customer_id`; metadata that is too long; ' +
    'a business name without a tax id; a total over 2147483647; a payment or refund that has come to its end; a customer ' +
    'without a name or an e-mail address; an amount of a wallet below 1 or over 10^15, another currency than USD and INR, ' +
    "or an `idempotency_key` that was used for another booking. Of checkout sessions: what they can't hold yet " +
    '(subscriptions, collections, add-ons, credits); `confirm` without a customer or a complete billing address, or with a ' +
    'custom field that must be answered; `payment_method_id` without `confirm` or without `customer.customer_id`; `tax_id` ' +
    "without a billing country; custom fields, a theme or a language that can't be shown"),
  MAXIMUM_KEYS_REACHED: row(422, 'Exceeds 50 key-value pairs',
    '`metadata` has more than 50 pairs'),

  // Cart and products
  PRODUCT_CART_EMTPY: row(422, 'product_cart is empty', // spelt so by the real API
    '`product_cart` has no line. The code is spelt so by the API'),
  PRODUCT_IS_DELETED: row(422, 'Product is archived',
    'A product of the cart, or one that is to be changed, is archived. 410 with the same code and sentence: it is to be ' +
    'archived again'),
  BRAND_MISMATCH: row(422, 'All items in the product cart should belong to the same brand',
    'The products of the cart belong to several brands'),
  PAY_AS_YOU_WANT_AMOUNT_REQUIRED: row(422, 'Amount is mandatory for pay as you want product',
    'A line of a pay-what-you-want product has no `amount`'),
  REQUEST_AMOUNT_BELOW_MINIMUM: row(422, 'Amount cannot be less than minimum amount specified for the product',
    'The `amount` of such a line is below the price of the product, which is its minimum, or negative'),
  TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT: row(422, null,
    'The total, tax included, is below what the currency can be charged with, and not 0: "Minimum amount of $0.50 is ' +
    'required to process payment"'),

  // The catalog: products with their prices and links, brands
  INVALID_SUGGESTED_PRICE: row(422,
    'Suggested Price cannot be lower than minimum price. In case of pay what you want, price is considered as minimum ' +
    'accepted amount',
    'The `suggested_price` of a pay-what-you-want product is below its `price`'),
  PRODUCT_PRICING_MODE_REQUIRED: row(422, 'Product pricing_mode must be set before adding localized prices',
    'A localized price for a product without `pricing_mode`'),
  LOCALIZED_PRICE_SHAPE_MISMATCH: row(422, "Localized price shape does not match the product's pricing_mode",
    'No `country_code` where the product is priced `by_country`, or one where it is priced `by_currency`'),
  LOCALIZED_PRICE_DUPLICATES_BASE: row(422, "Localized price duplicates the product's base currency/country",
    'A price by currency in the currency of the product itself, or a new price of the product in the currency of one of ' +
    'its localized prices'),
  LOCALIZED_PRICE_ALREADY_EXISTS: row(409, 'A localized price for this product and country/currency already exists',
    'The product has a localized price for this currency, or this country'),
  SLUG_ALREADY_TAKEN: row(409, 'Slug is already taken',
    'Another short link has the slug'),
  BRAND_NOT_ENABLED: row(422, 'Brand provided is not enabled',
    'A product is to have an archived brand, or an archived brand is to be changed. 409 with the same code and sentence: ' +
    'it is to be archived again'),
  UNABLE_TO_EDIT_PRIMARY_BRAND: row(403, 'Primary brand cannot be updated via this API endpoint.',
    'The primary brand, whose id is that of the business, is to be changed, archived, or given an image'),

  // Customer, country, currency, tax, payment method
  INVALID_TAX_ID: row(422, 'Tax Id is invalid',
    '`tax_id` has the wrong form or check digits for the billing country, or is `INVALID`'),
  UNSUPPORTED_COUNTRY: row(422, null,
    'The billing country is on the list of `--denied-countries`: "Country Anguilla currently not supported"'),
  UNSUPPORTED_CURRENCY: row(422, 'Currency is not currently supported',
    'The currency to charge is on the list of `--denied-currencies`'),
  EXCHANGE_RATE_NOT_FOUND: row(422, null,
    'One of two currencies has no rate: "Exchange rate not found to convert from USD to CUP"'),
  NO_ELIGIBLE_PAYMENT_METHODS: row(422, 'No eligible payment methods found',
    '`allowed_payment_method_types` is an empty list'),

  // Discounts
  INVALID_DISCOUNT_CODE: row(422, 'Invalid Discount Code',
    'There is no such code. Or it fits no line of the cart, and the sentence is "Discount Code cannot be applied to any ' +
    'product in the cart"'),
  DISCOUNT_CODE_EXPIRED: row(422, 'Discount code expired',
    'The code is past its `expires_at`, in a payment or when it is read'),
  DISCOUNT_NOT_YET_ACTIVE: row(422, 'Discount code is not yet active (starts_at is in the future)',
    'The code is before its `starts_at`'),
  DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED: row(422, 'Discount code hit usage limit',
    'The code has been used as often as its `usage_limit` allows, when a payment is created or when it is paid, or when ' +
    'the code is read. Or a change sets the limit below the uses, and the sentence is "Usage limit cannot be less than ' +
    'times_used"'),
  DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED: row(422, 'Per-customer usage limit exceeded for this discount code',
    'This customer has used the code as often as its `per_customer_usage_limit` allows, when a payment is created or when ' +
    'it is paid'),
  DISCOUNT_CUSTOMER_NOT_ELIGIBLE: row(422, 'Customer is not eligible for this discount code',
    'The code is for first-time, returning or certain customers, and this one is not among them'),
  DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET: row(422, "Cart subtotal is below the discount's minimum required subtotal",
    'The lines that the code fits come to less than its `minimum_subtotal`, at their prices before any discount'),
  DISCOUNT_CODE_ALREADY_EXISTS: row(422, 'Discount Code already exists',
    'Another discount has the code, in any case; one that was deleted does not count'),
  INVALID_PERCENTAGE: row(422, 'Percentage amount cannot be more than 10000',
    'The `amount` of a percentage discount is over 10000 basis points, which are 100 %'),
  DISCOUNT_CURRENCY_OPTION_INVALID: row(422, null,
    '`currency_options` name a currency twice or have several defaults; or those of a flat discount have no default, or ' +
    'one without `max_amount_possible`'),

  // Refunds: their business rules answer 400 (ruling 22)
  PAYMENT_NOT_SUCCEEDED: row(400, 'The provided payment has not succeeded',
    'A refund of a payment that has not succeeded'),
  PAYMENT_ALREADY_REFUNDED: row(400, 'This payment has already been refunded',
    'A refund without `items` of a payment of which nothing is left'),
  NOTHING_TO_REFUND: row(400, 'No refundable amount remaining. All positive line items have been fully refunded.',
    'A refund with `items` of a payment of which nothing is left'),
  EXISTING_REFUND_REQUEST_PROCESSING: row(400, 'A refund request with status "Pending" is still being processed',
    'Another refund of the payment is `pending` or under `review`'),
  REFUND_WINDOW_EXPIRED: row(400, null,
    'The payment was created longer ago than `--refund-window`: "Refunds cannot be initiated 30 days after payment ' +
    'creation"'),
  ZERO_AMOUNT_PAYMENT_REFUND_NOT_ALLOWED: row(400, 'Cannot refund a payment with zero currency amount',
    'A refund of a payment that was free'),
  DUPLICATE_LINE_ITEMS_IN_REQUEST: row(400, 'Duplicate item_ids specified in items array',
    'An `item_id` stands twice in `items`'),
  PARTIAL_REFUND_NOT_ALLOWED: row(400, 'Partial refunds are not allowed for this payment method',
    'A part of a payment by voucher (`partial_refunds` in `fixtures/reference/payment-methods.json`)'),
  INSUFFICIENT_WALLET_FUNDS: row(400, 'Insufficient funds in wallet',
    "The refund takes more than is left of `--wallet-balance`, or a debit more than the customer's wallet holds"),
  LINE_ITEM_NOT_FOUND: row(400, null,
    'An `item_id` is none of the payment\'s: "Line item pdt_x not found in payment"'),
  LINE_ITEM_FULLY_REFUNDED: row(400, null,
    'Nothing of this item is left, but of others there is'),
  LINE_ITEM_REFUND_AMOUNT_TOO_HIGH: row(400, null,
    'More than what is left of the item, tax included'),
  LINE_ITEM_REFUND_AMOUNT_TOO_LOW: row(400, null,
    'An amount of 0 or less')
} satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS
