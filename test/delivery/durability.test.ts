/** Delivery at least once: every committed change is delivered, uncommitted ones are not, with kill -9 in between. */
import t from 'tap'
import type { components } from '../../src/contract/control-types.gen.js'
import { rounds } from '../effort.js'
import { paymentBody } from '../helper.js'
import { connect, JSON_TYPE, startProcess, temporaryFolder, type Connections } from '../processes.js'
import { answers, startReceiver, type Received } from '../receiver.js'

const CONNECTIONS = 32
/** Payments answered before the process is killed: more than the receiver answers and the concurrent attempts together. */
const ROUND = 120

/** Payment ids by the webhook-id of their delivery. */
function paymentsIn (received: readonly Received[]): Map<string, string> {
  return new Map(received.map(({ headers, data }) => [headers['webhook-id'] ?? '', String(data['payment_id'])]))
}

async function everyEvent ({ get }: Connections): Promise<Array<components['schemas']['Event']>> {
  const all: Array<components['schemas']['Event']> = []
  for (let page = 0; ; page++) {
    const { json: { items } } = await get<components['schemas']['EventList']>(`/_emulator/events?page_size=100&page_number=${page}`)
    all.push(...items)
    if (items.length === 0) return all
  }
}

t.test('kill -9 under load loses no event and invents none', async t => {
  const folder = temporaryFolder(t)
  const everything = Number.POSITIVE_INFINITY
  let answersLeft = everything
  // When the process dies, some attempts were received, and some of those answered. Requests that the receiver leaves
  // unanswered keep the others waiting, so that some events are not delivered, however fast they are.
  const receiver = await startReceiver(t, (response, received) => {
    if (answersLeft-- > 0) answers.ok(response, received)
  })
  const args = ['--database', 'shop.db', '--webhook-url', receiver.url]
  const paid = new Set<string>()

  for (let round = 1; round <= rounds(2); round++) {
    answersLeft = ROUND / 2
    const victim = await startProcess(t, args, { folder })
    const { pay, send } = connect(t, victim.url, CONNECTIONS)
    const enough = paid.size + ROUND
    const buyer = async () => {
      for (;;) {
        const { json: { payment_id: id } } = await pay(paymentBody())
        const { status } = await send('POST', `/_emulator/payments/${id}/pay`, JSON.stringify({ outcome: 'succeeded' }), JSON_TYPE)
        if (status === 200) paid.add(id)
        if (paid.size >= enough) victim.kill('SIGKILL')
      }
    }
    await Promise.allSettled(Array.from({ length: CONNECTIONS }, buyer))
    await victim.ended
    const before = paymentsIn(receiver.received)
    const undelivered = [...paid].filter(id => ![...before.values()].includes(id)).length
    t.ok(undelivered > 0, `round ${round}: ${undelivered} were not delivered when it died`)

    answersLeft = everything
    const revived = await startProcess(t, args, { folder })
    const connections = connect(t, revived.url)
    t.equal((await connections.get('/_emulator/idle?timeout_ms=60000')).status, 200)
    const after = paymentsIn(receiver.received)
    const heardOf = new Set(after.values())
    t.strictSame([...paid].filter(id => !heardOf.has(id)), [], 'every committed change was delivered')
    for (const [webhookId, paymentId] of before) t.equal(after.get(webhookId), paymentId)
    const events = await everyEvent(connections)
    const happened = new Map(events.map(({ event_id: id, payment_id: paymentId }) => [id, paymentId]))
    t.strictSame([...after].filter(([id, paymentId]) => happened.get(id) !== paymentId), [], 'and no other')
    t.equal(after.size, heardOf.size, 'each with one id only')
    for (const { status } of events.flatMap(({ body }) => [(body as { data: { status: string } }).data])) t.equal(status, 'succeeded')
    for (const id of heardOf) paid.add(id)
    revived.kill('SIGKILL')
    await revived.ended
  }
})

t.test("keeps waiting retries and the endpoint's secret over a restart", async t => {
  const folder = temporaryFolder(t)
  let isUp = false
  const receiver = await startReceiver(t, (response, received) => {
    if (isUp) answers.ok(response, received)
    else response.writeHead(500).end()
  })
  const args = ['--database', 'shop.db', '--webhook-url', receiver.url]
  const secretOf = async ({ get }: Connections) => {
    const { json: { data: [endpoint] } } = await get<{ data: Array<{ id: string }> }>('/webhooks')
    return (await get<{ secret: string }>(`/webhooks/${endpoint?.id}/secret`)).json.secret
  }
  const first = await startProcess(t, args, { folder })
  const shop = connect(t, first.url)
  const { json: { payment_id: id } } = await shop.pay(paymentBody())
  await shop.send('POST', `/_emulator/payments/${id}/pay`, JSON.stringify({ outcome: 'failed' }), JSON_TYPE)
  await shop.get('/_emulator/idle?timeout_ms=60000')
  const secret = await secretOf(shop)
  t.match(secret, /^whsec_[A-Za-z0-9+/]{32}$/)
  first.kill('SIGTERM')
  t.match((await first.ended).stdout, `DODO_PAYMENTS_WEBHOOK_KEY=${secret}`, 'which is printed at the start')

  isUp = true
  const second = await startProcess(t, args, { folder })
  const again = connect(t, second.url)
  t.equal(await secretOf(again), secret)
  await again.send('POST', '/_emulator/clock', JSON.stringify({ advance_ms: 5000 }), JSON_TYPE)
  await again.get('/_emulator/idle?timeout_ms=60000')
  t.strictSame(receiver.types(), ['payment.failed', 'payment.failed'])
  t.equal((await again.get<{ data: unknown[] }>('/webhooks')).json.data.length, 1, 'one endpoint, not two')

  second.kill('SIGTERM')
  await second.ended
  const key = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const third = await startProcess(t, args, { folder, env: { DODO_PAYMENTS_WEBHOOK_KEY: key } })
  t.equal(await secretOf(connect(t, third.url)), key, 'a key of the environment replaces it')
  const forgetful = await startProcess(t, ['--database', ':memory:', '--webhook-url', receiver.url])
  t.equal(await secretOf(connect(t, forgetful.url)), secret, 'derived from its URL, it is the same without a database')
})
