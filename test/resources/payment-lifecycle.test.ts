import t from 'tap'
import { attempt } from '../../src/resources/payments/lifecycle.js'
import { cardInstrument } from '../../src/rules/instruments.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>

/** POST /_emulator/payments/{id}/pay, as a test in any language calls it. */
async function payBy (emulate: TestEmulator, paymentId: string, body: unknown, status = 200): Promise<Json> {
  const answer = await emulate.call('POST', `/_emulator/payments/${paymentId}/pay`, { body, key: null })
  if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}`)
  return answer.json as Json
}

t.test('pays', async t => {
  t.test('with the outcome of every test card, storing only the fields of the contract', async t => {
    const emulate = startEmulator(t)
    const { testCards } = emulate.emulator.sandbox.reference
    t.ok(testCards.length >= 15)
    for (const card of testCards) {
      const { payment_id: id } = await emulate.pay(paymentBody())
      const payment = await payBy(emulate, id, { card: card.number.replace(/(.{4})/g, '$1 ') })
      t.equal(payment['status'], card.outcome, card.label)
      t.equal(payment['error_code'], card.error_code ?? null, card.label)
      t.match(payment, {
        payment_method: 'card',
        payment_method_type: card.type,
        card_last_four: card.number.slice(-4),
        card_network: card.network,
        card_type: card.type,
        card_issuing_country: card.country
      })
      if (card.number === '4242424242424242') t.equal(payment['card_issuing_country'], null, 'as in captured payloads')
      if (card.outcome === 'failed') t.ok(String(payment['error_message']).length > 20)
      t.notMatch(JSON.stringify(await emulate.get(`/payments/${id}`)), card.number, 'the number is nowhere')
      t.notMatch(JSON.stringify(emulate.emulator.sandbox.payments.find(id)), card.number, 'not in the row either')
    }
  })

  t.test('with an outcome, without a card', async t => {
    const emulate = startEmulator(t)
    for (const outcome of ['succeeded', 'failed', 'processing', 'cancelled', 'requires_customer_action']) {
      const { payment_id: id } = await emulate.pay(paymentBody())
      const payment = await payBy(emulate, id, { outcome })
      t.equal(payment['status'], outcome)
    }
    const { payment_id: id } = await emulate.pay(paymentBody())
    t.match(await payBy(emulate, id, { outcome: 'failed', error_code: 'DO_NOT_HONOR' }), {
      status: 'failed', error_code: 'DO_NOT_HONOR', error_message: /^Issuer refused/
    })
  })

  t.test('and sets updated_at only when something changes after the first success or failure', async t => {
    const emulate = startEmulator(t)
    const made = async () => (await emulate.pay(paymentBody())).payment_id
    const updated = async (id: string) => (await emulate.get(`/payments/${id}`))['updated_at']
    const advance = () => emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 3_600_000 }, key: null })
    t.equal(await updated(await made()), null)
    for (const card of ['4242424242424242', '4000000000000002', '4000000000000077', '4000002760003184']) {
      const id = await made()
      t.equal((await payBy(emulate, id, { card }))['updated_at'], null, card)
      await advance()
      t.equal(await updated(id), null, `${card}, settled`)
    }
    const { payment_id: saved } = await emulate.pay(paymentBody({ customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace' }))
    t.equal(await updated(saved), null, 'a saved method')

    const retried = await made()
    await payBy(emulate, retried, { outcome: 'failed' })
    t.match(await payBy(emulate, retried, { outcome: 'succeeded' }), { status: 'succeeded', updated_at: /^20/ }, 'after a failure')
    const cancelled = await made()
    await payBy(emulate, cancelled, { outcome: 'failed' })
    t.match(await payBy(emulate, cancelled, { outcome: 'cancelled' }), { status: 'cancelled', updated_at: /^20/ }, 'after a failure')

    const refunded = await made()
    await payBy(emulate, refunded, { outcome: 'succeeded' })
    await emulate.call('POST', '/refunds', { body: { payment_id: refunded } })
    t.equal(await updated(refunded), null, 'the refund is pending')
    await advance()
    t.match(await emulate.get(`/payments/${refunded}`), { refund_status: 'full', updated_at: /^20/ })
  })

  t.test('with a saved method immediately', async t => {
    const emulate = startEmulator(t)
    const { payment_id: id } = await emulate.pay(paymentBody({ customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace' }))
    t.match(await emulate.get(`/payments/${id}`), {
      status: 'succeeded', payment_method: 'card', payment_method_id: 'pm_visa_grace', card_last_four: '4242'
    })
  })

  t.test('at the time of the clock', async t => {
    const emulate = startEmulator(t)
    const clock = async (body: unknown) => {
      const { status, json, text } = await emulate.call('POST', '/_emulator/clock', { body, key: null })
      t.equal(status, 200, text)
      return json as { now: string, frozen: boolean, offset_ms: number, due: number }
    }
    t.match(await clock({ now: '2030-01-01T00:00:00Z', frozen: true }), { now: '2030-01-01T00:00:00.000000Z', frozen: true, due: 0 })
    const { payment_id: id } = await emulate.pay(paymentBody())
    t.equal((await emulate.get<Json>(`/payments/${id}`))['created_at'], '2030-01-01T00:00:00.000000Z')
    t.equal((await clock({ advance_ms: 90_000 })).now, '2030-01-01T00:01:30.000000Z')
    const released = await clock({ frozen: false })
    t.equal(released.frozen, false)
    t.match(released.now, /^2030-01-01T00:01:3/)
    t.match(await emulate.get('/_emulator/clock'), { frozen: false, now: /^2030/ })
    for (const body of [{}, { advance_ms: -1 }, { advance_ms: 1, now: '2030-01-01T00:00:00Z' }, { now: 'tomorrow' }, { frozen: 1 },
      { now: '1969-01-01T00:00:00Z' }, { later: true }]) {
      t.equal((await emulate.call('POST', '/_emulator/clock', { body, key: null })).status, 422, JSON.stringify(body))
    }
  })
})

t.test('refuses', async t => {
  t.test('invalid payment methods', async t => {
    const emulate = startEmulator(t)
    const { payment_id: id } = await emulate.pay(paymentBody())
    for (const body of [{}, { card: '4111111111111111' }, { card: '4242424242424241' }, { card: '' }, { outcome: 'lost' },
      { outcome: 'succeeded', error_code: 'LOST_CARD' }, { outcome: 'failed', error_code: 'NOPE' }, { error_code: 'LOST_CARD' },
      { card: '4242424242424242', outcome: 'succeeded' }]) {
      const { status, text } = await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body, key: null })
      t.equal(status, 422, text)
      t.notMatch(text, '4111111111111111', 'a number that is not a test card is not repeated')
    }
    t.equal((await emulate.get<Json>(`/payments/${id}`))['status'], 'requires_payment_method')
    t.equal((await emulate.call('POST', '/_emulator/payments/pay_x/pay', { body: { outcome: 'succeeded' } })).status, 404)
  })

  t.test('a second payment, even of two at once', async t => {
    const emulate = startEmulator(t)
    const { payment_id: id } = await emulate.pay(paymentBody({ discount_code: 'SAVE10' }))
    const answers = await Promise.all(Array.from({ length: 8 }, () =>
      emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { card: '4242424242424242' } })))
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 422, 422, 422, 422, 422, 422, 422])
    t.equal(emulate.emulator.sandbox.discounts.findByCode('SAVE10')?.times_used, 1)
    t.equal((await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'cancelled' } })).status, 422)
  })

  t.test('a link that has expired', async t => {
    const emulate = startEmulator(t, { linkLifetime: '1h' })
    const { payment_id: id } = await emulate.pay(paymentBody({ payment_link: true }))
    const endless = await emulate.pay(paymentBody())
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 3_600_001 } })
    const { status, json } = await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
    t.equal(status, 422)
    t.match(json, { message: /expired/ })
    t.equal((await emulate.get<Json>(`/payments/${id}`))['status'], 'requires_payment_method')
    t.equal((await payBy(emulate, endless.payment_id, { outcome: 'succeeded' }))['status'], 'succeeded', 'without a link nothing expires')
  })
})

t.test('continues', async t => {
  t.test('after a decline with another attempt, whose success clears the error', async t => {
    const emulate = startEmulator(t)
    const { payment_id: id } = await emulate.pay(paymentBody())
    t.match(await payBy(emulate, id, { card: '4000000000000002' }), { status: 'failed', error_code: 'GENERIC_DECLINE' })
    t.match(await payBy(emulate, id, { card: '4242424242424242' }), { status: 'succeeded', error_code: null, error_message: null })
    const { items } = await emulate.get<{ items: Json[] }>('/payments?status=succeeded')
    t.equal(items.length, 1)
    const { sandbox } = emulate.emulator
    const payment = sandbox.payments.find(id)
    t.strictSame(sandbox.payments.attempts(payment?.seq ?? 0).map(({ status }) => status), ['failed', 'succeeded'])
  })

  t.test('after 3-D Secure: confirmed, refused, timed out; for every card where the payment requires it', async t => {
    const emulate = startEmulator(t)
    const start = async (card: string, changes = {}) => {
      const { payment_id: id } = await emulate.pay(paymentBody(changes))
      t.equal((await payBy(emulate, id, { card }))['status'], 'requires_customer_action')
      return id
    }
    t.match(await payBy(emulate, await start('4000002760003184'), { outcome: 'succeeded' }), { status: 'succeeded', card_last_four: '3184' })
    t.match(await payBy(emulate, await start('4000002760003184'), { outcome: 'failed' }), {
      status: 'failed', error_code: 'AUTHENTICATION_FAILURE'
    })
    t.match(await payBy(emulate, await start('4000002760003184'), { outcome: 'failed', error_code: 'AUTHENTICATION_TIMEOUT' }), {
      status: 'failed', error_code: 'AUTHENTICATION_TIMEOUT'
    })
    const forced = await start('4000000000009995', { force_3ds: true })
    t.match(await payBy(emulate, forced, { outcome: 'succeeded' }), { status: 'failed', error_code: 'INSUFFICIENT_FUNDS' },
      'once confirmed, the card does what it does')
  })

  t.test('with a later settlement at its time, also after a restart', async t => {
    const emulate = startEmulator(t, { settlementDelay: '2h', clockFrozen: 'on' })
    const { payment_id: id } = await emulate.pay(paymentBody({ discount_code: 'SAVE10' }))
    t.equal((await payBy(emulate, id, { card: '4000000000000077' }))['status'], 'processing')
    t.equal((await emulate.get<Json>('/_emulator/clock'))['due'], 1)
    const { json } = await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 7_199_000 } })
    t.equal((json as Json)['due'], 1)
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 10_000 } })
    const payment = await emulate.get<Json>(`/payments/${id}`)
    t.equal(payment['status'], 'succeeded')
    const { seq = 0, created_at: createdAt = 0 } = emulate.emulator.sandbox.payments.find(id) ?? {}
    const settledAt = emulate.emulator.sandbox.payments.attempts(seq).at(-1)?.created_at ?? 0
    const settledAfterMs = (settledAt - createdAt) / 1000
    t.ok(settledAfterMs >= 7_200_000 && settledAfterMs < 7_205_000, 'it settled at its time, not at the end of the move')
    t.equal(emulate.emulator.sandbox.discounts.findByCode('SAVE10')?.times_used, 1)
  })

  t.test('in real time, without moves of the clock', async t => {
    const emulate = startEmulator(t, { settlementDelay: '20ms' })
    const { payment_id: id } = await emulate.pay(paymentBody())
    await payBy(emulate, id, { outcome: 'processing' })
    let status = 'processing'
    for (let tries = 0; status === 'processing' && tries < 500; tries++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      status = String((await emulate.get<Json>(`/payments/${id}`))['status'])
    }
    t.equal(status, 'succeeded')
  })

  t.test('with the last use of a discount: the second success is refused', async t => {
    const emulate = startEmulator(t, { clockFrozen: 'on' })
    const { sandbox } = emulate.emulator
    const { path: _, ...template } = { ...sandbox.discounts.findByCode('SAVE10')!, path: '' }
    sandbox.discounts.insert({ ...template, discount_id: 'dsc_last', code: 'LAST', usage_limit: 1 })
    const one = await emulate.pay(paymentBody({ discount_code: 'LAST' }))
    const two = await emulate.pay(paymentBody({ discount_code: 'LAST' }))
    const three = await emulate.pay(paymentBody({ discount_code: 'LAST' }))
    await payBy(emulate, three.payment_id, { outcome: 'processing' })
    t.equal((await payBy(emulate, one.payment_id, { outcome: 'succeeded' }))['status'], 'succeeded')
    const refused = await emulate.call('POST', `/_emulator/payments/${two.payment_id}/pay`, { body: { outcome: 'succeeded' } })
    t.match(refused.json, { code: 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED' })
    t.equal((await emulate.get<Json>(`/payments/${two.payment_id}`))['status'], 'requires_payment_method')
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 60_000 } })
    t.match(await emulate.get(`/payments/${three.payment_id}`), { status: 'failed', error_code: 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED' })
    t.equal(sandbox.discounts.findByCode('LAST')?.times_used, 1)
    t.equal((await emulate.refuse(paymentBody({ discount_code: 'LAST' }))).code, 'DISCOUNT_CODE_USAGE_LIMIT_EXCEEDED')
  })

  t.test('with a returning customer', async t => {
    const emulate = startEmulator(t)
    const { payment_id: id } = await emulate.pay(paymentBody({ discount_code: 'ONCEEACH' }))
    await payBy(emulate, id, { outcome: 'succeeded' })
    t.equal((await emulate.refuse(paymentBody({ discount_code: 'FIRSTTIME' }))).code, 'DISCOUNT_CUSTOMER_NOT_ELIGIBLE')
    t.equal((await emulate.refuse(paymentBody({ discount_code: 'ONCEEACH' }))).code, 'DISCOUNT_PER_CUSTOMER_USAGE_LIMIT_EXCEEDED')
    t.equal((await emulate.pay(paymentBody({ discount_code: 'RETURNING' }))).total_amount, 1799)
  })

  t.test('and saves a card once, also when its payment settles later', async t => {
    const emulate = startEmulator(t)
    const { sandbox } = emulate.emulator
    const save = async (card: string) => {
      const { payment_id: id } = await emulate.pay(paymentBody())
      const payment = sandbox.payments.find(id)
      if (payment === undefined) throw new Error(id)
      const context = { sandbox, baseUrl: 'http://localhost', now: sandbox.clock.now() }
      const entry = { number: card, expiry: '06/99', cvc: '123', holder_name: 'Ada L.' }
      attempt(payment, cardInstrument(entry, sandbox.reference.testCards, context.now / 1000), context, { saveMethod: true })
      return id
    }
    const later = await save('4000000000000077')
    t.strictSame(sandbox.paymentMethods.ofCustomer('cus_ada'), [], 'nothing is saved without a success')
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 10_000 } })
    t.match(await emulate.get(`/payments/${later}`), { status: 'succeeded' })
    await save('4242424242424242')
    await save('4242424242424242')
    await save('4000000000000002')
    const kept = sandbox.paymentMethods.ofCustomer('cus_ada')
    t.strictSame(kept.map(({ card }) => card?.last4_digits).sort(), ['0077', '4242'])
    t.match(kept[0]?.card, { card_holder_name: 'Ada L.', expiry_month: '06', expiry_year: '2099' })
    const [method] = kept.filter(({ card }) => card?.last4_digits === '4242')
    const again = await emulate.pay(paymentBody({ payment_method_id: String(method?.payment_method_id) }))
    t.match(await emulate.get(`/payments/${again.payment_id}`), { status: 'succeeded', card_holder_name: 'Ada L.' })
  })

  t.test('with a saved card whose later charges fail', async t => {
    const emulate = startEmulator(t)
    emulate.emulator.sandbox.paymentMethods.insert('cus_ada', {
      payment_method_id: 'pm_0341', payment_method: 'card', payment_method_type: 'credit', card: { last4_digits: '0341' }
    })
    const { payment_id: id } = await emulate.pay(paymentBody({ payment_method_id: 'pm_0341' }))
    t.match(await emulate.get(`/payments/${id}`), { status: 'failed', error_code: 'GENERIC_DECLINE' })
  })

  t.test('in order under a frozen clock', async t => {
    const emulate = startEmulator(t)
    await emulate.call('POST', '/_emulator/clock', { body: { frozen: true } })
    const ids: string[] = []
    for (let n = 0; n < 25; n++) ids.unshift((await emulate.pay(paymentBody({ customer: { email: `n${n}@example.com` } }))).payment_id)
    const { items } = await emulate.get<{ items: Array<{ payment_id: string, created_at: string }> }>('/payments?page_size=100')
    t.strictSame(items.map(item => item.payment_id), ids)
    const [{ created_at: at } = { created_at: '' }] = items
    const { items: then } = await emulate.get<{ items: Json[] }>(`/payments?page_size=100&created_at_gte=${at}&created_at_lte=${at}`)
    t.equal(then.length, 25)
  })
})
