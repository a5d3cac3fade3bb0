/** The hosted payment pages, request by request: every state, the effects of forms, no double payments, no leaks. */
import t from 'tap'
import { startEmulator, type PaymentBody } from '../helper.js'
import { host, textOf } from './hosted-page.js'

const HOUR_US = 3_600_000_000

t.test('pays by card: checkout, status page, return link', async t => {
  const hosted = await host(t, { return_url: 'https://shop.example/thanks?order=7&payment_id=mine#top' })
  const page = await hosted.visit()
  t.equal(page.status, 200)
  t.equal(textOf(page, 'amount-due'), '$19.99')
  t.equal(textOf(page, 'customer-name'), 'Ada Lovelace')
  t.equal(textOf(page, 'customer-email'), 'ada@example.com')
  t.match(page.text, 'No money is charged')

  const paid = await hosted.card('4242 4242-4242 4242')
  t.equal(paid.status, 303)
  t.equal(paid.location, `/status${hosted.path}/succeeded`)
  t.match(await hosted.payment(), {
    status: 'succeeded',
    payment_method: 'card',
    payment_method_type: 'credit',
    card_last_four: '4242',
    card_network: 'visa',
    card_holder_name: 'Ada Lovelace',
    card_issuing_country: null
  })

  const status = await hosted.visit(`/status${hosted.path}/failed`)
  t.match(status.text, 'data-status="succeeded"', 'the page shows the stored status, not that of the URL')
  const back = new URL('https://shop.example/thanks?order=7&payment_id=mine#top')
  back.searchParams.append('payment_id', hosted.paymentId)
  back.searchParams.append('status', 'succeeded')
  back.searchParams.append('email', 'ada@example.com')
  t.match(status.text, `<noscript><meta http-equiv="refresh" content="5;url=${escaped(back.href)}"></noscript>`)
  t.match(status.text, `href="${escaped(back.href)}"`)
  t.match(await hosted.visit(), { status: 302, location: `/status${hosted.path}/succeeded` }, 'a paid link shows its status')
})

function escaped (text: string): string {
  return text.replaceAll('&', '&#38;').replaceAll('=', '&#61;')
}

t.test('skips the status page for redirect_immediately; without a return_url the page stays', async t => {
  const straight = await host(t, { return_url: 'myapp://paid', redirect_immediately: true })
  t.match((await straight.visit()).headers['content-security-policy'], "form-action 'self' myapp:;")
  const { status, location } = await straight.card('4242424242424242')
  t.equal(status, 303)
  t.equal(location, `myapp://paid?payment_id=${straight.paymentId}&status=succeeded&email=ada%40example.com`)
  const again = await straight.card('4242424242424242')
  t.equal(again.location, location, 'and so does a second submission')

  const web = await host(t, { return_url: 'https://shop.example/', redirect_immediately: true })
  t.match((await web.visit()).headers['content-security-policy'], "form-action 'self' http: https:;")
  const stays = await host(t)
  await stays.card('4242424242424242')
  const page = await stays.visit(`/status${stays.path}/succeeded`)
  t.notMatch(page.text, /http-equiv|data-leave-url/)
})

t.test('ends every test card as listed', async t => {
  const started = startEmulator(t, { settlementDelay: '1h' })
  const { testCards, failureCodes } = started.emulator.sandbox.reference
  for (const { number, outcome, error_code: code } of testCards) {
    const hosted = await host(t, {}, {}, started)
    const reply = await hosted.card(number)
    t.equal(reply.status, 303)
    t.match(await hosted.payment(), { status: outcome, card_last_four: number.slice(-4), error_code: code ?? null })
    if (outcome !== 'failed') continue
    t.equal(reply.location, hosted.path, 'a decline redirects to the form')
    const text = failureCodes[code ?? '']?.customer_message ?? ''
    t.ok((await hosted.visit()).text.replaceAll('&#39;', "'").includes(text), `${code}: ${text}`)
    const status = await hosted.visit(`/status${hosted.path}/failed`)
    t.match(status.text, 'id="try-again"')
    if (['FRAUDULENT', 'LOST_CARD', 'STOLEN_CARD'].includes(code ?? '')) {
      const shown = status.text + (await hosted.visit()).text.replace(/<details[^]*<\/details>/, '')
      const words = shown.replaceAll(hosted.paymentId, '').replaceAll(hosted.path, '') // // an id may contain any letters
      t.notMatch(words, /fraud|lost|stolen/i)
    }
  }
})

t.test('takes another card after a decline, which clears the error', async t => {
  const hosted = await host(t, { return_url: 'https://shop.example/' })
  await hosted.card('4000000000009995')
  t.match(await hosted.payment(), { status: 'failed', error_code: 'INSUFFICIENT_FUNDS', error_message: /.+/ })
  t.match((await hosted.visit()).text, /id="return-link"[^>]*>Return to Emulated Store without paying/)
  await hosted.card('5555555555554444')
  t.match(await hosted.payment(), { status: 'succeeded', error_code: null, error_message: null, card_network: 'mastercard' })
})

t.test('handles 3-D Secure: approved, refused, timed out, back', async t => {
  const started = startEmulator(t)
  const wait = async (body: Partial<PaymentBody> = {}, number = '4000002760003184') => {
    const hosted = await host(t, body, {}, started)
    t.equal((await hosted.card(number)).location, hosted.path)
    t.equal((await hosted.payment())['status'], 'requires_customer_action')
    t.match((await hosted.visit()).text, 'data-testid="challenge"')
    return hosted
  }
  const approved = await wait()
  t.equal((await approved.send({ action: 'approve' })).location, `/status${approved.path}/succeeded`)
  const refused = await wait()
  t.equal((await refused.send({ action: 'refuse' })).location, refused.path)
  t.match(await refused.payment(), { status: 'failed', error_code: 'AUTHENTICATION_FAILURE' })
  const late = await wait()
  await late.send({ action: 'timeout' })
  t.match(await late.payment(), { status: 'failed', error_code: 'AUTHENTICATION_TIMEOUT' })
  await late.send({ action: 'approve' })
  t.equal((await late.payment())['status'], 'failed', 'an unexpected answer changes nothing')
  const back = await wait()
  await back.send({ action: 'back' })
  t.equal((await back.payment())['status'], 'requires_payment_method')
  await wait({ force_3ds: true }, '4242424242424242')
})

t.test('shows a processing payment, reloads, and settles', async t => {
  const hosted = await host(t, {}, { clockFrozen: 'on' })
  t.equal((await hosted.card('4000000000000077')).location, `/status${hosted.path}/processing`)
  const page = await hosted.visit(`/status${hosted.path}/processing`)
  t.match(page.text, /data-status="processing"[^]*data-leave-url="[^"]+" data-leave-seconds="3"/)
  t.match(page.text, `<noscript><meta http-equiv="refresh" content="3;url=${hosted.path}">`)
  await hosted.call('POST', '/_emulator/clock', { body: { advance_ms: 6000 } })
  t.match((await hosted.visit(`/status${hosted.path}/processing`)).text, 'data-status="succeeded"')
})

t.test('accepts one of two simultaneous submissions, and no later one', async t => {
  const hosted = await host(t, { discount_codes: ['STACK01'] })
  const before = hosted.stored()['discount_uses'] ?? 0
  await hosted.visit()
  await hosted.send({ action: 'nothing' })
  const numbers = ['4242424242424242', '5555555555554444', '4000000000000002']
  const replies = await Promise.all(numbers.map(number => hosted.card(number)))
  for (const { status, location } of replies) t.strictSame([status, location], [303, `/status${hosted.path}/succeeded`])
  await hosted.card('4000000000000002')
  await hosted.send({ action: 'cancel' })
  await hosted.send({ action: 'refuse' })
  t.match(await hosted.payment(), { status: 'succeeded', card_last_four: '4242' })
  t.equal((hosted.stored()['discount_uses'] ?? 0) - before, 1)
})

t.test('refuses the last use of a discount to the second payment', async t => {
  const started = startEmulator(t)
  const first = await host(t, { discount_codes: ['ONCEEACH'] }, {}, started)
  const second = await host(t, { discount_codes: ['ONCEEACH'] }, {}, started)
  await first.card('4242424242424242')
  const refused = await second.card('4242424242424242')
  t.equal(refused.status, 422)
  t.match(refused.text, 'as often as allowed')
  t.equal((await second.payment())['status'], 'requires_payment_method')
})

t.test('takes no payment for an expired link', async t => {
  const hosted = await host(t, { return_url: 'https://shop.example/' })
  await hosted.send({ action: '' })
  const { clock } = hosted.emulator.sandbox
  clock.moveTo(clock.now() + 25 * HOUR_US)
  const page = await hosted.visit()
  t.equal(page.status, 410)
  t.match(page.text, 'has expired')
  t.match(page.text, 'status&#61;requires_payment_method')
  await hosted.card('4242424242424242')
  t.equal((await hosted.visit()).status, 410)
  t.equal((await hosted.visit(`/status${hosted.path}/succeeded`)).status, 410)
  t.equal((await hosted.payment())['status'], 'requires_payment_method')
})

t.test('cancels the payment and returns to the shop', async t => {
  const hosted = await host(t, { return_url: 'https://shop.example/' })
  t.equal((await hosted.send({ action: 'cancel' })).location, `/status${hosted.path}/cancelled`)
  t.match((await hosted.visit(`/status${hosted.path}/cancelled`)).text, /Payment cancelled[^]*status&#61;cancelled/)
  await hosted.card('4242424242424242')
  t.equal((await hosted.payment())['status'], 'cancelled')
})
