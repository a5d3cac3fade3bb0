// Webhooks: how fast the outbox is emptied, how deliveries to a hanging receiver slow down requests, and whether the outbox survives
// kill -9. The events are succeeded payments; the receiver is another process.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPayment } from '../payment.mjs'
import { probe } from '../probe.mjs'
import { removeFolder, runToEnd, temporaryFolder } from '../processes.mjs'
import { startReceiver } from '../receiver.mjs'
import { startServer } from '../server.mjs'
import { ask, sell } from '../shop.mjs'
import { rotate } from '../statistics.mjs'

const posterFile = fileURLToPath(new URL('../clients/poster.mjs', import.meta.url))

const CONNECTIONS = [1, 8]
const SLICE_MS = 200
const LONGEST_MS = 120_000
// No delivery may fail while the outbox is filled, so deliveries are held until it is full.
const PATIENT = ['--webhook-timeout', '10m']
// Worse than the default of 15 s: every second, sixteen attempts fail, are recorded and are followed by others.
const IMPATIENT = ['--webhook-timeout', '1s']

// Resolves to samples of three kinds, by `figure`: {figure: 'delivery', round, perSecond, ratio},
// {figure: 'hanging', round, connections, p50Us, p99Us, p50Ratio, p99Ratio}, {figure: 'restart', round, events, unique,
// answered, seconds, perSecond, toDelivery}.
export async function measureWebhooks ({ contestants, options, guard, progress, problems }) {
  const ours = contestants.find(({ key }) => key === 'ours')
  const samples = []
  if (ours === undefined) return samples
  const events = options.quick ? 1000 : 10_000
  const folder = temporaryFolder()

  for (let round = 1; round <= options.rounds; round++) {
    const say = (what) => progress(`webhooks, round ${round} of ${options.rounds}: ${what}`)
    const receiver = await startReceiver()
    try {
      say(`delivers ${events} events`)
      const delivery = await delivered(receiver, round)
      say('creates payments beside a receiver that hangs')
      await besideHanging(receiver, round)
      say(`is killed with ${events} events in its outbox`)
      await restarted(receiver, round, delivery)
    } finally {
      await receiver.stop()
    }
  }
  removeFolder(folder)
  return samples

  function sendingTo (url, flags) {
    return { ...ours, args: (place) => [...ours.args(place), '--webhook-url', url, ...flags] }
  }

  // Between two runs of the yardstick, as in throughput.mjs, while the outbox is full.
  async function delivered (receiver, round) {
    let sample
    const shop = sendingTo(receiver.url('ours'), PATIENT)
    await guard(shop, () => startServer(shop), async (server) => {
      await receiver.start('ours', { expect: events, hold: true })
      await sell(server, events)
      const { items: [event] } = await ask(server, 'GET', '/_emulator/events?page_size=1')
      writeFileSync(join(folder, 'body.json'), JSON.stringify(event.body))
      const before = await yardstick(receiver)
      await receiver.release('ours')
      const { seconds, unique } = await receiver.completion('ours', LONGEST_MS)
      if (seconds === undefined) throw new Error(`${unique} of ${events} events were delivered within ${LONGEST_MS / 1e3} s`)
      const after = await yardstick(receiver)
      const perSecond = events / seconds
      sample = { figure: 'delivery', round, events, seconds, perSecond, ratio: perSecond / ((before + after) / 2) }
      samples.push(sample)
    })
    return sample
  }

  // Posts the same body to the same receiver. Resolves to deliveries per second.
  async function yardstick (receiver) {
    await runToEnd(process.execPath, [
      posterFile, receiver.url('yardstick'), join(folder, 'body.json'), String(events), String(events / 5)
    ])
    const { seconds } = await receiver.count('yardstick')
    samples.push({ figure: 'yardstick', perSecond: events / seconds })
    return events / seconds
  }

  // Two emulators with the same payments: one sends to a receiver that never answers, one sends nothing.
  async function besideHanging (receiver, round) {
    const hanging = sendingTo(receiver.url('hanging'), IMPATIENT)
    await receiver.start('hanging', { expect: events, hold: true })
    await guard(hanging, () => startServer(hanging), async (busy) => {
      await guard(ours, () => startServer(ours), async (calm) => {
        await sell(busy, events)
        await sell(calm, events)
        for (const connections of rotate(CONNECTIONS, round - 1)) {
          const [withQueue, without] = await probe([busy, calm], {
            request: createPayment,
            connections,
            sliceMs: SLICE_MS,
            slices: options.seconds * 1e3 / SLICE_MS,
            label: `beside a hanging receiver, ${connections} connections, round ${round}`,
            problems
          })
          samples.push({
            figure: 'hanging',
            round,
            connections,
            ...withQueue,
            p50Ratio: withQueue.p50Us / without.p50Us,
            p99Ratio: withQueue.p99Us / without.p99Us
          })
        }
        const { held } = await receiver.count('hanging')
        if (held === 0) problems.push('webhooks: the hanging receiver was sent nothing')
      })
    })
  }

  // The receiver starts counting just before the new process starts.
  async function restarted (receiver, round, delivery) {
    const shop = sendingTo(receiver.url('restarted'), PATIENT)
    const home = temporaryFolder()
    await receiver.start('restarted', { expect: events, hold: true })
    let first
    try {
      first = await startServer(shop, { folder: home })
      await sell(first, events)
    } catch (error) {
      problems.push(`${ours.name}, before kill -9: ${error.message}`)
      return
    } finally {
      await first?.kill()
    }
    await receiver.start('restarted', { expect: events })
    await guard(shop, () => startServer(shop, { folder: home }), async (server) => {
      const { seconds, unique } = await receiver.completion('restarted', LONGEST_MS)
      await ask(server, 'GET', '/_emulator/idle')
      const { unique: inAll, answered } = await receiver.count('restarted')
      if (seconds === undefined || inAll !== events) {
        problems.push(`webhooks: ${unique} of ${events} events came after kill -9`)
        return
      }
      const perSecond = events / seconds
      samples.push({
        figure: 'restart', round, events, unique, answered, seconds, perSecond, toDelivery: delivery && delivery.seconds / seconds
      })
    })
    removeFolder(home)
  }
}
