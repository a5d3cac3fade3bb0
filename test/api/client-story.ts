/** One call of every operation that the newest JavaScript client has, in the order in which a shop makes them. */
import type DodoPayments from 'dodopayments-2.52'

/** Calls the emulator itself, under /_emulator. */
export type Control = (method: 'POST' | 'PATCH', path: string, body: object) => Promise<Record<string, unknown>>

export interface StoryContext {
  client: DodoPayments
  control: Control
  /** Whether the client and the contract have the operations that are newer than 1.113.0. */
  isNewest: boolean
}

const PRICE = { type: 'one_time_price', currency: 'USD', price: 2000, discount: 0, purchasing_power_parity: false } as const
const MONTHLY = {
  ...PRICE,
  type: 'recurring_price',
  payment_frequency_count: 1,
  payment_frequency_interval: 'Month',
  subscription_period_count: 10,
  subscription_period_interval: 'Year'
} as const
const BILLING = { country: 'US', city: 'Springfield', state: 'IL', street: '1 Main St', zipcode: '62701' } as const
const CARD = { card: '4242424242424242' }

export async function tellStory (context: StoryContext): Promise<void> {
  const productId = await catalog(context)
  await collections(context, productId)
  const paymentId = await payments(context, productId)
  const subscriptionId = await subscriptions(context)
  await usage(context)
  await credits(context)
  await entitlements(context, productId)
  await money(context, paymentId)
  await webhooks(context)
  if (context.isNewest) await newer(context, subscriptionId)
}

async function catalog ({ client }: StoryContext): Promise<string> {
  const brand = await client.brands.create({ name: 'Second' })
  await client.brands.list()
  await client.brands.retrieve(brand.brand_id)
  await client.brands.update(brand.brand_id, { description: 'Another' })
  await client.brands.updateImages(brand.brand_id)
  await client.brands.archive(brand.brand_id, {})
  const addon = await client.addons.create({ name: 'Seat', price: 500, currency: 'USD', tax_category: 'saas' })
  await client.addons.list()
  await client.addons.retrieve(addon.id)
  await client.addons.update(addon.id, { name: 'Seats' })
  await client.addons.updateImages(addon.id)
  const { product_id: id } = await client.products.create({ name: 'Mug', tax_category: 'saas', price: PRICE, metadata: { shelf: 7 } })
  await client.products.list()
  await client.products.retrieve(id)
  await client.products.update(id, { name: 'Big mug' })
  await client.products.updateFiles(id, { file_name: 'guide.pdf' })
  await client.products.images.update(id)
  await client.products.shortLinks.create(id, { slug: 'mug' })
  await client.products.shortLinks.list()
  await client.products.update(id, { pricing_mode: 'by_country' })
  const local = await client.products.localizedPrices.create(id, { currency: 'EUR', country_code: 'DE', amount: 1900 })
  await client.products.localizedPrices.list(id)
  await client.products.localizedPrices.retrieve(local.id, { product_id: id })
  await client.products.localizedPrices.update(local.id, { product_id: id, amount: 1800 })
  await client.products.localizedPrices.archive(local.id, { product_id: id })
  await client.products.archive(id)
  await client.products.unarchive(id)
  const discount = await client.discounts.create({ type: 'percentage', amount: 1000, code: 'TENTH' })
  await client.discounts.list()
  await client.discounts.retrieve(discount.discount_id)
  await client.discounts.retrieveByCode('TENTH')
  await client.discounts.update(discount.discount_id, { name: 'A tenth' })
  await client.discounts.delete(discount.discount_id)
  await client.misc.listSupportedCountries()
  return id
}

async function collections ({ client }: StoryContext, productId: string): Promise<void> {
  const collection = await client.productCollections.create({ name: 'All', groups: [{ group_name: 'First', products: [{ product_id: productId }] }] })
  const { id } = collection
  await client.productCollections.list()
  await client.productCollections.retrieve(id)
  await client.productCollections.update(id, { name: 'Everything' })
  await client.productCollections.updateImages(id)
  const group = await client.productCollections.groups.create(id, { products: [{ product_id: 'pdt_ebook' }] })
  await client.productCollections.groups.update(group.group_id, { id, group_name: 'Second' })
  const [item] = await client.productCollections.groups.items.create(group.group_id, { id, products: [{ product_id: 'pdt_course' }] })
  await client.productCollections.groups.items.update(String(item?.id), { id, group_id: group.group_id, status: false })
  await client.productCollections.groups.items.delete(String(item?.id), { id, group_id: group.group_id })
  await client.productCollections.groups.delete(group.group_id, { id })
  await client.productCollections.delete(id)
  await client.productCollections.unarchive(id)
}

async function payments ({ client, control }: StoryContext, productId: string): Promise<string> {
  const cart = [{ product_id: productId, quantity: 1 }]
  const session = await client.checkoutSessions.create({ product_cart: cart, metadata: { order: 7 } })
  await client.checkoutSessions.retrieve(session.session_id)
  await client.checkoutSessions.preview({ product_cart: cart, billing_address: { country: 'DE' } })
  const customer = await client.customers.create({ name: 'Cleo', email: 'cleo@example.com', metadata: { tier: 1, on: true } })
  const { customer_id: id } = customer
  await client.customers.list()
  await client.customers.retrieve(id)
  await client.customers.update(id, { name: 'Cleo C' })
  await client.customers.customerPortal.create(id)
  await client.customers.wallets.ledgerEntries.create(id, { amount: 500, currency: 'USD', entry_type: 'credit' })
  await client.customers.wallets.list(id)
  await client.customers.wallets.ledgerEntries.list(id)
  const payment = await client.payments.create({ billing: BILLING, customer: { customer_id: id }, product_cart: cart, payment_link: true })
  await control('POST', `payments/${payment.payment_id}/pay`, CARD)
  await client.payments.list()
  await client.payments.retrieve(payment.payment_id)
  await client.payments.retrieveLineItems(payment.payment_id)
  await client.invoices.payments.retrieve(payment.payment_id)
  const refund = await client.refunds.create({ payment_id: payment.payment_id, items: [{ item_id: productId, amount: 500 }] })
  await client.refunds.list()
  await client.refunds.retrieve(refund.refund_id)
  await control('POST', 'clock', { advance_ms: 60_000 })
  await client.invoices.payments.retrieveRefund(refund.refund_id)
  await client.customers.retrievePaymentMethods(id)
  await client.customers.deletePaymentMethod('pm_visa_grace', { customer_id: 'cus_grace' })
  return payment.payment_id
}

/** Returns the id of a subscription that renews. */
async function subscriptions ({ client, control }: StoryContext): Promise<string> {
  const plan = async (price: number) =>
    (await client.products.create({ name: `Plan ${price}`, tax_category: 'saas', price: { ...MONTHLY, price } })).product_id
  const [small, large] = [await plan(1000), await plan(3000)]
  const pair = {
    product_cart: [small, large].map(id => ({ product_id: id, quantity: 1 })), customer: { customer_id: 'cus_ada' }, billing_address: BILLING
  }
  await client.checkoutSessions.preview(pair)
  const { session_id: both } = await client.checkoutSessions.create(pair)
  const { payment_id: together } = await control('POST', `checkouts/${both}/pay`, CARD) as { payment_id: string }
  const { items: latest } = await client.payments.list({ customer_id: 'cus_ada', page_size: 1 })
  if (latest[0]?.payment_id !== together) throw new Error('the payment that starts two subscriptions is not listed first')
  await client.payments.retrieve(together)
  const start = async (onDemand = false) => {
    const created = await client.subscriptions.create({
      product_id: small, quantity: 1, billing: BILLING, customer: { customer_id: 'cus_ada' }, ...(onDemand ? { on_demand: { mandate_only: true } } : {})
    })
    await control('POST', `payments/${created.payment_id}/pay`, CARD)
    return created.subscription_id
  }
  const id = await start()
  await client.subscriptions.list()
  await client.subscriptions.retrieve(id)
  await client.subscriptions.update(id, { metadata: { level: 2 } })
  const change = { product_id: large, quantity: 1, proration_billing_mode: 'prorated_immediately' } as const
  await client.subscriptions.previewChangePlan(id, change)
  await client.subscriptions.changePlan(id, change)
  await client.subscriptions.changePlan(id, {
    product_id: small, quantity: 1, proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date'
  })
  await client.subscriptions.cancelChangePlan(id)
  await client.subscriptions.updatePaymentMethod(id, { payment_method: { type: 'new' } })
  await client.subscriptions.retrieveCreditUsage(id)
  await client.subscriptions.retrieveUsageHistory(id)
  await client.subscriptions.charge(await start(true), { product_price: 700 })
  return id
}

async function usage ({ client }: StoryContext): Promise<void> {
  const meter = await client.meters.create({ name: 'Calls', event_name: 'call', measurement_unit: 'calls', aggregation: { type: 'count' } })
  await client.meters.list()
  await client.meters.retrieve(meter.id)
  await client.usageEvents.ingest({ events: [{ event_id: 'evt_story', customer_id: 'cus_ada', event_name: 'call', metadata: { bytes: 5 } }] })
  await client.usageEvents.list()
  await client.usageEvents.retrieve('evt_story')
  await client.meters.archive(meter.id)
  await client.meters.unarchive(meter.id)
}

async function credits ({ client }: StoryContext): Promise<void> {
  const { id } = await client.creditEntitlements.create({
    name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false
  })
  const ada = { credit_entitlement_id: id }
  await client.creditEntitlements.list()
  await client.creditEntitlements.retrieve(id)
  await client.creditEntitlements.update(id, { name: 'Coins' })
  await client.creditEntitlements.balances.createLedgerEntry('cus_ada', { ...ada, amount: '10', entry_type: 'credit', metadata: { why: 'gift' } })
  await client.creditEntitlements.balances.list(id)
  await client.creditEntitlements.balances.retrieve('cus_ada', ada)
  await client.creditEntitlements.balances.listGrants('cus_ada', ada)
  await client.creditEntitlements.balances.listLedger('cus_ada', ada)
  await client.customers.listCreditEntitlements('cus_ada')
  await client.creditEntitlements.delete(id)
  await client.creditEntitlements.undelete(id)
}

async function entitlements ({ client, control }: StoryContext, productId: string): Promise<void> {
  const files = await client.entitlements.create({
    name: 'Files', integration_type: 'digital_files', integration_config: { digital_file_ids: [], external_url: 'https://example.com/start' }
  })
  await client.entitlements.list()
  await client.entitlements.retrieve(files.id)
  await client.entitlements.update(files.id, { name: 'More files' })
  const form = new FormData()
  form.append('file', new File(['content'], 'a.txt', { type: 'text/plain' }))
  const { file_id: fileId } = await client.entitlements.files.upload(files.id, { body: form })
  await client.entitlements.files.delete(fileId, { id: files.id })
  const keys = await client.entitlements.create({
    name: 'Keys', integration_type: 'license_key', integration_config: { activations_limit: 3, fulfillment_mode: 'manual' }
  })
  await client.products.update(productId, { entitlements: [{ entitlement_id: keys.id }] })
  const { payment_id: paymentId } = await client.payments.create({
    billing: BILLING, customer: { customer_id: 'cus_ada' }, product_cart: [{ product_id: productId, quantity: 1 }], payment_link: true
  })
  await control('POST', `payments/${paymentId}/pay`, CARD)
  const { items: [grant] } = await client.entitlements.grants.list(keys.id)
  await client.entitlements.grants.fulfillLicenseKey(String(grant?.id), { key: 'STORY-KEY' })
  await client.customers.listEntitlementGrants('cus_ada')
  await client.customers.listEntitlements('cus_ada')
  await licenseKeys(client, productId)
  await client.entitlements.grants.revoke(String(grant?.id), { id: keys.id })
  await client.products.update(productId, { entitlements: [] })
  await client.entitlements.delete(files.id)
}

async function licenseKeys (client: DodoPayments, productId: string): Promise<void> {
  const { id } = await client.licenseKeys.create({ key: 'IMPORTED', customer_id: 'cus_ada', product_id: productId })
  await client.licenseKeys.list()
  await client.licenseKeys.retrieve(id)
  await client.licenseKeys.update(id, { activations_limit: 5 })
  const instance = await client.licenses.activate({ license_key: 'IMPORTED', name: 'laptop' })
  await client.licenses.validate({ license_key: 'IMPORTED' })
  await client.licenseKeyInstances.list()
  await client.licenseKeyInstances.retrieve(instance.id)
  await client.licenseKeyInstances.update(instance.id, { name: 'desk' })
  await client.licenses.deactivate({ license_key: 'IMPORTED', license_key_instance_id: instance.id })
}

async function money ({ client, control }: StoryContext, paymentId: string): Promise<void> {
  const { dispute_id: disputeId } = await control('POST', `payments/${paymentId}/dispute`, {})
  await client.disputes.list()
  await client.disputes.retrieve(String(disputeId))
  await control('POST', 'ledger/entries', { event_type: 'adjustment', amount: 100_000, is_credit: true, currency: 'USD' })
  await client.balances.retrieveLedger()
  const { payout_id: payoutId } = await control('POST', 'payouts', {})
  await client.payouts.list()
  await client.payouts.breakup.retrieve(String(payoutId))
  await client.payouts.breakup.details.list(String(payoutId))
  await client.payouts.breakup.details.downloadCsv(String(payoutId))
  await client.invoices.payments.retrievePayout(String(payoutId))
}

async function webhooks ({ client }: StoryContext): Promise<void> {
  const { id } = await client.webhooks.create({ url: 'http://127.0.0.1:9/hook', filter_types: ['payment.succeeded'] })
  await client.webhooks.list()
  await client.webhooks.retrieve(id)
  await client.webhooks.update(id, { description: 'Orders' })
  await client.webhooks.retrieveSecret(id)
  await client.webhooks.headers.update(id, { headers: { 'x-shop': '1' } })
  await client.webhooks.headers.retrieve(id)
  await client.webhooks.delete(id)
}

async function newer ({ client, control }: StoryContext, id: string): Promise<void> {
  await client.moderation.screen({ text: 'Hello' })
  await client.moderation.retrieveUsage()
  const { items: [email] } = await client.customers.emails.list('cus_ada')
  await client.customers.emails.retrieveBody(String(email?.email_log_id), { customer_id: 'cus_ada' })
  await control('POST', `subscriptions/${id}/decline-next`, {})
  await control('POST', `subscriptions/${id}/renew`, {})
  const { items: [failed] } = await client.payments.list({ subscription_id: id, status: 'failed' })
  await client.payments.retrieveRetryState(String(failed?.payment_id))
  await client.payments.retry(String(failed?.payment_id))
  const entry = await client.blocklist.customers.create({ customer_id: 'cus_asha', reason: 'fraud' })
  await client.blocklist.customers.list()
  await client.blocklist.customers.retrieve(entry.id)
  const note = await client.blocklist.customers.notes.create(entry.id, { note: 'Called' })
  await client.blocklist.customers.notes.update(note.id, { entry_id: entry.id, note: 'Called twice' })
  await client.blocklist.customers.delete(entry.id)
}
