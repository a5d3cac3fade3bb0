/**
 * All error codes with their HTTP status, sentence and cases. docs/errors.md is generated from this table, and the request log
 * uses it to explain refusals. Statuses follow the contract, and are 422 where the contract names none (docs/errors.md).
 */

interface ErrorRow {
  status: number
  /** The documented sentence, or null if each refusal has its own. */
  sentence: string | null
  /** The cases, in Markdown. Links are relative to docs/. */
  when: string
}

function row (status: number, sentence: string | null, when: string): ErrorRow {
  return { status, sentence, when }
}

export const ERRORS = {
  // Access and transport
  UNAUTHORIZED: row(401, 'You are not authorised to perform this action',
    'The request has no `Authorization: Bearer <key>`, or a key that `--api-keys` does not list. 403 with the same ' +
    'code and sentence: a write with a key of `--read-only-api-keys`, or a call of `/_emulator` that its ' +
    '[guards](security.md) refuse'),
  NOT_FOUND: row(404, 'Item not found',
    'The id in the path does not exist, the object does not have the requested part yet (such as the invoice of an ' +
    'unpaid payment), or the API has no such path'),
  METHOD_NOT_ALLOWED: row(405, 'This path exists, but not with this method',
    'The API has the path, but not with this method. The header `allow` lists the allowed methods. Every path that ' +
    'allows GET allows HEAD'),
  SNAPSHOT_ALREADY_EXISTS: row(409, 'A snapshot of this name already exists',
    '`POST /_emulator/snapshots` with `replace: false` and the name of a snapshot that exists'),
  NOT_IDLE: row(408, 'The emulator is still busy',
    '`GET /_emulator/idle` has waited for its timeout, and work is still due or in progress, such as a delivery to a ' +
    'receiver that hangs'),
  INTERRUPTED: row(409, 'This was ended before it was complete',
    'The sandbox was reset, restored or closed while its clock was moved or data was loaded'),
  TOO_MANY_READERS: row(429, 'Too many readers follow the request log',
    '`GET /_emulator/requests/stream` has 50 readers already'),
  REQUEST_BODY_TOO_LARGE: row(413, 'Your request body is too large',
    'The body is larger than 1 MiB; an uploaded image larger than 10 MiB, another file larger than 25 MiB'),
  TOO_MANY_REQUESTS: row(429, 'Too many requests',
    'The key has made more calls than the tier of `--rate-limit` allows, or a [fault](how-to/break-things.md) ' +
    'applies. `retry-after` is the number of seconds to wait'),
  NOT_IMPLEMENTED: row(501, 'The emulator does not implement this operation yet',
    'The emulator does not support this operation of the API yet; the message names it. Sent with `x-should-retry: ' +
    'false`, so that the official clients do not retry'),
  INTERNAL_SERVER_ERROR: row(500, 'Internal server error',
    'A bug in the emulator: please report it'),
  STORAGE_UNAVAILABLE: row(503, 'The emulator could not write to its database',
    'The disk is full, the database file of the sandbox cannot be opened or is damaged, or it was deleted while the ' +
    'emulator ran. The message says which. Nothing of the request was stored'),

  // Form of the request
  INVALID_REQUEST_BODY: row(422, 'Your request body is invalid. Please check your request headers and object.',
    'The body is missing, is not JSON in UTF-8, is compressed, has another content type, or does not match the ' +
    'schema; it contains a NUL character, an unpaired surrogate or the key `__proto__`; `return_url`, or the ' +
    '`cancel_url` of a checkout session, is not an absolute URL or would run code in the browser'),
  INVALID_QUERY_PARAMS: row(422, 'Your query parameters are invalid',
    'A query parameter does not match the schema, `page_size` is over 100, or a time is not valid; a part of a name ' +
    'or an e-mail address is longer than 500 characters or contains a NUL character; the `return_url` of a portal ' +
    'session is not an absolute URL or would run code in the browser. Unknown parameters are ignored'),
  INVALID_REQUEST_PARAMETERS: row(422, null,
    'The body matches the schema but breaks a rule that has no code of its own. Mainly: a product, customer, payment ' +
    'or payment method in the body does not exist; a product that is not sold once; more than 100 lines or 20 codes; ' +
    '`discount_code` with `discount_codes`; `payment_method_id` without `customer.customer_id`; metadata that is too ' +
    'long; a business name without a tax id; a total over 2147483647; a payment or refund in a final state; a ' +
    'customer without a name or an e-mail address; a wallet amount below 1 or over 10^15, a wallet currency other ' +
    'than USD and INR, or an `idempotency_key` that was used for another entry. Checkout sessions: ' +
    '`product_collection_id` with a cart, with discount codes, with `confirm` or in a preview, or with a collection that ' +
    'shows no product; `on_demand` with several subscriptions; `confirm` without a customer or a complete billing ' +
    'address, or with a required custom field; `payment_method_id` without `confirm` or without ' +
    '`customer.customer_id`; `tax_id` without a billing country; custom fields, a theme or a language that the page cannot show'),
  MAXIMUM_KEYS_REACHED: row(422, 'Exceeds 50 key-value pairs',
    '`metadata` has more than 50 pairs'),

  // Cart and products
  PRODUCT_CART_EMTPY: row(422, 'product_cart is empty',
    '`product_cart` has no lines. The API spells the code this way'),
  PRODUCT_IS_DELETED: row(422, 'Product is archived',
    'A product in the cart, or the product to change, is archived. 410 with the same code and sentence: the product ' +
    'to archive is archived already'),
  BRAND_MISMATCH: row(422, 'All items in the product cart should belong to the same brand',
    'The products in the cart belong to several brands. With another sentence: a product of a collection, or the new ' +
    'product of a subscription, belongs to another brand'),
  METER_IS_DELETED: row(422, 'Meter is archived',
    'A meter of a usage-based price is archived'),
  MISSING_METER_IDS: row(422, 'Some meter ids do not exist',
    'A meter of a usage-based price does not exist'),
  DUPLICATE_METER_IDS_IN_REQUEST: row(422, 'Duplicate meter ids in request',
    'A usage-based price has the same meter twice'),
  PRODUCT_COLLECTION_IS_DELETED: row(422, 'Product collection is archived',
    'The collection to change is archived. 410 with the same code and sentence: the collection to archive is archived ' +
    'already'),
  PRODUCT_COLLECTION_MUST_HAVE_PRODUCTS: row(422,
    'Cannot delete the last product in a collection. Archive the collection instead.',
    'The last product of a collection, or the group that holds it, is removed; or a new collection has no products'),
  PAY_AS_YOU_WANT_AMOUNT_REQUIRED: row(422, 'Amount is mandatory for pay as you want product',
    'A line of a pay-what-you-want product has no `amount`'),
  REQUEST_AMOUNT_BELOW_MINIMUM: row(422, 'Amount cannot be less than minimum amount specified for the product',
    'The `amount` of a pay-what-you-want line is negative, or below the `price` of the product, which is its minimum. Or ' +
    'the price of a subscription is not 0 and is worth less than one dollar'),
  TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT: row(422, null,
    'The total with tax is not 0 and is below the minimum charge of the currency: "Minimum amount of $0.50 is ' +
    'required to process payment"'),

  // The catalog: products with their prices and links, brands
  INVALID_SUGGESTED_PRICE: row(422,
    'Suggested Price cannot be lower than minimum price. In case of pay what you want, price is considered as minimum ' +
    'accepted amount',
    'The `suggested_price` of a pay-what-you-want product is below its `price`'),
  PRODUCT_PRICING_MODE_REQUIRED: row(422, 'Product pricing_mode must be set before adding localized prices',
    'A localized price for a product without `pricing_mode`'),
  LOCALIZED_PRICE_SHAPE_MISMATCH: row(422, "Localized price shape does not match the product's pricing_mode",
    '`country_code` is missing for a product that is priced `by_country`, or given for one that is priced ' +
    '`by_currency`'),
  LOCALIZED_PRICE_DUPLICATES_BASE: row(422, "Localized price duplicates the product's base currency/country",
    'A price by currency is in the currency of the product, or the new price of a product is in the currency of one ' +
    'of its localized prices'),
  LOCALIZED_PRICE_ALREADY_EXISTS: row(409, 'A localized price for this product and country/currency already exists',
    'The product already has a localized price for this currency or country'),
  SLUG_ALREADY_TAKEN: row(409, 'Slug is already taken',
    'Another short link has the slug'),
  BRAND_NOT_ENABLED: row(422, 'Brand provided is not enabled',
    'The brand of a product, or the brand to change, is archived. 409 with the same code and sentence: the brand to ' +
    'archive is archived already'),
  UNABLE_TO_EDIT_PRIMARY_BRAND: row(403, 'Primary brand cannot be updated via this API endpoint.',
    'The request changes, archives or adds an image to the primary brand, whose id is that of the business'),

  // Customer, country, currency, tax, payment method
  INVALID_TAX_ID: row(422, 'Tax Id is invalid',
    '`tax_id` has the wrong form or check digits for the billing country, or is `INVALID`'),
  UNSUPPORTED_COUNTRY: row(422, null,
    '`--denied-countries` lists the billing country: "Country Anguilla currently not supported"'),
  UNSUPPORTED_CURRENCY: row(422, 'Currency is not currently supported',
    '`--denied-currencies` lists the currency of the charge'),
  EXCHANGE_RATE_NOT_FOUND: row(422, null,
    'There is no rate for one of two currencies: "Exchange rate not found to convert from USD to CUP"'),
  NO_ELIGIBLE_PAYMENT_METHODS: row(422, 'No eligible payment methods found',
    '`allowed_payment_method_types` is an empty list, or names no method that a subscription can be paid with'),

  // Discounts
  INVALID_DISCOUNT_CODE: row(422, 'Invalid Discount Code',
    'The code does not exist. Or it applies to no line of the cart, and the sentence is "Discount Code cannot be ' +
    'applied to any product in the cart"'),
  DISCOUNT_CODE_EXPIRED: row(422, 'Discount code expired',
    'The code is past its `expires_at`, in a payment or when it is looked up'),
  DISCOUNT_NOT_YET_ACTIVE: row(422, 'Discount code is not yet active (starts_at is in the future)',
    "The code's `starts_at` is in the future"),
  DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED: row(422, 'Discount code hit usage limit',
    'The code has reached its `usage_limit` when a payment is created or paid, or when the code is looked up. Or a ' +
    'change sets the limit below the number of uses, and the sentence is "Usage limit cannot be less than times_used"'),
  DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED: row(422, 'Per-customer usage limit exceeded for this discount code',
    'The customer has reached the `per_customer_usage_limit` of the code when a payment is created or paid'),
  DISCOUNT_CUSTOMER_NOT_ELIGIBLE: row(422, 'Customer is not eligible for this discount code',
    'The code is for first-time, returning or specific customers, and this customer is not one of them'),
  DISCOUNT_MINIMUM_SUBTOTAL_NOT_MET: row(422, "Cart subtotal is below the discount's minimum required subtotal",
    'The lines that the code applies to total less than its `minimum_subtotal`, at their prices before discounts'),
  DISCOUNT_CODE_ALREADY_EXISTS: row(422, 'Discount Code already exists',
    'Another discount has the code, in upper or lower case. Deleted discounts do not count'),
  INVALID_PERCENTAGE: row(422, 'Percentage amount cannot be more than 10000',
    'The `amount` of a percentage discount is over 10000 basis points (100%)'),
  DISCOUNT_CURRENCY_OPTION_INVALID: row(422, null,
    '`currency_options` has a currency twice or several defaults; or, for a flat discount, it has no default or an ' +
    'option without `max_amount_possible`'),

  // Subscriptions
  INVALID_QUANTITY: row(422, 'Only 1 quantity is allowed for usage based billing',
    'A subscription to a usage-based product with a `quantity` other than 1'),
  DUPLICATE_ADDON_IDS_IN_REQUEST: row(422, 'Duplicate addon ids in request',
    '`addons` has the same `addon_id` twice'),
  MISSING_ADDON_IDS: row(422, 'Some addons do not exist, or are not attached to the product',
    'An `addon_id` does not exist, or is not one of the `addons` of the product'),
  ADDONS_IN_USAGE_BASED_BILLING_NOT_SUPPORTED: row(422, 'Addons are not supported in usage based billing',
    '`addons` with a usage-based product'),
  ADDONS_NOT_ALLOWED_FOR_ON_DEMAND: row(422, 'Addons are not allowed for on demand subscriptions',
    '`addons` with `on_demand`'),
  ONE_TIME_PRODUCTS_NOT_ALLOWED_FOR_ON_DEMAND: row(422, 'One time products are not allowed for on demand subscriptions',
    '`one_time_product_cart` with `on_demand`'),
  DISCOUNT_NOT_AVAILABLE_FOR_ON_DEMAND: row(422, 'Discounts are not available for on demand subscriptions',
    'A discount code with `on_demand`'),
  ON_DEMAND_USAGE_BASED_BILLING_NOT_SUPPORTED: row(422, 'Usage based billing is not supported for on demand subscriptions',
    '`on_demand` with a usage-based product'),
  PAYMENT_NOT_RETRYABLE: row(422, 'This payment cannot be retried',
    '`POST /payments/{payment_id}/retry` of a payment that has not failed, is not the last attempt to collect what a ' +
    'subscription owes, or whose subscription has no payment method'),
  MANUAL_RETRY_LIMIT_REACHED: row(422, 'The payment was retried too often',
    'Three manual retries of the same amount due were made'),
  MANUAL_RETRY_COOLDOWN: row(422, 'The payment was retried a short time ago',
    'The last manual retry of the same amount due was less than 24 hours ago. `GET /payments/{payment_id}/retry` says ' +
    'when the next one is possible'),
  MODERATION_OVERLOADED: row(429, 'Moderation is overloaded',
    '`POST /moderation/screen` with the test word `dodo_mock_overloaded`'),
  MODERATION_NOT_READY: row(503, 'Moderation is not ready',
    '`POST /moderation/screen` with the test word `dodo_mock_not_ready`'),
  CUSTOMER_HAS_EXISTING_SUBSCRIPTION: row(422, null,
    'The business allows one subscription per customer, and the customer has one, or the cart has several'),
  SUBSCRIPTION_NOT_ELIGIBLE_FOR_PAUSE: row(422, 'Subscription is not eligible for pause',
    'Pausing a subscription that is not active'),
  SUBSCRIPTION_PAUSE_REQUIRES_PAYMENT_METHOD: row(422, 'Subscription needs a payment method to be paused',
    'Pausing a subscription without a payment method'),
  SUBSCRIPTION_ALREADY_PAUSED: row(422, 'Subscription is already paused',
    'Pausing a paused subscription'),
  SUBSCRIPTION_NOT_PAUSED: row(422, 'Subscription is not paused',
    'Resuming a subscription that is not paused'),
  SUBSCRIPTION_NOT_ON_DEMAND: row(422, 'Subscription is not on demand',
    'A charge of a subscription that is not on demand, or `disable_on_demand` for one'),
  SUBSCRIPTION_EXPIRED: row(422, 'Subscription expired cannot create new charges',
    'A charge of an expired subscription'),
  SUBSCRIPTION_INACTIVE: row(422, 'Subscription is not active',
    'A charge of a subscription that is not active, or a new payment method for one that has not started or has ended'),
  CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION: row(422, 'Charge is not allowed, as subscription is scheduled for cancellation',
    'A charge of a subscription with `cancel_at_next_billing_date`'),
  INACTIVE_SUBSCRIPTION_PLAN_CHANGE_NOT_SUPPORTED: row(422, 'Changing plans is not supported for inactive subscriptions',
    'A plan change of a subscription that is not active, or the deletion of a scheduled change of one that has ended'),
  ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED: row(422, 'Changing plans is not supported for on demand subscriptions',
    'A plan change of an on-demand subscription'),
  UNSUPPORTED_ACTION: row(422, 'This action is not supported',
    'A plan change of a subscription to a usage-based product'),
  PLAN_CHANGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION: row(422, 'Subscription scheduled for cancellation',
    'A plan change of a subscription with `cancel_at_next_billing_date`'),
  PENDING_PLAN_CHANGE_EXISTS: row(409, 'A plan change of this subscription is waiting for its payment',
    'A plan change while the payment of an earlier one has not ended. Sent with `x-should-retry: false`'),
  SCHEDULED_PLAN_CHANGE_EXISTS: row(409, 'A plan change is already scheduled for this subscription',
    'A plan change while another is scheduled, without `cancel_scheduled_change_plan`. Sent with `x-should-retry: false`'),
  SCHEDULED_PLAN_CHANGE_NOT_FOUND: row(404, 'No scheduled plan change found for this subscription.',
    'The deletion of a scheduled plan change of a subscription without one'),
  INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE: row(422,
    'Only full_immediately is supported when effective_at is next_billing_date',
    'A plan change with `effective_at` `next_billing_date` and another `proration_billing_mode` than `full_immediately`'),
  DISCOUNT_NOT_APPLICABLE_TO_NEW_PRODUCT: row(422, 'Discount is not applicable to the new product',
    'A code of a plan change is restricted to other products'),
  DISCOUNT_ALREADY_USED_ON_SUBSCRIPTION: row(422, 'Discount was already used on this subscription',
    'A code of a plan change has no cycle left on this subscription, or was removed from it'),
  SUBSCRIPTION_CUSTOMER_PAUSE_DISABLED: row(403, 'The store does not let customers pause subscriptions',
    'In the portal: the setting `portal_pause` is off, or the store has paused the subscription that a customer resumes'),
  PLAN_CHANGE_FOR_CUSTOMER_PORTAL_DISABLED: row(403, 'The store does not let customers change the plan',
    'In the portal: the setting `portal_change_plan` is off'),
  SCHEDULE_PLAN_CHANGE_FOR_CUSTOMER_PORTAL_DISABLED: row(403, 'The store does not let customers schedule a plan change',
    'In the portal: the setting `portal_change_plan` is off, for a change that takes effect at the next billing date'),
  CANCEL_SCHEDULED_PLAN_CHANGE_FOR_CUSTOMER_PORTAL_DISABLED: row(403,
    'The store does not let customers cancel a scheduled plan change',
    'In the portal: the setting `portal_change_plan` is off'),
  DO_NOT_BILL_NOT_ALLOWED_IN_CUSTOMER_PORTAL: row(403, 'Customers cannot change the plan without being billed',
    'In the portal: the collection or the settings charge the change with `do_not_bill`'),
  PREVIOUS_PAYMENT_PENDING: row(422, 'Cannot create new charge as previous payment is not successful yet',
    'A charge of a subscription while one of its payments is in flight. 409 with the same code and sentence: ' +
    'a plan change, with `x-should-retry: false`'),
  SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED: row(422, 'Maximum retry limit of 10 attempts exceeded',
    'Ten charges of the amount that a subscription owes have failed'),

  // Credits
  CREDIT_ENTITLEMENT_NAME_ALREADY_EXISTS: row(422, 'A credit entitlement with this name already exists',
    'Another credit entitlement that is not deleted has the name, when one is created, renamed or undeleted'),
  CREDIT_ENTITLEMENT_IS_DELETED: row(422, 'Credit entitlement is deleted',
    'A product to attach credits to, or a balance to credit, names a deleted credit entitlement. 410 with the same code ' +
    'and sentence: the credit entitlement to delete is deleted already'),
  OVERAGE_LIMIT_EXCEEDED: row(400, 'Overage limit exceeded',
    'A debit of credits exceeds the balance and would take the overage above `overage_limit`'),

  // Refunds: their business rules answer 400
  PAYMENT_NOT_SUCCEEDED: row(400, 'The provided payment has not succeeded',
    'A refund of a payment that has not succeeded'),
  PAYMENT_ALREADY_REFUNDED: row(400, 'This payment has already been refunded',
    'A refund without `items`, of a payment that is fully refunded'),
  NOTHING_TO_REFUND: row(400, 'No refundable amount remaining. All positive line items have been fully refunded.',
    'A refund with `items`, of a payment that is fully refunded'),
  EXISTING_REFUND_REQUEST_PROCESSING: row(400, 'A refund request with status "Pending" is still being processed',
    'Another refund of the payment is `pending` or under `review`'),
  REFUND_WINDOW_EXPIRED: row(400, null,
    'The payment is older than `--refund-window`: "Refunds cannot be initiated 30 days after payment creation"'),
  ZERO_AMOUNT_PAYMENT_REFUND_NOT_ALLOWED: row(400, 'Cannot refund a payment with zero currency amount',
    'A refund of a payment that was free'),
  DUPLICATE_LINE_ITEMS_IN_REQUEST: row(400, 'Duplicate item_ids specified in items array',
    '`items` has the same `item_id` twice'),
  PARTIAL_REFUND_NOT_ALLOWED: row(400, 'Partial refunds are not allowed for this payment method',
    'A partial refund of a payment by voucher (`partial_refunds` in `fixtures/reference/payment-methods.json`)'),
  INSUFFICIENT_WALLET_FUNDS: row(400, 'Insufficient funds in wallet',
    "A refund exceeds the remaining `--wallet-balance`, or a debit exceeds the balance of the customer's wallet"),
  LINE_ITEM_NOT_FOUND: row(400, null,
    'The payment has no line with this `item_id`: "Line item pdt_x not found in payment"'),
  LINE_ITEM_PRORATED: row(400, null,
    'The line belongs to a plan change and was charged or credited in part. Such a payment can only be refunded in full'),
  LINE_ITEM_FULLY_REFUNDED: row(400, null,
    'This line is fully refunded, and other lines are not'),
  LINE_ITEM_REFUND_AMOUNT_TOO_HIGH: row(400, null,
    'The amount exceeds what is left of the line, including tax'),
  LINE_ITEM_REFUND_AMOUNT_TOO_LOW: row(400, null,
    'The amount is 0 or less'),

  // Licence keys
  INACTIVE_LICENSE_KEY: row(403, 'License key is not active',
    'The key to activate is disabled or expired'),
  LICENSE_KEY_LIMIT_REACHED: row(422, 'License key activation limit reached',
    'The key to activate has as many instances as its `activations_limit` allows'),
  LICENSE_KEY_NOT_FOUND: row(403, 'License key instance not found or does not belong to this license key',
    'The instance to deactivate is unknown, was deactivated before, or belongs to another key'),
  ACTIVATION_LIMIT_LESS_THAN_CURRENT_AMOUNT: row(422, 'New activation limit cannot be less than current instances count',
    'A change sets `activations_limit` below the number of instances that are active'),
  NO_EXPIRY_ON_SUBSCRIPTION_LICENSE_KEYS: row(400, 'Cannot set expiry date for subscription-based license key',
    'A change sets `expires_at` of a key that belongs to a subscription'),
  DOWNLOAD_NOT_ALLOWED: row(403, 'This download link does not work',
    'The signed URL of a file has expired or was changed. The code is one of the emulator'),
  CONFLICT: row(409, 'The request conflicts with the current state',
    'A licence key with the same text exists, a grant does not await a key, or a subscription uses the payment method to ' +
    'delete. The real API does not document this code. Sent with `x-should-retry: false`, so that the official clients do ' +
    'not retry'),
  FILE_IN_USE: row(409, 'File is still in active grants',
    'A delivered grant contains the file to delete. Sent with `x-should-retry: false`')
} satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS
