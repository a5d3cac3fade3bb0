// Generated from db/*.sql by `npm run generate`: do not edit.

export interface AddonsRow {
  seq: number
  addon_id: string
  name: string
  description: string | null
  price: number
  currency: string
  tax_category: string
  image_id: string | null
  created_at: number
  updated_at: number
}

export interface BillingSettingsRow {
  settings: string
}

export interface BlocklistEntriesRow {
  seq: number
  entry_id: string
  customer_id: string
  email: string
  identifier: string
  source: string
  blocked_by_email: string | null
  reason: string | null
  created_at: number
  unblocked_at: number | null
}

export interface BlocklistNotesRow {
  seq: number
  note_id: string
  entry_id: string
  note: string
  author_email: string | null
  created_at: number
  updated_at: number | null
}

export interface BrandsRow {
  seq: number
  brand_id: string
  name: string | null
  description: string | null
  statement_descriptor: string
  support_email: string | null
  url: string | null
  image_id: string | null
  enabled: number
  verification_enabled: number
  verification_status: string
  reason_for_hold: string | null
  archived_at: number | null
}

export interface BusinessRow {
  business_id: string
  name: string
  currency: string
  link_salt: number
  country: string
}

export interface CheckoutSessionsRow {
  seq: number
  session_id: string
  created_at: number
  expires_at: number
  secret: string
  terms: string
  payment_id: string | null
}

export interface ClockRow {
  offset_us: number
  frozen_at: number | null
  reached_at: number
}

export interface CollectionGroupsRow {
  group_id: string
  collection_id: string
  position: number
  group_name: string | null
  status: number
}

export interface CollectionItemsRow {
  item_id: string
  collection_id: string
  group_id: string
  position: number
  product_id: string
  status: number
}

export interface CreditBalancesRow {
  seq: number
  balance_id: string
  credit_entitlement_id: string
  customer_id: string
  balance: string
  overage: string
  created_at: number
  updated_at: number
  last_transaction_at: number | null
}

export interface CreditEntitlementsRow {
  seq: number
  credit_entitlement_id: string
  name: string
  unit: string
  precision: number
  description: string | null
  terms: string
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export interface CreditEntriesRow {
  seq: number
  entry_id: string
  credit_entitlement_id: string
  customer_id: string
  brand_id: string
  transaction_type: string
  amount: string
  is_credit: number
  balance_before: string
  balance_after: string
  overage_before: string
  overage_after: string
  grant_id: string | null
  reference_type: string | null
  reference_id: string | null
  description: string | null
  metadata: string
  idempotency_key: string | null
  created_at: number
}

export interface CreditGrantsRow {
  seq: number
  grant_id: string
  credit_entitlement_id: string
  customer_id: string
  subscription_id: string | null
  source_type: string
  source_id: string | null
  initial_amount: string
  remaining_amount: string
  expires_at: number | null
  is_expired: number
  ends_with_trial: number
  prorates: number
  rollover: string | null
  rollover_count: number
  is_rolled_over: number
  parent_grant_id: string | null
  metadata: string | null
  created_at: number
  updated_at: number
}

export interface CreditLowsRow {
  low_id: string
  payload: string
}

export interface CreditUsageRow {
  subscription_id: string
  meter_id: string
  period_start: number
  credits: string
}

export interface CustomersRow {
  seq: number
  customer_id: string
  email: string
  name: string
  phone_number: string | null
  metadata: string
  created_at: number
  language: string | null
}

export interface DeclinedChargesRow {
  subscription_id: string
  times: number
  error_code: string
}

export interface DiscountCustomersRow {
  discount_id: string
  customer_id: string
}

export interface DiscountUsesRow {
  discount_id: string
  customer_id: string
  payment_id: string
}

export interface DiscountsRow {
  seq: number
  discount_id: string
  code: string
  name: string | null
  type: string
  amount: number
  currency_options: string
  restricted_to: string
  customer_eligibility: string
  starts_at: number | null
  expires_at: number | null
  usage_limit: number | null
  per_customer_usage_limit: number | null
  times_used: number
  subscription_cycles: number | null
  preserve_on_plan_change: number
  metadata: string
  created_at: number
  deleted_at: number | null
}

export interface DisputesRow {
  seq: number
  dispute_id: string
  payment_id: string
  created_at: number
  amount: number
  dispute_status: string
  dispute_stage: string
  is_resolved_by_rdr: number
  reason: string | null
  remarks: string | null
}

export interface DueJobsRow {
  seq: number
  due_at: number
  rank: number
  kind: string
  subject_id: string
  failed_at: number | null
  error: string | null
}

export interface DunningAttemptsRow {
  seq: number
  dunning_id: string
  subscription_id: string
  customer_id: string
  trigger_state: string
  status: string
  payment_id: string | null
  created_at: number
  reminders: number
}

export interface EmailsRow {
  seq: number
  email_id: string
  type: string
  sender: string
  recipient: string
  subject: string
  content: string
  customer_id: string
  payment_id: string | null
  subscription_id: string | null
  grant_id: string | null
  created_at: number
  smtp_status: string | null
  smtp_due_ms: number | null
  smtp_attempts: number
  smtp_error: string | null
}

export interface EntitlementsRow {
  seq: number
  entitlement_id: string
  name: string
  description: string | null
  integration_type: string
  config: string
  metadata: string
  own_product_id: string | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export interface EventIdsRow {
  run: number
  hash: number
  seq: number
}

export interface EventRunsRow {
  run: number
  hashes: Buffer
}

export interface EventStreamsRow {
  stream_id: number
  customer_id: string
  event_name: string
}

export interface EventsRow {
  seq: number
  stream_id: number
  timestamp: number
  event_id: string
  metadata: string | null
}

export interface GrantsRow {
  seq: number
  grant_id: string
  entitlement_id: string
  integration_type: string
  config: string
  customer_id: string
  brand_id: string
  product_id: string
  payment_id: string | null
  subscription_id: string | null
  status: string
  metadata: string
  account: string | null
  oauth_token: string | null
  oauth_expires_at: number | null
  error_code: string | null
  error_message: string | null
  revocation_reason: string | null
  created_at: number
  updated_at: number
  delivered_at: number | null
  revoked_at: number | null
}

export interface LedgerBlocksRow {
  block: number
  currency: string
  event_type: string
  sum: number
  first_seq: number
}

export interface LedgerEntriesRow {
  seq: number
  entry_id: string
  created_at: number
  event_type: string
  amount: number
  currency: string
  is_credit: number
  before_balance: number
  after_balance: number
  usd_equivalent_amount: number
  description: string | null
  reference_object_id: string | null
  payment_id: string | null
  subscription_id: string | null
}

export interface LedgerPeaksRow {
  block: number
  currency: string
  sum: number
  peak: number
}

export interface LedgerWalletsRow {
  currency: string
  balance: number
}

export interface LicenseKeyInstancesRow {
  seq: number
  instance_id: string
  license_key_id: string
  name: string
  created_at: number
}

export interface LicenseKeysRow {
  seq: number
  license_key_id: string
  key: string
  disabled: number
  source: string
  customer_id: string
  product_id: string
  brand_id: string
  payment_id: string | null
  subscription_id: string | null
  grant_id: string | null
  activations_limit: number | null
  instances_count: number
  expires_at: number | null
  created_at: number
}

export interface LocalizedPricesRow {
  seq: number
  localized_price_id: string
  product_id: string
  mode: string
  currency: string
  country_code: string | null
  amount: number
  created_at: number
  updated_at: number
  archived_at: number | null
}

export interface MetersRow {
  seq: number
  meter_id: string
  name: string
  description: string | null
  event_name: string
  measurement_unit: string
  aggregation: string
  filter: string | null
  archived: number
  created_at: number
  updated_at: number
}

export interface ModerationScreensRow {
  day: string
  screens: number
}

export interface PaymentAttemptsRow {
  seq: number
  payment_seq: number
  created_at: number
  status: string
  method_type: string | null
  error_code: string | null
}

export interface PaymentDaysRow {
  day: number
  status: string
  currency: string
  count: number
  amount: number
}

export interface PaymentIndexRow {
  payment_id: string
  created_at: number
  customer_id: string
  currency: string
  status: string
  brand_id: string
  product_ids: string
  seq: number
}

export interface PaymentMethodsRow {
  seq: number
  payment_method_id: string
  customer_id: string
  method: string
}

export interface PaymentsRow {
  seq: number
  payment_id: string
  created_at: number
  updated_at: number | null
  status: string
  customer_id: string
  brand_id: string
  subscription_id: string | null
  checkout_session_id: string | null
  currency: string
  total_amount: number
  tax: number
  settlement_currency: string
  settlement_amount: number
  settlement_tax: number
  secret: string
  invoice_id: string
  link: string | null
  expires_at: number | null
  billing: string
  metadata: string
  lines: string
  product_ids: string
  discounts: string | null
  checkout: string
  payment_method_id: string | null
  payment_method: string | null
  payment_method_type: string | null
  card: string | null
  error_code: string | null
  error_message: string | null
  retry_attempt: number
  pending_action: string | null
  refund_status: string | null
  custom_field_responses: string | null
  opened_at: number | null
  abandoned_at: number | null
  abandonment_reason: string | null
  chosen_id: string | null
  subscription_charge: string | null
  language: string | null
}

export interface PaymentsIndexedRow {
  id: number
  seq: number
}

export interface PayoutClaimsRow {
  payout_id: string
  currency: string
  from_seq: number
  to_seq: number
}

export interface PayoutsRow {
  seq: number
  payout_id: string
  created_at: number
  updated_at: number
  status: string
  currency: string
  amount: number
  fee: number
  debits: string
  name: string | null
  remarks: string | null
  refunds: number
  chargebacks: number
  tax: number
}

export interface PortalSessionsRow {
  token: string
  customer_id: string
  return_url: string | null
  is_mailed: number
  expires_at: number
}

export interface ProductCollectionsRow {
  seq: number
  collection_id: string
  brand_id: string
  name: string
  description: string | null
  image_id: string | null
  effective_at_on_upgrade: string | null
  effective_at_on_downgrade: string | null
  proration_billing_mode_on_upgrade: string | null
  proration_billing_mode_on_downgrade: string | null
  on_payment_failure: string | null
  created_at: number
  updated_at: number
  archived_at: number | null
}

export interface ProductCreditsRow {
  product_id: string
  position: number
  mapping_id: string
  credit_entitlement_id: string
  settings: string
}

export interface ProductEntitlementsRow {
  product_id: string
  position: number
  entitlement_id: string
}

export interface ProductsRow {
  seq: number
  product_id: string
  brand_id: string
  name: string | null
  description: string | null
  price: string
  tax_category: string
  is_recurring: number
  archived: number
  metadata: string
  created_at: number
  updated_at: number
  image_id: string | null
  addons: string | null
  pricing_mode: string | null
  digital_delivery: string | null
  license_key_enabled: number
  license_key_activations_limit: number | null
  license_key_duration: string | null
  license_key_activation_message: string | null
}

export interface RefundsRow {
  seq: number
  refund_id: string
  payment_id: string
  customer_id: string
  created_at: number
  status: string
  amount: number
  currency: string
  settlement_amount: number
  is_partial: number
  reason: string | null
  metadata: string
  lines: string
}

export interface RemovedPaymentMethodsRow {
  payment_method_id: string
  customer_id: string
}

export interface SharedPaymentsRow {
  subscription_id: string
  payment_seq: number
}

export interface ShortLinksRow {
  seq: number
  slug: string
  product_id: string
  parameters: string
  created_at: number
}

export interface SubscriptionsRow {
  seq: number
  subscription_id: string
  created_at: number
  status: string
  customer_id: string
  brand_id: string
  product_id: string
  quantity: number
  plan: string
  addons: string
  discounts: string
  on_demand: string | null
  charge_currency: string
  recurring_amount: number
  billing: string
  tax_id: string | null
  customer_business_name: string | null
  metadata: string
  custom_field_responses: string | null
  payment_method_id: string | null
  mandate_min_amount: number | null
  trial_period_days: number
  trial_amount: number | null
  in_trial: number
  previous_billing_date: number
  next_billing_date: number
  activated_at: number | null
  anchor: number | null
  period_start: number | null
  expires_at: number | null
  cancel_at_next_billing_date: number
  cancel_reason: string | null
  cancellation_feedback: string | null
  cancellation_comment: string | null
  cancelled_at: number | null
  paused_at: number | null
  credit: number
  paid_lines: string
  dues: string | null
  pending_change: string | null
  scheduled_change: string | null
  had_trial: number
  paused_by_customer: number
  mandate_amount: number | null
}

export interface UndoLogRow {
  seq: number
  sql: string
}

export interface UploadsRow {
  seq: number
  upload_id: string
  kind: string
  owner_id: string
  is_direct: number
  file_name: string | null
  secret: string | null
  expires_at: number
  content_type: string | null
  size: number | null
  content: Buffer | null
}

export interface UsageCountersRow {
  subscription_id: string
  meter_id: string
  customer_id: string
  floor_at: number
  start_at: number
  end_at: number
  since_seq: number
  quantity: string | null
  last_at: number | null
  settled_at: number | null
  settled_units: string | null
  settled_quantity: string | null
}

export interface UsageCyclesRow {
  seq: number
  subscription_id: string
  start_at: number
  end_at: number
  meters: string
}

export interface UsageDayCountsRow {
  meter_id: string
  until_seq: number
  stream_id: number
  timestamp: number | null
  seq: number | null
}

export interface UsageDaysRow {
  meter_id: string
  customer_id: string
  day: number
  events: number
  quantity: string | null
  last_at: number | null
}

export interface WalletEntriesRow {
  seq: number
  entry_id: string
  customer_id: string
  currency: string
  amount: number
  is_credit: number
  event_type: string
  before_balance: number
  after_balance: number
  reason: string | null
  reference_object_id: string | null
  idempotency_key: string | null
  created_at: number
}

export interface WebhookAttemptsRow {
  seq: number
  delivery_seq: number
  started_at: number
  duration_us: number
  url: string
  request_headers: string
  request_body: string
  response_status: number | null
  response_headers: string | null
  response_body: string | null
  error: string | null
  fault: string | null
}

export interface WebhookDeliveriesRow {
  seq: number
  delivery_id: string
  event_seq: number
  webhook_id: string
  state: string
  tries: number
  due_at: number | null
  is_retried: number
}

export interface WebhookEndpointsRow {
  seq: number
  webhook_id: string
  url: string
  description: string
  disabled: number
  filter_types: string | null
  headers: string
  metadata: string
  rate_limit: number | null
  secret: string
  idempotency_key: string | null
  created_at: number
  updated_at: number
}

export interface WebhookEventDataRow {
  seq: number
  data: string
}

export interface WebhookEventsRow {
  seq: number
  event_id: string
  type: string
  subject_id: string
  payment_id: string | null
  created_at: number
  base_url: string
  sample: string | null
  subscription_id: string | null
  customer_id: string | null
  data_seq: number | null
  data_until: number | null
}
