/** Dunning: its events, its e-mails, and what ends it. */
import t from 'tap'
import type { Event } from '../../src/client/controls.js'
import { openShop, type Shop } from './subscription-calls.js'

const START = '2026-04-01T00:00:00Z'

interface Listed { type: string, created_at: string, body: Event<'dunning.started'>['body'] }

const dunningOf = async (shop: Shop, id: string) =>
  (await shop.get<{ items: Listed[] }>(`/_emulator/events?subscription_id=${id}&page_size=100`)).items.reverse()
    .filter(({ type }) => type.startsWith('dunning.'))

const mailsOf = async (shop: Shop, id: string) =>
  (await shop.get<{ items: Array<{ created_at: string }> }>(`/_emulator/emails?type=dunning&subscription_id=${id}`)).items.reverse()
    .map(({ created_at: at }) => at.slice(0, 13))

async function open (settings: object = {}): Promise<{ shop: Shop, plan: string, id: string }> {
  const shop = openShop(t, START)
  await shop.settings({ dunning: true, ...settings })
  const plan = await shop.plan(2900)
  return { shop, plan, id: await shop.activate(plan) }
}

t.test('off by default', async t => {
  const shop = openShop(t, START)
  const id = await shop.activate(await shop.plan(2900))
  await shop.declineNext(id)
  await shop.moveTo('2026-05-20T00:00:00Z')
  t.strictSame([await dunningOf(shop, id), await mailsOf(shop, id)], [[], []])
})

t.test('starts when a renewal fails, mails the customer, and ends when the amount due is paid', async t => {
  const { shop, id } = await open()
  await shop.declineNext(id)
  const before = shop.types().length
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.strictSame(shop.types().slice(before), ['payment.failed', 'subscription.on_hold', 'subscription.updated', 'dunning.started'])
  t.match(await dunningOf(shop, id), [{
    created_at: '2026-05-01T00:00:00.000000Z',
    body: {
      data: {
        subscription_id: id, customer_id: 'cus_ada', trigger_state: 'on_hold', status: 'recovering', payment_id: null, payload_type: 'DunningAttempt'
      }
    }
  }])
  await shop.moveTo('2026-05-05T00:00:00Z')
  t.strictSame(await mailsOf(shop, id), ['2026-05-02T00', '2026-05-04T00'])
  const paidAt = shop.types().length
  await shop.useCard(id, '4242424242424242')
  t.strictSame(shop.types().slice(paidAt), ['subscription.update_payment_method', 'payment.succeeded', 'subscription.active',
    'subscription.updated', 'dunning.recovered'])
  const { payment_id: paymentId } = (await shop.payments(id)).at(-1) ?? {}
  t.match((await dunningOf(shop, id)).at(-1), { body: { data: { status: 'recovered', payment_id: paymentId } } })
  await shop.moveTo('2026-05-20T00:00:00Z')
  t.equal((await mailsOf(shop, id)).length, 2, 'no further e-mails')
})

t.test('goes on through automatic retries, and ends after the last e-mail', async t => {
  const { shop, id } = await open({ payment_retries: true })
  await shop.declineNext(id, { times: 100 })
  await shop.moveTo('2026-05-20T00:00:00Z')
  t.equal((await shop.payments(id)).length, 7)
  t.strictSame((await dunningOf(shop, id)).map(({ type }) => type), ['dunning.started'], 'one attempt, whose end sends no event')
  t.strictSame(await mailsOf(shop, id), ['2026-05-02T00', '2026-05-04T00', '2026-05-06T00', '2026-05-08T00'])
  t.match((await dunningOf(shop, id))[0], { body: { data: { status: 'recovering' } } }, 'the data of its time')
  t.strictSame(shop.emulator.sandbox.dunning.running('cus_ada'), [])
  await shop.declineNext(id, { times: 0 })
  await shop.useCard(id, '4242424242424242')
  t.equal((await dunningOf(shop, id)).length, 1, 'an exhausted attempt does not recover')
})

t.test('recovers with an automatic retry, and a later failure starts another attempt', async t => {
  const { shop, id } = await open({ payment_retries: true })
  await shop.declineNext(id)
  await shop.moveTo('2026-05-02T00:00:00Z')
  await shop.declineNext(id)
  await shop.moveTo('2026-06-02T00:00:00Z')
  t.strictSame((await dunningOf(shop, id)).map(({ type, created_at: at }) => [type, at.slice(0, 13)]), [
    ['dunning.started', '2026-05-01T00'], ['dunning.recovered', '2026-05-01T12'],
    ['dunning.started', '2026-06-01T00'], ['dunning.recovered', '2026-06-01T12']
  ])
})

t.test('starts in the grace period, and goes on after it', async t => {
  const { shop, id } = await open({ grace_period: true })
  await shop.declineNext(id)
  await shop.moveTo('2026-05-06T00:00:00Z')
  t.match(await shop.read(id), { status: 'on_hold' })
  t.match(await dunningOf(shop, id), [{ body: { data: { trigger_state: 'past_due', status: 'recovering' } } }])
  t.equal((await dunningOf(shop, id)).length, 1)
  await shop.useCard(id, '4242424242424242')
  t.match((await dunningOf(shop, id))[1], { type: 'dunning.recovered' })
})

t.test('follows a cancellation by the customer, or one that asks for it', async t => {
  const { shop, plan, id } = await open()
  const [asked, plain, held] = [await shop.activate(plan), await shop.activate(plan), await shop.activate(plan)]
  await shop.change(id, { status: 'cancelled', cancel_reason: 'cancelled_by_customer' })
  await shop.change(asked, { cancel_at_next_billing_date: true, cancel_reason: 'cancelled_by_merchant_send_dunning' })
  await shop.change(plain, { status: 'cancelled', cancel_reason: 'cancelled_by_merchant' })
  t.match(await dunningOf(shop, id), [{ body: { data: { trigger_state: 'cancelled', status: 'recovering' } } }])
  t.strictSame([await dunningOf(shop, asked), await dunningOf(shop, plain)], [[], []])
  await shop.declineNext(held)
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.match(await dunningOf(shop, asked), [{ created_at: '2026-05-01T00:00:00.000000Z' }], 'when the cancellation happens')
  await shop.change(held, { status: 'cancelled' })
  t.match(await dunningOf(shop, held), [{ body: { data: { trigger_state: 'on_hold', status: 'exhausted' } } }])
  await shop.advance(2)
  t.equal((await mailsOf(shop, held)).length, 0)
})

t.test('ends with a new purchase of the customer, but not with a renewal', async t => {
  const { shop, plan, id } = await open()
  const other = await shop.activate(plan)
  await shop.declineNext(id)
  await shop.moveTo('2026-05-01T00:00:00Z')
  t.equal((await shop.payments(other)).length, 2)
  t.match(await dunningOf(shop, id), [{ body: { data: { status: 'recovering' } } }])
  await shop.activate(plan, { customer: { email: 'else@example.com', name: 'Else' } })
  t.match(await dunningOf(shop, id), [{ body: { data: { status: 'recovering' } } }], 'nor with a purchase of another customer')
  await shop.activate(plan)
  t.match(await dunningOf(shop, id), [{ body: { data: { status: 'exhausted' } } }])
  await shop.advance(9)
  t.strictSame(await mailsOf(shop, id), [])
})
