/** Every action in every state: the operation accepts it exactly where the lifecycle table allows it. */
import t, { type Test } from 'tap'
import { paymentStates, type PaymentAction } from '../../src/resources/payments/states.js'
import { refundStates } from '../../src/resources/refunds/states.js'
import type { Context } from '../../src/sandbox/sandbox.js'
import { paymentBody, startEmulator, type Refusal } from '../helper.js'

const PAYMENT_STATES = ['requires_payment_method', 'failed', 'requires_customer_action', 'processing', 'succeeded', 'cancelled'] as const
const REFUND_STATES = ['pending', 'review', 'succeeded', 'failed'] as const

function open (test: Test) {
  const { call, pay, emulator } = startEmulator(test)
  const { sandbox } = emulator
  const context = (): Context => ({ sandbox, now: sandbox.clock.now(), baseUrl: 'http://shop.test' })

  async function control (path: string, body?: unknown) {
    const { status, json, text } = await call('POST', `/_emulator/${path}`, body === undefined ? {} : { body })
    test.equal(status, 200, text)
    return json
  }

  async function inState (status: typeof PAYMENT_STATES[number], hasLink = true): Promise<string> {
    const { payment_id: id } = await pay(paymentBody({ payment_link: hasLink }))
    if (status !== 'requires_payment_method') await control(`payments/${id}/pay`, { outcome: status })
    test.equal(sandbox.payments.find(id)?.status, status)
    return id
  }

  return { call, control, inState, sandbox, context }
}

/** The request for each action; there is no request for `settle` and `create`. */
const PAYMENT_REQUESTS: Partial<Record<PaymentAction, (id: string) => [path: string, body?: unknown]>> = {
  pay: id => [`/_emulator/payments/${id}/pay`, { card: '4242424242424242' }],
  cancel: id => [`/_emulator/payments/${id}/pay`, { outcome: 'cancelled' }],
  expire: id => [`/_emulator/payments/${id}/expire`],
  abandon: id => [`/_emulator/payments/${id}/abandon`],
  refund: id => ['/refunds', { payment_id: id }]
}

t.test('payments follow their table', async t => {
  const { call, control, inState, sandbox, context } = open(t)
  await control('clock', { frozen: true })
  const situations = [
    ...PAYMENT_STATES.map(status => ({ name: status, make: () => inState(status) })),
    { name: 'without a link', make: () => inState('failed', false) },
    {
      name: 'expired',
      async make () {
        const id = await inState('failed')
        await control(`payments/${id}/expire`)
        return id
      }
    },
    {
      name: 'abandoned',
      async make () {
        const id = await inState('failed')
        await control(`payments/${id}/abandon`)
        return id
      }
    }
  ]
  for (const { name, make } of situations) {
    for (const [action, request] of Object.entries(PAYMENT_REQUESTS) as Array<[PaymentAction, (id: string) => [string, unknown?]]>) {
      const id = await make()
      const payment = sandbox.payments.find(id)
      if (payment === undefined) throw new Error('it is gone')
      const possible = paymentStates.can(action, payment, context())
      const [path, body] = request(id)
      const { status, json, text } = await call('POST', path, body === undefined ? {} : { body })
      t.equal(status < 400, possible, `${action} of one that is ${name}: ${text}`)
      if (possible) continue
      t.throws(() => { paymentStates.check(action, payment, context()) }, { message: (json as Refusal).message }, 'with the reason of the table')
      t.strictSame(sandbox.payments.find(id), payment, 'and nothing changes')
    }
  }
})

t.test('refunds follow their table', async t => {
  const { call, control, inState, sandbox } = open(t)
  await control('clock', { frozen: true })
  for (const status of REFUND_STATES) {
    for (const to of ['review', 'succeeded', 'failed'] as const) {
      const { json } = await call('POST', '/refunds', { body: { payment_id: await inState('succeeded') } })
      const { refund_id: id } = json as { refund_id: string }
      if (status !== 'pending') await control(`refunds/${id}/settle`, { status })
      const refund = sandbox.refunds.find(id)
      if (refund === undefined) throw new Error('it is gone')
      t.equal(refund.status, status)
      const events = sandbox.outbox.listEvents({ subject_id: id }, 10, 0).length
      const answer = await call('POST', `/_emulator/refunds/${id}/settle`, { body: { status: to } })
      t.equal(answer.status < 400, refundStates.can('settle', refund, { dispute: null }), `${status} to ${to}: ${answer.text}`)
      const sent = sandbox.outbox.listEvents({ subject_id: id }, 10, 0).slice(0, -events || undefined)
      const expected = answer.status < 400 ? refundStates.transition('settle', refund, { dispute: null }, to).events ?? [] : []
      t.strictSame(sent.map(({ type }) => type), [...expected])
    }
  }
})

t.test('the dashboard offers the possible actions', async t => {
  const { call, inState } = open(t)
  const forms: Array<[action: PaymentAction, mark: RegExp]> = [
    ['pay', /name="action" value="pay"/], ['answer', /name="action" value="answer"/], ['cancel', /name="action" value="cancel"/],
    ['expire', /name="action" value="expire"/], ['refund', /name="action" value="refund"/]
  ]
  for (const status of PAYMENT_STATES) {
    const { text } = await call('GET', `/dashboard/payments/${await inState(status)}`)
    for (const [action, mark] of forms) t.equal(mark.test(text), paymentStates.accepts(action, status), `${action} where it is ${status}`)
  }
})
