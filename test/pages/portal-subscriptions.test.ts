/** Subscriptions in the customer portal, request by request: their page, what customers can do, and what the settings forbid. */
import t, { type Test } from 'tap'
import { collect } from '../resources/collection-calls.js'
import { openShop, type Shop } from '../resources/subscription-calls.js'
import { unescaped } from './session-page.js'
import { injectForm } from './refilled.js'

interface Shown {
  status: number
  /** Without entities. */
  text: string
  location: string
}

interface PortalShop extends Shop {
  id: string
  cheap: string
  dear: string
  /** The path of the main page. */
  home: string
  visit (path?: string): Promise<Shown>
  /** Sends a form of the page of the subscription, or of another page. */
  send (fields: Record<string, string>, path?: string): Promise<Shown>
  /** Sends a form that must be accepted, and follows the redirect. */
  follow (fields: Record<string, string>, path?: string): Promise<Shown>
  settings (changes: object): Promise<void>
}

/** A customer with a subscription for 30 dollars, which could change to one for 80. */
async function open (test: Test, settings: object = {}, changes: object = {}): Promise<PortalShop> {
  const shop = openShop(test, '2026-04-01T00:00:00Z')
  const [cheap, dear] = [await shop.plan(3000), await shop.plan(8000)]
  const id = await shop.activate(cheap, changes)
  await collect(shop, [[cheap, dear]])
  const signIn = async () => {
    const { json } = await shop.call('POST', '/customers/cus_ada/customer-portal/session')
    return new URL((json as { link: string }).link).pathname
  }
  let home = await signIn()
  const pageOf = () => `${home}/subscriptions/${id}`
  const inject = async (request: object): Promise<Shown> => {
    const { statusCode: status, body, headers } = await injectForm(shop.emulator.app, request)
    return { status, text: unescaped(body), location: String(headers['location'] ?? '') }
  }
  const visit = (path = pageOf()) => inject({ url: path, headers: { accept: 'text/html' } })
  const set = async (changes: object) => { await shop.call('PATCH', '/_emulator/settings', { body: changes }) }
  const send = async (fields: Record<string, string>, path = pageOf()) => {
    const token = /name="token" value="([^"]+)"/.exec((await visit(home)).text + (await visit()).text)?.[1] ?? ''
    return await inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      payload: new URLSearchParams({ token, ...fields }).toString()
    })
  }
  if (Object.keys(settings).length > 0) await set(settings)
  return {
    ...shop,
    id,
    cheap,
    dear,
    get home () { return home },
    visit,
    async advance (days) {
      await shop.advance(days)
      home = await signIn()
    },
    send,
    settings: set,
    async follow (fields, path) {
      const { status, location, text } = await send(fields, path)
      test.equal(status, 303, text)
      return await visit(location)
    }
  }
}

const stateOf = (shop: PortalShop) => shop.read(shop.id)
const has = ({ text }: Shown, id: string) => text.includes(`id="${id}"`)

t.test('the account lists subscriptions, and a page shows each', async t => {
  const shop = await open(t)
  const account = await shop.visit(shop.home)
  t.match(account.text, `data-subscription-id="${shop.id}" data-status="active"`)
  t.match(account.text, '$30.00 every month')
  t.match(account.text, 'Renews on 1 May 2026 for $30.00.')
  const page = await shop.visit()
  t.match(page.text, 'Visa •••• 4242')
  t.match(page.text, /data-testid="invoice" href="\/invoices\/payments\/pay_/)
  t.notOk(has(page, 'pause-now') || has(page, 'change-plan'), 'off by default')
  t.equal((await shop.visit(`${shop.home}/subscriptions/sub_gone`)).status, 404)
  const other = await shop.activate(shop.dear, { customer: { customer_id: 'cus_grace' } })
  t.equal((await shop.visit(`${shop.home}/subscriptions/${other}`)).status, 404, 'of another customer')
  t.equal((await shop.send({ action: 'cancel', when: 'now' }, `${shop.home}/subscriptions/${other}`)).status, 404)
  t.equal((await shop.send({ action: 'cancel', token: 'x' })).status, 403, 'without its token')
})

t.test('cancels at the date with a reason, and undoes it', async t => {
  const shop = await open(t)
  const done = await shop.follow({ action: 'cancel', when: 'date', feedback: 'too_expensive', comment: ' Too much ' })
  t.match(done.text, 'The subscription will end on its next billing date.')
  t.match(done.text, 'Ends on 1 May 2026.')
  t.match(await stateOf(shop), { status: 'active', cancel_at_next_billing_date: true, cancellation_feedback: 'too_expensive', cancellation_comment: 'Too much' })
  t.equal(shop.emulator.sandbox.subscriptions.find(shop.id)?.cancel_reason, 'cancelled_by_customer')
  await shop.settings({ portal_cancel: false })
  t.match((await shop.follow({ action: 'undo' })).text, 'The subscription continues.', 'even if the store forbids cancellations')
  t.match(await stateOf(shop), { cancel_at_next_billing_date: false, cancellation_feedback: null })
  t.notOk(has(await shop.visit(), 'confirm-cancel'))
  const refused = await shop.send({ action: 'cancel', when: 'now' })
  t.equal(refused.status, 403)
  t.match(refused.text, 'The store does not let customers cancel subscriptions')
  t.match(await stateOf(shop), { status: 'active' })
})

t.test('cancels now', async t => {
  const shop = await open(t)
  for (const fields of [{ feedback: 'bored' }, { comment: 'x'.repeat(1001) }]) {
    t.equal((await shop.send({ action: 'cancel', when: 'now', ...fields })).status, 422)
  }
  t.match(await stateOf(shop), { status: 'active' })
  t.match((await shop.follow({ action: 'cancel', when: 'now' })).text, 'Cancelled on 1 April 2026.')
  t.match(await stateOf(shop), { status: 'cancelled', cancellation_feedback: null })
  const again = await shop.send({ action: 'cancel', when: 'now' })
  t.equal(again.status, 422)
  t.match(again.text, 'it can no longer be cancelled')
})

t.test('an on-demand subscription is cancelled only at its date', async t => {
  const shop = await open(t, {}, { on_demand: { mandate_only: true } })
  const page = await shop.visit()
  t.match(page.text, 'Payments are charged on demand.')
  t.notOk(has(page, 'when-now'))
  t.equal((await shop.send({ action: 'cancel', when: 'now' })).status, 422)
  await shop.follow({ action: 'cancel', when: 'date' })
  t.match(await stateOf(shop), { cancel_at_next_billing_date: true })
})

t.test('pauses and resumes, if the store allows it', async t => {
  const shop = await open(t)
  t.match(await shop.send({ action: 'pause' }), { status: 403, text: 'The store does not let customers pause subscriptions' })
  await shop.settings({ portal_pause: true })
  t.match((await shop.follow({ action: 'pause' })).text, 'Paused since 1 April 2026.')
  await shop.settings({ portal_pause: false })
  await shop.advance(3)
  t.match((await shop.follow({ action: 'resume' })).text, 'Renews on 4 May 2026', 'their own pause, even later')
  await shop.settings({ portal_pause: true })
  await shop.change(shop.id, { status: 'paused' })
  t.notOk(has(await shop.visit(), 'resume-now'))
  const refused = await shop.send({ action: 'resume' })
  t.match(refused, { status: 403, text: 'only the store can resume it' })
  t.match(await stateOf(shop), { status: 'paused' })
  await shop.change(shop.id, { status: 'active' })
  await shop.change(shop.id, { status: 'paused' })
  t.equal((await shop.send({ action: 'resume' })).status, 403, 'an earlier pause of the customer does not count')
})

t.test('previews a change of plan, and makes it', async t => {
  const shop = await open(t)
  const url = () => `${shop.home}/subscriptions/${shop.id}/change`
  t.match(await shop.visit(`${url()}?product_id=${shop.dear}`), { status: 403, text: 'The store does not let customers change the plan' })
  t.equal((await shop.send({ product_id: shop.dear }, url())).status, 403)
  await shop.settings({ portal_change_plan: true })
  const page = await shop.visit()
  t.ok(has(page, `change-to-${shop.dear}`))
  t.notOk(has(page, `change-to-${shop.cheap}`))
  await shop.advance(15)
  const preview = await shop.visit(`${url()}?product_id=${shop.dear}`)
  t.match(preview.text, /data-testid="due-now">\$25\.00</)
  t.match(preview.text, 'Unused time of Plan 3000')
  t.match(preview.text, 'Change plan and pay $25.00')
  t.match(preview.text, '$80.00 every month plus tax')
  t.match((await stateOf(shop)).product_id, shop.cheap, 'a preview changes nothing')
  t.match((await shop.follow({ product_id: shop.dear }, url())).text, 'The plan was changed.')
  t.match(await stateOf(shop), { product_id: shop.dear, status: 'active' })
  t.strictSame((await shop.payments(shop.id)).map(({ total_amount: total }) => total), [3000, 2500])
  const back = await shop.visit(`${url()}?product_id=${shop.cheap}`)
  t.match(back.text, 'Added to your credit', 'a downgrade adds credit')
  for (const product of ['pdt_ebook', 'pdt_pro_monthly', 'pdt_x', shop.dear, '']) {
    t.match(await shop.visit(`${url()}?product_id=${product}`), { status: 422, text: 'cannot be changed to this product' })
  }
})

t.test('schedules a change where the collection or the store says so, and drops it', async t => {
  const shop = await open(t, { portal_change_plan: true, effective_at_on_upgrade: 'next_billing_date' })
  const url = () => `${shop.home}/subscriptions/${shop.id}/change`
  const preview = await shop.visit(`${url()}?product_id=${shop.dear}`)
  t.match(preview.text, 'The plan changes on 1 May 2026. Nothing is charged now.')
  const page = await shop.follow({ product_id: shop.dear }, url())
  t.match(page.text, 'Changes to Plan 8000 on 1 May 2026.')
  t.match(page.text, 'Renews on 1 May 2026 for $80.00.')
  t.match(await shop.send({ product_id: shop.dear }, url()), { status: 409 })
  await shop.settings({ portal_change_plan: false })
  t.equal((await shop.send({ action: 'drop' })).status, 403)
  t.match(await shop.visit(`${url()}?product_id=${shop.dear}`), { status: 403, text: 'schedule a plan change' })
  await shop.settings({ portal_change_plan: true })
  t.match((await shop.follow({ action: 'drop' })).text, 'The plan stays as it is.')
  t.match(await stateOf(shop), { scheduled_change: null })
  const { items: [listed] } = await shop.get<{ items: Array<{ id: string }> }>('/product-collections')
  await shop.call('PATCH', `/product-collections/${listed?.id}`, { body: { effective_at_on_upgrade: 'immediately', proration_billing_mode_on_upgrade: 'do_not_bill' } })
  t.match(await shop.visit(`${url()}?product_id=${shop.dear}`), { status: 403, text: 'without being billed' })
})

t.test('plan changes of the API take on_payment_failure from the collection', async t => {
  const shop = await open(t)
  const { items: [listed] } = await shop.get<{ items: Array<{ id: string }> }>('/product-collections')
  await shop.call('PATCH', `/product-collections/${listed?.id}`, { body: { on_payment_failure: 'prevent_change' } })
  await shop.useCard(shop.id, '4000000000000341')
  await shop.changePlan(shop.id, { product_id: shop.dear, proration_billing_mode: 'full_immediately' })
  t.match(await stateOf(shop), { product_id: shop.cheap, status: 'active' })
  await shop.changePlan(shop.id, { product_id: shop.dear, proration_billing_mode: 'full_immediately', on_payment_failure: 'apply_change' })
  t.match(await stateOf(shop), { product_id: shop.dear, status: 'on_hold' })
})

t.test('replaces the payment method, and pays what is due', async t => {
  const shop = await open(t)
  const { location } = await shop.send({ action: 'use-new' })
  t.match(location, /^\/[0-9A-Z][0-9A-Za-z]{7}$/, 'a hosted page')
  const hosted = await shop.visit(location)
  t.match(hosted.text, 'Save the payment method')
  t.notMatch(hosted.text, '$0.00', 'without prices')
  const { items: [payment] } = await shop.get<{ items: Array<{ payment_id: string }> }>('/payments')
  await shop.payWith(payment?.payment_id ?? '', '4000000000000341')
  const returned = await shop.visit(`${shop.home}/subscriptions/${shop.id}?done=method&subscription_id=${shop.id}&status=active`)
  t.match(returned.text, 'The payment method was replaced.')
  t.match(returned.text, 'Visa •••• 0341')
  await shop.advance(31)
  t.match(await stateOf(shop), { status: 'on_hold' })
  const page = await shop.visit()
  t.match(page.text, '$30.00 is due. Choose how to pay it.')
  t.match(page.text, 'Pay $30.00 with a new method')
  const methods = shop.emulator.sandbox.paymentMethods.ofCustomer('cus_ada')
  const good = methods.find(({ card }) => card?.last4_digits === '4242')?.payment_method_id ?? ''
  t.match((await shop.follow({ action: 'use-saved', payment_method_id: good })).text, 'Active')
  t.match(await stateOf(shop), { status: 'active', payment_method_id: good })
  t.equal((await shop.send({ action: 'use-saved', payment_method_id: 'pm_of_another' })).status, 422)
  t.equal((await shop.send({ action: 'explode' })).status, 422)
})
