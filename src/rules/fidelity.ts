/**
 * How sure the emulator's behaviour is, area by area: confirmed by the published contract, the documentation, the sources of
 * official programs or real replies; inferred from them; or different on purpose. docs/fidelity.md is generated from this table,
 * and the explanation of a payment lists the inferred rules that its total depends on.
 */

export type Grade = 'confirmed' | 'inferred' | 'different'

/** The parts of a calculation, by which an explanation finds the rules that it depends on. */
export type Part = 'discount' | 'code' | 'conversion' | 'tax' | 'fee' | 'subscription' | 'plan_change' | 'usage'

export interface FidelityRow {
  /** A name for programs: `tax_rates`. */
  id: string
  area: 'API' | 'Prices' | 'Payments' | 'Subscriptions' | 'Usage and credits' | 'Webhooks' | 'Entitlements' | 'Money' |
    'Newer contract'
  grade: Grade
  /** The behaviour of the emulator. */
  rule: string
  /** The source of a confirmed rule, the reason for an inferred one, or what the real service does. */
  because: string
  /** Options and settings that change it. */
  changed_by?: readonly string[]
  /** The test that holds it, below test/. */
  test: string
  parts?: readonly Part[]
}

/** The rules that a calculation with these parts depends on, besides the confirmed ones. */
export function assumptionsOf (parts: ReadonlySet<Part>) {
  return FIDELITY.flatMap(({ id, grade, rule, because, parts: needed = [] }) =>
    grade !== 'confirmed' && needed.some(part => parts.has(part)) ? [{ id, grade, rule, because }] : [])
}

/** Makes the rows of a grade. */
function graded (grade: Grade) {
  return (
    area: FidelityRow['area'], id: string, test: string, rule: string, because: string,
    more: Pick<FidelityRow, 'changed_by' | 'parts'> = {}
  ): FidelityRow => ({ id, area, grade, rule, because, test, ...more })
}

const confirmed = graded('confirmed')
const inferred = graded('inferred')
const different = graded('different')

export const FIDELITY: readonly FidelityRow[] = [
  confirmed('API', 'shapes', 'api/contract.test.ts',
    'Paths, fields, types, required fields and enums of all operations and events',
    'The published contract 1.113.0 is compared mechanically; newer fields are those of the published clients'),
  confirmed('API', 'error_codes', 'resources/payments-refusals.test.ts',
    'Error codes with their sentences',
    'Documentation, and the sources of official programs'),
  inferred('API', 'error_statuses', 'resources/checkouts-refusals.test.ts',
    'The status of most codes: 404 for an unknown id in the path, 422 for other mistakes',
    'The contract lists statuses without codes; an unknown product in a cart was seen to answer 422'),
  inferred('API', 'validation_order', 'resources/payments-refusals.test.ts',
    'The rule that is reported if a request breaks several',
    'Undocumented. Schema violations are reported together'),
  different('API', 'error_messages', 'resources/payments-refusals.test.ts',
    'Messages name the place of the mistake and what to change; `details` lists every violation',
    'The real service names neither. Programs compare codes'),
  different('API', 'any_key', 'api/api.test.ts',
    'Any API key is accepted',
    'The real service knows its keys',
    { changed_by: ['--api-keys', '--read-only-api-keys'] }),
  different('API', 'rate_limits', 'control/rate-limit.test.ts',
    'Calls are not limited',
    'The real service limits each key by its tier',
    { changed_by: ['--rate-limit'] }),

  confirmed('Prices', 'cart_order', 'rules/pricing.test.ts',
    'The order of the calculation: product discount, codes as listed, conversion, tax',
    'Documentation'),
  inferred('Prices', 'rounding', 'rules/pricing.test.ts',
    'Deductions and tax are rounded half up, once for each step and line',
    'Undocumented; agrees with the published examples',
    { parts: ['discount', 'code', 'tax'] }),
  inferred('Prices', 'flat_codes', 'rules/pricing.test.ts',
    'A flat deduction is spread over the lines in proportion, the rest on the last',
    'The documentation says that it is taken once',
    { parts: ['code'] }),
  confirmed('Prices', 'tax_rates', 'resources/countries.test.ts',
    'The tax rates of the table, by billing country',
    'A published table'),
  inferred('Prices', 'reverse_charge', 'rules/tax-ids.test.ts',
    'A valid tax id of a business makes the tax 0 where the table says so',
    'Documented as a principle, not for each country',
    { parts: ['tax'], changed_by: ['--tax'] }),
  different('Prices', 'exchange_rates', 'rules/money.test.ts',
    'Exchange rates are fixed',
    'The real service uses those of the day',
    { parts: ['conversion'] }),
  inferred('Prices', 'minimum_charge', 'resources/payments-refusals.test.ts',
    'The smallest charge applies to the total including tax; 0 is exempt',
    'The documentation gives amounts, not the basis'),

  confirmed('Payments', 'test_cards', 'api/contract.test.ts',
    'Test cards, UPI ids and their outcomes',
    'Documentation'),
  inferred('Payments', 'card_words', 'resources/payments.test.ts',
    'Card fields are in lower case',
    'Seen in real replies, in two spellings'),
  inferred('Payments', 'refund_start', 'resources/refunds.test.ts',
    'A refund is `pending` first and settles after a second',
    'Documented flow, without times',
    { changed_by: ['--refund-delay'] }),
  different('Payments', 'wallet', 'resources/refunds.test.ts',
    'Refunds do not depend on a balance',
    'The real test wallet can be empty, and refunds then fail',
    { changed_by: ['--wallet-balance', 'refunds.balance'] }),
  different('Payments', 'hosted_pages', 'pages/checkout.test.ts',
    'The hosted pages have their own design and offer test data',
    'They look different in the real service'),
  inferred('Payments', 'manual_retries', 'resources/payment-retries.test.ts',
    'Three manual retries of an invoice, 24 hours apart, and their codes',
    'The operations are published, their limits and codes are not'),

  confirmed('Subscriptions', 'proration', 'resources/plan-change-vectors.test.ts',
    'The charge of plan changes with each proration mode',
    'Published examples with figures'),
  inferred('Subscriptions', 'proration_time', 'resources/plan-change-money.test.ts',
    'Proration counts exact time, and rounds each line once',
    'The examples have whole days',
    { parts: ['plan_change'] }),
  inferred('Subscriptions', 'cycle_restart', 'resources/plan-changes.test.ts',
    'Prorated and difference changes start a new period',
    'Newer documentation says so, older says the opposite',
    { parts: ['plan_change'], changed_by: ['keep_cycle_on_change'] }),
  inferred('Subscriptions', 'month_ends', 'resources/subscriptions-engine.test.ts',
    'Billing dates keep the day of the anchor: 31 January, 28 February, 31 March',
    'Undocumented',
    { parts: ['subscription'] }),
  inferred('Subscriptions', 'event_order', 'resources/subscriptions-stories.test.ts',
    'The order of events of one instant',
    'Real events have the same time',
    { changed_by: ['quiet_updates'] }),
  inferred('Subscriptions', 'recovery', 'resources/subscriptions-stories.test.ts',
    'Recovery pays the missed renewal once and skips the periods after it',
    'Documentation says that dates advance as usual',
    { parts: ['subscription'] }),
  inferred('Subscriptions', 'no_method', 'resources/method-optional.test.ts',
    'A charge of a subscription without a payment method fails with `PAYMENT_METHOD_UNSUPPORTED`',
    'The fields are published, what follows is not'),
  different('Subscriptions', 'clock', 'control/clock.test.ts',
    'Time is that of the sandbox, which tests move',
    'The real service waits',
    { changed_by: ['--clock', '--clock-frozen'] }),
  different('Subscriptions', 'dunning', 'resources/dunning.test.ts',
    'Automatic retries and dunning e-mails are off',
    'Businesses switch them on',
    { changed_by: ['payment_retries', 'dunning', 'grace_period'] }),

  confirmed('Usage and credits', 'metering', 'resources/usage-billing.test.ts',
    'Aggregations, filters, free thresholds, and charges of metered products',
    'Published examples with figures'),
  inferred('Usage and credits', 'usage_at_cancellation', 'resources/usage-billing.test.ts',
    'Usage is charged at a scheduled cancellation and at the end of the term, not at an immediate cancellation',
    'Undocumented',
    { parts: ['usage'], changed_by: ['bill_usage_at_cancellation'] }),
  inferred('Usage and credits', 'overage_at_the_end', 'resources/final-charges.test.ts',
    'The final charge contains the overage of credits that is invoiced at billing. If it fails, the subscription still ends, ' +
    'and the overage stays. Below the minimum charge, it is waived',
    'Undocumented. A pause and a renewal charge what was used before, too',
    { changed_by: ['bill_usage_at_cancellation'] }),
  inferred('Usage and credits', 'rollover', 'resources/credits.test.ts',
    'Credits that may roll over do not expire before the renewal',
    'Documentation names both'),

  confirmed('Webhooks', 'signatures', 'delivery/delivery.test.ts',
    'Signatures and headers',
    'Documentation; verified with the official libraries'),
  confirmed('Webhooks', 'retries', 'delivery/delivery.test.ts',
    'The schedule of retries',
    'Documentation'),
  inferred('Webhooks', 'data_at_delivery', 'delivery/delivery.test.ts',
    'The data of an event is that of the time of delivery',
    'Documentation, in one sentence'),
  different('Webhooks', 'local_endpoints', 'delivery/receivers.test.ts',
    'Endpoints can be on this computer and without TLS',
    'The real service needs a public URL'),

  confirmed('Entitlements', 'license_keys', 'resources/licenses.test.ts',
    'Activation, validation and deactivation of licence keys',
    'Documentation and contract'),
  inferred('Entitlements', 'limit_status', 'resources/licenses.test.ts',
    'The limit of activations is 422',
    'Two sources disagree',
    { changed_by: ['licenses.limit_status'] }),
  different('Entitlements', 'platforms', 'resources/grants-control.test.ts',
    'Access to platforms such as GitHub or Discord is granted on a page of the emulator',
    'The real service calls the platform'),

  confirmed('Money', 'fees', 'resources/ledger-vectors.test.ts',
    'Fees of payments: percentages of the gross, added up and rounded up once',
    'Recalculated from a real export'),
  inferred('Money', 'foreign_fees', 'resources/ledger-vectors.test.ts',
    'The fixed part of a fee is converted for currencies that the price list does not name',
    'The price list names USD and INR',
    { parts: ['fee'], changed_by: ['ledger.fees'] }),
  different('Money', 'ledger_time', 'resources/ledger.test.ts',
    'Payments are booked at once',
    'The real service books them every 15 minutes',
    { changed_by: ['ledger.batch_ms'] }),
  different('Money', 'payouts', 'resources/payouts.test.ts',
    'Payouts are made by hand',
    'Test mode has no payouts, live mode makes them by the calendar',
    { changed_by: ['payouts.mode'] }),

  confirmed('Newer contract', 'additions', 'api/contract.test.ts',
    'Fields and operations that are newer than 1.113.0 are always served',
    'The types of the published clients'),
  inferred('Newer contract', 'conflicts', 'control/contract-versions.test.ts',
    '`--contract` decides where 1.113.0 and newer versions conflict',
    'The real service serves the newest only',
    { changed_by: ['--contract', 'contract'] }),
  inferred('Newer contract', 'blocking', 'resources/blocklist.test.ts',
    'A blocked customer gets 422 for new purchases',
    'The source says that the address is blocked'),
  confirmed('Newer contract', 'several_subscriptions', 'resources/several-subscriptions.test.ts',
    'A cart of a checkout session can start several subscriptions with one payment, which belongs to none of them',
    'The types of client 2.52'),
  inferred('Newer contract', 'started_together', 'resources/several-subscriptions.test.ts',
    'Subscriptions of one cart start together or not at all; a cart with several has no `on_demand`, and the return URL has ' +
    'the `payment_id` and the status of the payment',
    'The types of client 2.52 describe only the fields'),
  different('Newer contract', 'moderation', 'resources/moderation.test.ts',
    'Moderation allows everything except the documented test words',
    'Live mode screens the text')
]
