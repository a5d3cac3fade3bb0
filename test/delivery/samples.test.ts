/** Samples of webhook events: valid by the contract, about their event, and consistent. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t, { type Test } from 'tap'
import { contract } from '../../src/contract/load.js'
import { PAYLOAD_SCHEMAS, PAYLOAD_TYPES, type EventType } from '../../src/delivery/catalogue.js'
import { sampleEvent } from '../../src/delivery/samples.js'
import { parseTime } from '../../src/rules/calendar.js'
import type { Context } from '../../src/sandbox/sandbox.js'
import { closedSchema, startEmulator } from '../helper.js'

type Data = Record<string, unknown>

const TYPES = Object.keys(PAYLOAD_TYPES) as EventType[]
const ORIGIN = 'http://shop.test:4010'

/** Every sample of an emulator whose clock is at `iso`. */
function samples (t: Test, iso = '2026-09-01T10:20:30Z'): { context: Context, of: (type: EventType) => Data } {
  const { emulator: { sandbox } } = startEmulator(t)
  const context = { sandbox, baseUrl: ORIGIN, now: parseTime(iso) ?? 0 }
  return { context, of: type => sampleEvent(type, context).data }
}

interface EventObject {
  post: { requestBody: { content: { 'application/json': { schema: object } } } }
}

/** The events of the contract, with the schemas of their bodies. */
const contractEvents = contract().document.webhooks as Record<string, EventObject>

t.test('has a sample for every event of the contract', async t => {
  const { enum: names } = contract().document.components.schemas['EventType'] as { enum: string[] }
  t.equal(TYPES.length, 48)
  t.strictSame([...TYPES].sort(), [...names].sort())
  t.strictSame([...TYPES].sort(), Object.keys(contractEvents).sort())
})

t.test('gives each sample exactly the keys of its payload', async t => {
  const { context } = samples(t)
  for (const type of TYPES) {
    const { payload_type: payloadType, data } = sampleEvent(type, context)
    t.equal(payloadType, PAYLOAD_TYPES[type])
    const validate = closedSchema(PAYLOAD_SCHEMAS[payloadType])
    t.ok(validate(data), `${type}: ${JSON.stringify(validate.errors)}`)
    t.notOk('payload_type' in data, 'added by the envelope')
  }
})

t.test('gives each sample a body that the contract accepts', async t => {
  const { context, of } = samples(t)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ components: contract().document.components }, 'contract')
  for (const type of TYPES) {
    const schema = contractEvents[type]?.post.requestBody.content['application/json'].schema
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"contract#/')))
    const body = { business_id: context.sandbox.business.business_id, type, timestamp: '2026-09-01T10:20:30.000000Z', data: of(type) }
    t.ok(validate(body), `${type}: ${JSON.stringify(validate.errors)}`)
  }
})

t.test('matches each sample to its event', async t => {
  const { of } = samples(t)
  const expected: Partial<Record<EventType, Data>> = {
    'payment.succeeded': { status: 'succeeded', error_code: null, error_message: null, card_last_four: '4242' },
    'payment.failed': { status: 'failed', error_code: 'INSUFFICIENT_FUNDS', error_message: /\w+/, invoice_url: null },
    'payment.processing': { status: 'processing', payment_method: 'bank_debit', card_last_four: null, error_code: null },
    'payment.cancelled': { status: 'cancelled', payment_method: null, error_code: null },
    'refund.succeeded': { status: 'succeeded', is_partial: false },
    'refund.failed': { status: 'failed' },
    'subscription.active': { status: 'active', cancelled_at: null, paused_at: null },
    'subscription.renewed': { status: 'active' },
    'subscription.on_hold': { status: 'on_hold', has_payment_method: true },
    'subscription.past_due': { status: 'past_due' },
    'subscription.paused': { status: 'paused', paused_at: /^2026-09-01/ },
    'subscription.unpaused': { status: 'active', paused_at: null },
    'subscription.cancelled': { status: 'cancelled', cancelled_at: /^2026-09-01/ },
    'subscription.failed': { status: 'failed', payment_method_id: null },
    'subscription.expired': { status: 'expired', expires_at: /^2026-09-01/ },
    'subscription.plan_changed': { status: 'active', quantity: 2 },
    'subscription.updated': { status: 'active', cancel_at_next_billing_date: true },
    'subscription.update_payment_method': { status: 'active', payment_method_id: /^pm_/ },
    'license_key.created': { status: 'active', source: 'auto', instances_count: 0, key: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ },
    'payout.created': { status: 'not_initiated', payout_document_url: null },
    'payout.on_hold': { status: 'on_hold', remarks: /\w+/ },
    'payout.in_progress': { status: 'in_progress' },
    'payout.failed': { status: 'failed', remarks: /\w+/ },
    'payout.success': { status: 'success', payout_document_url: /\/invoices\/payouts\/pyt_/ },
    'abandoned_checkout.detected': { status: 'abandoned', recovered_payment_id: null },
    'abandoned_checkout.recovered': { status: 'recovered', recovered_payment_id: /^pay_/ },
    'dunning.started': { status: 'recovering', trigger_state: 'on_hold', payment_id: null },
    'dunning.recovered': { status: 'recovered', payment_id: /^pay_/ },
    'entitlement_grant.created': { status: 'Pending', delivered_at: null, oauth_url: /^http/ },
    'entitlement_grant.delivered': { status: 'Delivered', delivered_at: /^2026/, revoked_at: null, error_code: null },
    'entitlement_grant.failed': { status: 'Failed', error_code: /\w+/, error_message: /\w+/, delivered_at: null },
    'entitlement_grant.revoked': { status: 'Revoked', revoked_at: /^2026/, revocation_reason: 'refund' }
  }
  for (const type of TYPES) {
    const [kind, what = ''] = type.split('.')
    if (kind === 'dispute') t.match(of(type), { dispute_status: `dispute_${what}`, amount: /^\d+$/ }, type)
    else if (PAYLOAD_TYPES[type] === 'CreditLedgerEntry') t.match(String(of(type)['transaction_type']).replace('credit_', ''), what, type)
    else if (type !== 'credit.balance_low') t.match(of(type), expected[type], type)
  }
})

t.test('credit movements add up', async t => {
  const { of } = samples(t)
  for (const type of TYPES.filter(type => PAYLOAD_TYPES[type] === 'CreditLedgerEntry')) {
    const entry = of(type)
    const number = (key: string) => Number(entry[key])
    const gain = (number('balance_after') - number('balance_before')) + (number('overage_before') - number('overage_after'))
    t.equal(gain, number('amount') * (entry['is_credit'] === true ? 1 : -1), type)
    t.ok(number('amount') > 0 && number('balance_after') >= 0 && number('overage_after') >= 0, type)
  }
  const low = of('credit.balance_low')
  t.ok(Number(low['available_balance']) < Number(low['threshold_amount']))
  t.equal(Number(low['threshold_amount']), Number(low['subscription_credits_amount']) * Number(low['threshold_percent']) / 100)
})

t.test('makes each sample consistent with the sandbox and the time', async t => {
  const { of, context } = samples(t, '2031-05-06T07:08:09.123456Z')
  const { business_id: businessId } = context.sandbox.business
  const seen = new Set<string>()
  for (const type of TYPES) {
    const [data, again] = [of(type), of(type)]
    for (const key of ['business_id', 'brand_id']) if (key in data) t.equal(data[key], businessId, `${type} ${key}`)
    for (const [key, value] of Object.entries(data)) {
      if (value === null || typeof value === 'boolean') continue
      if (key.endsWith('_at') || key.endsWith('_date')) {
        t.ok(Math.abs(yearsFrom(context.now, String(value))) < 21, `${type} ${key} ${value}`)
      } else if (key.endsWith('_url')) t.ok(String(value).startsWith(`${ORIGIN}/`), `${type} ${value}`)
      else if (/^[a-z]+_[0-9A-Za-z]{21}$/.test(String(value))) {
        t.not(again[key], value, `${type} ${key} is new each time`)
        t.notOk(seen.has(String(value)), 'and in no other sample')
        seen.add(String(value))
      }
    }
    const { created_at: made, updated_at: changed } = data as Record<string, string>
    if (made !== undefined) t.ok(made <= '2031-05-06T07:08:09.123456Z', `${type} was created before it is sent`)
    if (made !== undefined && changed != null) t.ok(made <= changed, type)
  }
  const succeeded = of('payment.succeeded')
  t.equal(succeeded['invoice_url'], `${ORIGIN}/invoices/payments/${String(succeeded['payment_id'])}`)
  t.equal(context.sandbox.payments.find(String(succeeded['payment_id'])), undefined, 'nothing of it is stored')
})

/** The checks of the official adapters, in their older and their current generation. */
t.test('passes the schemas of the adapters', async t => {
  const { of } = samples(t)
  for (const type of TYPES) {
    const data = of(type)
    const text = JSON.stringify(data)
    t.notMatch(text, /undefined/, type)
    if (type !== 'subscription.past_due') t.notMatch(text, /"past_due"/, `${type}: adapters do not know that status yet`)
    if ('metadata' in data) t.strictSame(data['metadata'], {}, `${type} has metadata that is an object`)
    if (PAYLOAD_TYPES[type] === 'Payment') {
      for (const key of ['card_holder_name', 'card_issuing_country', 'checkout_session_id', 'custom_field_responses', 'discount_id', 'error_code',
        'invoice_id', 'invoice_url', 'payment_link', 'product_cart', 'refund_status', 'settlement_tax', 'subscription_id', 'updated_at']) {
        t.ok(key in data, `${type} has ${key}`)
      }
    }
    if (PAYLOAD_TYPES[type] === 'Subscription') {
      for (const key of ['cancelled_at', 'custom_field_responses', 'discount_cycles_remaining', 'discount_id', 'expires_at', 'payment_method_id',
        'tax_id']) t.ok(key in data, `${type} has ${key}`)
    }
    if (PAYLOAD_TYPES[type] === 'EntitlementGrant') {
      t.match(data, { status: /^[A-Z][a-z]+$/, integration_type: /^[a-z_]+$/ }, type)
    }
    if (PAYLOAD_TYPES[type] === 'Dispute') t.equal(data['dispute_stage'], 'pre_dispute', 'the older generation knows no other')
    if (PAYLOAD_TYPES[type] === 'LicenseKey') t.type(data['activations_limit'], 'number', 'the older generation does not accept null')
  }
})

function yearsFrom (now: number, time: string): number {
  return ((parseTime(time) ?? 0) - now) / (365 * 86_400_000_000)
}
