// Usage events: events per second of POST /events/ingest (batches of 100, 32 connections, with ordered and with random ids), the
// time of a renewal that charges a million of them, and POST /payments and ingest with many events stored, as ratios to the empty
// store. One server: its store grows from part to part. Each speed is compared with bare Fastify before and after it, so that
// variations of the machine do not count.
import { fileURLToPath } from 'node:url'
import { createPayment } from '../payment.mjs'
import { runToEnd } from '../processes.mjs'
import { startServer } from '../server.mjs'
import { ask } from '../shop.mjs'

const CLIENT = fileURLToPath(new URL('../clients/ingester.mjs', import.meta.url))
const CONNECTIONS = 32
const BATCH = 100
const FLANK_SECONDS = 2
const RENEWED = 1_000_000
const STORED = { quick: 1_000_000, full: 10_000_000 }

// Resolves to samples: {name, stored, value, ratio?, unit, toEmpty?}
export async function measureUsage ({ contestants, options, counter, guard, progress, problems }) {
  const ours = contestants.find(({ key }) => key === 'ours')
  const samples = []
  if (ours === undefined) return samples
  const yardstick = await startServer(contestants.find(({ key }) => key === 'bare'))
  const target = options.quick ? STORED.quick : STORED.full
  await guard(ours, () => startServer(ours), async (server) => {
    const subscriptionId = await subscribe(server)
    let stored = 0

    const ingest = async (given) => {
      const output = await runToEnd(process.execPath, [
        CLIENT, server.url, JSON.stringify({ connections: CONNECTIONS, batch: BATCH, ...given })
      ])
      const result = JSON.parse(output)
      if (result.failures > 0) problems.push(`usage: ${result.failures} of ${result.requests} ingest calls failed`)
      stored += result.events
      return result.events / result.seconds
    }
    const fill = async (events) => {
      if (events > stored) await ingest({ events: events - stored, batch: 1000, ids: 'ordered' })
    }
    const bare = async () => (await counter.counted(yardstick, {
      request: createPayment, connections: CONNECTIONS, seconds: FLANK_SECONDS, label: 'usage'
    })).requestsPerSecond
    const flanked = async (measure) => {
      const before = await bare()
      const value = await measure()
      return { value, ratio: value / ((before + await bare()) / 2) }
    }
    const measureSpeed = async () => {
      for (const ids of ['ordered', 'random']) {
        progress(`usage: ingest with ${ids} ids, ${stored} events stored`)
        const before = stored
        add(`POST /events/ingest, ${ids} ids`, before, await flanked(() => ingest({ seconds: options.seconds, ids })), 'events/s')
      }
      progress(`usage: payments, ${stored} events stored`)
      add('POST /payments', stored, await flanked(async () => (await counter.counted(server, {
        request: createPayment, connections: CONNECTIONS, seconds: options.seconds, label: `usage, ${stored} events stored`
      })).requestsPerSecond), 'requests/s')
    }
    const add = (name, before, { value, ratio }, unit) => {
      const empty = samples.find((one) => one.name === name)
      samples.push({
        name, stored: before, value, ratio, unit, ...(empty === undefined ? {} : { toEmpty: ratio / empty.ratio })
      })
    }

    await counter.warmUp(yardstick, { request: createPayment, seconds: 2 })
    await counter.warmUp(server, { request: createPayment, seconds: 2 })
    await measureSpeed()
    await fill(RENEWED)
    const counted = stored
    const startedAt = performance.now()
    await ask(server, 'POST', `/_emulator/subscriptions/${subscriptionId}/renew`)
    add('a renewal over all events', counted, { value: performance.now() - startedAt }, 'ms')
    progress(`usage: fills the store to ${target} events`)
    await fill(target)
    await measureSpeed()
  })
  await yardstick.stop()
  return samples
}

async function subscribe (server) {
  const { id } = await ask(server, 'POST', '/meters', {
    name: 'Bench', event_name: 'bench.call', measurement_unit: 'calls', aggregation: { type: 'count' }
  })
  const product = await ask(server, 'POST', '/products', {
    name: 'Bench',
    tax_category: 'saas',
    price: {
      type: 'usage_based_price',
      currency: 'USD',
      fixed_price: 1000,
      payment_frequency_count: 1,
      payment_frequency_interval: 'Month',
      subscription_period_count: 1,
      subscription_period_interval: 'Year',
      meters: [{ meter_id: id, price_per_unit: '0.01' }]
    }
  })
  const sold = await ask(server, 'POST', '/subscriptions', {
    product_id: product.product_id, quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
  })
  await ask(server, 'POST', `/_emulator/payments/${sold.payment_id}/pay`, { card: '4242424242424242' })
  return sold.subscription_id
}
