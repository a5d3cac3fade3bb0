// Generated from db/*.sql by `npm run generate`: do not edit.

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
}

export interface CustomersRow {
  seq: number
  customer_id: string
  email: string
  name: string
  phone_number: string | null
  metadata: string
  created_at: number
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
}

export interface DueJobsRow {
  seq: number
  due_at: number
  kind: string
  subject_id: string
}

export interface PaymentAttemptsRow {
  seq: number
  payment_seq: number
  created_at: number
  status: string
  method_type: string | null
  error_code: string | null
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

export interface WebhookEventsRow {
  seq: number
  event_id: string
  type: string
  subject_id: string
  payment_id: string | null
  created_at: number
  origin: string
  sample: string | null
}
