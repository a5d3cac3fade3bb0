/**
 * Our replies and events, compared with the official client's newest types. The compiler is the test: every function here takes
 * one of our replies and returns it as the client's type. At run time the test only checks that no operation was forgotten. The
 * closed validation in helper.ts checks that a reply is complete.
 */
import type DodoPayments from 'dodopayments'
import t from 'tap'
import { contract } from '../src/contract/load.js'
import type { OperationName, Reply } from '../src/contract/operations.js'
import { PAYLOAD_SCHEMAS, type Payload, type PayloadType } from '../src/delivery/catalogue.js'
import { handlers } from '../src/resources/all.js'

/** Every key is present, with null for no value. Newer clients do not know `sunbit`, which an earlier version of the contract has. */
type Whole<Value> = Value extends 'sunbit' ? never : Value extends Array<infer Item>
  ? Array<Whole<Item>>
  : Value extends object ? { [Key in keyof Value]-?: Whole<Value[Key]> } : Value

/** The result type of a client method. */
type Got<Method extends (...given: never[]) => unknown> = Awaited<ReturnType<Method>>
/** A page of a list, without the methods that the client adds. */
type Page<Method extends (...given: never[]) => unknown> = Pick<Got<Method> & { items: unknown }, 'items'>

type Client = DodoPayments
type Replies = { [Name in OperationName]?: (reply: Whole<Reply<Name>>) => unknown }

/** Operations without a client method. */
const WITHOUT_METHOD: OperationName[] = ['GET /discounts/{discount_id}/customers', 'POST /discounts/{discount_id}/customers']

const REPLIES = {
  'GET /addons': (reply): Page<Client['addons']['list']> => reply,
  'POST /addons': (reply): Got<Client['addons']['create']> => reply,
  'GET /addons/{id}': (reply): Got<Client['addons']['retrieve']> => reply,
  'PATCH /addons/{id}': (reply): Got<Client['addons']['update']> => reply,
  'PUT /addons/{id}/images': (reply): Got<Client['addons']['updateImages']> => reply,
  'GET /blocklist/customers': (reply): Page<Client['blocklist']['customers']['list']> => reply,
  'POST /blocklist/customers': (reply): Got<Client['blocklist']['customers']['create']> => reply,
  'GET /blocklist/customers/{entry_id}': (reply): Got<Client['blocklist']['customers']['retrieve']> => reply,
  'POST /blocklist/customers/{entry_id}/notes': (reply): Got<Client['blocklist']['customers']['notes']['create']> => reply,
  'PATCH /blocklist/customers/{entry_id}/notes/{note_id}': (reply): Got<Client['blocklist']['customers']['notes']['update']> => reply,
  'POST /moderation/screen': (reply): Got<Client['moderation']['screen']> => reply,
  'GET /moderation/usage': (reply): Got<Client['moderation']['retrieveUsage']> => reply,
  'GET /payments/{payment_id}/retry': (reply): Got<Client['payments']['retrieveRetryState']> => reply,
  'POST /payments/{payment_id}/retry': (reply): Got<Client['payments']['retry']> => reply,
  'GET /brands': (reply): Got<Client['brands']['list']> => reply,
  'POST /brands': (reply): Got<Client['brands']['create']> => reply,
  'GET /brands/{id}': (reply): Got<Client['brands']['retrieve']> => reply,
  'PATCH /brands/{id}': (reply): Got<Client['brands']['update']> => reply,
  'POST /brands/{id}/archive': (reply): Got<Client['brands']['archive']> => reply,
  'PUT /brands/{id}/images': (reply): Got<Client['brands']['updateImages']> => reply,
  'GET /checkout/supported_countries': (reply): Got<Client['misc']['listSupportedCountries']> => reply,
  'POST /checkouts': (reply): Got<Client['checkoutSessions']['create']> => reply,
  'POST /checkouts/preview': (reply): Got<Client['checkoutSessions']['preview']> => reply,
  'GET /checkouts/{id}': (reply): Got<Client['checkoutSessions']['retrieve']> => reply,
  'GET /credit-entitlements': (reply): Page<Client['creditEntitlements']['list']> => reply,
  'POST /credit-entitlements': (reply): Got<Client['creditEntitlements']['create']> => reply,
  'GET /credit-entitlements/{id}': (reply): Got<Client['creditEntitlements']['retrieve']> => reply,
  'GET /credit-entitlements/{credit_entitlement_id}/balances': (reply): Page<Client['creditEntitlements']['balances']['list']> => reply,
  'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}': (reply): Got<Client['creditEntitlements']['balances']['retrieve']> => reply,
  'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/grants': (reply): Page<Client['creditEntitlements']['balances']['listGrants']> => reply,
  'GET /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger': (reply): Page<Client['creditEntitlements']['balances']['listLedger']> => reply,
  'POST /credit-entitlements/{credit_entitlement_id}/balances/{customer_id}/ledger-entries': (reply): Got<Client['creditEntitlements']['balances']['createLedgerEntry']> => reply,
  'GET /subscriptions/{subscription_id}/credit-usage': (reply): Got<Client['subscriptions']['retrieveCreditUsage']> => reply,
  'GET /customers/{customer_id}/credit-entitlements': (reply): Got<Client['customers']['listCreditEntitlements']> => reply,
  'GET /customers': (reply): Page<Client['customers']['list']> => reply,
  'POST /customers': (reply): Got<Client['customers']['create']> => reply,
  'GET /customers/{customer_id}': (reply): Got<Client['customers']['retrieve']> => reply,
  'PATCH /customers/{customer_id}': (reply): Got<Client['customers']['update']> => reply,
  'POST /customers/{customer_id}/customer-portal/session': (reply): Got<Client['customers']['customerPortal']['create']> => reply,
  'GET /customers/{customer_id}/payment-methods': (reply): Got<Client['customers']['retrievePaymentMethods']> => reply,
  'GET /customers/{customer_id}/wallets': (reply): Got<Client['customers']['wallets']['list']> => reply,
  'GET /customers/{customer_id}/wallets/ledger-entries': (reply): Page<Client['customers']['wallets']['ledgerEntries']['list']> => reply,
  'POST /customers/{customer_id}/wallets/ledger-entries': (reply): Got<Client['customers']['wallets']['ledgerEntries']['create']> => reply,
  'GET /discounts': (reply): Page<Client['discounts']['list']> => reply,
  'POST /discounts': (reply): Got<Client['discounts']['create']> => reply,
  'GET /discounts/code/{code}': (reply): Got<Client['discounts']['retrieveByCode']> => reply,
  'GET /discounts/{discount_id}': (reply): Got<Client['discounts']['retrieve']> => reply,
  'PATCH /discounts/{discount_id}': (reply): Got<Client['discounts']['update']> => reply,
  'POST /events/ingest': (reply): Got<Client['usageEvents']['ingest']> => reply,
  'GET /events': (reply): Page<Client['usageEvents']['list']> => reply,
  'GET /events/{event_id}': (reply): Got<Client['usageEvents']['retrieve']> => reply,
  'GET /subscriptions/{subscription_id}/usage-history': (reply): Page<Client['subscriptions']['retrieveUsageHistory']> => reply,
  'GET /meters': (reply): Page<Client['meters']['list']> => reply,
  'POST /meters': (reply): Got<Client['meters']['create']> => reply,
  'GET /meters/{id}': (reply): Got<Client['meters']['retrieve']> => reply,
  'GET /customers/{customer_id}/entitlement-grants': (reply): Page<Client['customers']['listEntitlementGrants']> => reply,
  'GET /customers/{customer_id}/entitlements': (reply): Got<Client['customers']['listEntitlements']> => reply,
  'GET /customers/{customer_id}/emails': (reply): Page<Client['customers']['emails']['list']> => reply,
  'GET /customers/{customer_id}/emails/{email_log_id}/body': (reply): Got<Client['customers']['emails']['retrieveBody']> => reply,
  'GET /balances/ledger': (reply): Page<Client['balances']['retrieveLedger']> => reply,
  'GET /payouts': (reply): Page<Client['payouts']['list']> => reply,
  'GET /payouts/{payout_id}/breakup': (reply): Got<Client['payouts']['breakup']['retrieve']> => reply,
  'GET /payouts/{payout_id}/breakup/details': (reply): Page<Client['payouts']['breakup']['details']['list']> => reply,
  'GET /disputes': (reply): Page<Client['disputes']['list']> => reply,
  'GET /disputes/{dispute_id}': (reply): Got<Client['disputes']['retrieve']> => reply,
  'GET /entitlements': (reply): Page<Client['entitlements']['list']> => reply,
  'POST /entitlements': (reply): Got<Client['entitlements']['create']> => reply,
  'GET /entitlements/{id}': (reply): Got<Client['entitlements']['retrieve']> => reply,
  'PATCH /entitlements/{id}': (reply): Got<Client['entitlements']['update']> => reply,
  'POST /entitlements/{id}/files': (reply): Got<Client['entitlements']['files']['upload']> => reply,
  'GET /entitlements/{id}/grants': (reply): Page<Client['entitlements']['grants']['list']> => reply,
  'DELETE /entitlements/{id}/grants/{grant_id}': (reply): Got<Client['entitlements']['grants']['revoke']> => reply,
  'POST /grants/{grant_id}/license-key': (reply): Got<Client['entitlements']['grants']['fulfillLicenseKey']> => reply,
  'GET /license_key_instances': (reply): Page<Client['licenseKeyInstances']['list']> => reply,
  'GET /license_key_instances/{id}': (reply): Got<Client['licenseKeyInstances']['retrieve']> => reply,
  'PATCH /license_key_instances/{id}': (reply): Got<Client['licenseKeyInstances']['update']> => reply,
  'GET /license_keys': (reply): Page<Client['licenseKeys']['list']> => reply,
  'POST /license_keys': (reply): Got<Client['licenseKeys']['create']> => reply,
  'GET /license_keys/{id}': (reply): Got<Client['licenseKeys']['retrieve']> => reply,
  'PATCH /license_keys/{id}': (reply): Got<Client['licenseKeys']['update']> => reply,
  'POST /licenses/activate': (reply): Got<Client['licenses']['activate']> => reply,
  'POST /licenses/validate': (reply): Got<Client['licenses']['validate']> => reply,
  'GET /payments': (reply): Page<Client['payments']['list']> => reply,
  'POST /payments': (reply): Got<Client['payments']['create']> => reply,
  'GET /payments/{payment_id}': (reply): Got<Client['payments']['retrieve']> => reply,
  'GET /payments/{payment_id}/line-items': (reply): Got<Client['payments']['retrieveLineItems']> => reply,
  'GET /product-collections': (reply): Page<Client['productCollections']['list']> => reply,
  'POST /product-collections': (reply): Got<Client['productCollections']['create']> => reply,
  'GET /product-collections/{id}': (reply): Got<Client['productCollections']['retrieve']> => reply,
  'POST /product-collections/{id}/groups': (reply): Got<Client['productCollections']['groups']['create']> => reply,
  'POST /product-collections/{id}/groups/{group_id}/items': (reply): Got<Client['productCollections']['groups']['items']['create']> => reply,
  'PUT /product-collections/{id}/images': (reply): Got<Client['productCollections']['updateImages']> => reply,
  'POST /product-collections/{id}/unarchive': (reply): Got<Client['productCollections']['unarchive']> => reply,
  'GET /products': (reply): Page<Client['products']['list']> => reply,
  'POST /products': (reply): Got<Client['products']['create']> => reply,
  'GET /products/short_links': (reply): Page<Client['products']['shortLinks']['list']> => reply,
  'GET /products/{id}': (reply): Got<Client['products']['retrieve']> => reply,
  'PUT /products/{id}/files': (reply): Got<Client['products']['updateFiles']> => reply,
  'PUT /products/{id}/images': (reply): Got<Client['products']['images']['update']> => reply,
  'POST /products/{id}/short_links': (reply): Got<Client['products']['shortLinks']['create']> => reply,
  'GET /products/{product_id}/localized-prices': (reply): Got<Client['products']['localizedPrices']['list']> => reply,
  'POST /products/{product_id}/localized-prices': (reply): Got<Client['products']['localizedPrices']['create']> => reply,
  'GET /products/{product_id}/localized-prices/{id}': (reply): Got<Client['products']['localizedPrices']['retrieve']> => reply,
  'PATCH /products/{product_id}/localized-prices/{id}': (reply): Got<Client['products']['localizedPrices']['update']> => reply,
  'GET /refunds': (reply): Page<Client['refunds']['list']> => reply,
  'POST /refunds': (reply): Got<Client['refunds']['create']> => reply,
  'GET /refunds/{refund_id}': (reply): Got<Client['refunds']['retrieve']> => reply,
  'GET /subscriptions': (reply): Page<Client['subscriptions']['list']> => reply,
  'POST /subscriptions': (reply): Got<Client['subscriptions']['create']> => reply,
  'GET /subscriptions/{subscription_id}': (reply): Got<Client['subscriptions']['retrieve']> => reply,
  'PATCH /subscriptions/{subscription_id}': (reply): Got<Client['subscriptions']['update']> => reply,
  'POST /subscriptions/{subscription_id}/change-plan': (reply): Got<Client['subscriptions']['changePlan']> => reply,
  'POST /subscriptions/{subscription_id}/change-plan/preview':
    (reply): Got<Client['subscriptions']['previewChangePlan']> => reply,
  'POST /subscriptions/{subscription_id}/charge': (reply): Got<Client['subscriptions']['charge']> => reply,
  'POST /subscriptions/{subscription_id}/update-payment-method': (reply): Got<Client['subscriptions']['updatePaymentMethod']> => reply,
  'GET /webhooks': (reply): Pick<Got<Client['webhooks']['list']>, 'data' | 'done'> => reply,
  'POST /webhooks': (reply): Got<Client['webhooks']['create']> => reply,
  'GET /webhooks/{webhook_id}': (reply): Got<Client['webhooks']['retrieve']> => reply,
  'PATCH /webhooks/{webhook_id}': (reply): Got<Client['webhooks']['update']> => reply,
  'GET /webhooks/{webhook_id}/headers': (reply): Got<Client['webhooks']['headers']['retrieve']> => reply,
  'GET /webhooks/{webhook_id}/secret': (reply): Got<Client['webhooks']['retrieveSecret']> => reply
} satisfies Replies

type Sent<Type extends PayloadType> = Whole<Payload<Type>> & { payload_type: Type }
type Taken<Type extends PayloadType> = Extract<DodoPayments.WebhookPayload['data'], { payload_type: Type }>

const EVENTS = {
  Payment: (data): Taken<'Payment'> => data,
  Refund: (data): Taken<'Refund'> => data,
  Dispute: (data): Taken<'Dispute'> => data,
  Subscription: (data): Taken<'Subscription'> => data,
  LicenseKey: (data): Taken<'LicenseKey'> => data,
  Payout: (data): Taken<'Payout'> => data,
  CreditLedgerEntry: (data): Taken<'CreditLedgerEntry'> => data,
  CreditBalanceLow: (data): Taken<'CreditBalanceLow'> => data,
  AbandonedCheckout: (data): Taken<'AbandonedCheckout'> => data,
  DunningAttempt: (data): Taken<'DunningAttempt'> => data,
  EntitlementGrant: (data): Taken<'EntitlementGrant'> => data
} satisfies { [Type in PayloadType]: (data: Sent<Type>) => unknown }

t.test("every reply with a body, and the data of every event, matches the client's types", async t => {
  const bodies = contract().operations.filter(({ name, mediaType }) => name in handlers && mediaType === 'application/json')
  t.strictSame(bodies.map(({ name }) => name as string).sort(), [...Object.keys(REPLIES), ...WITHOUT_METHOD].sort())
  t.strictSame(Object.keys(EVENTS).sort(), Object.keys(PAYLOAD_SCHEMAS).sort())
})
