// Speed of POST /payments with 1 and 32 connections. Every run of a contestant is between two runs of
// bare Fastify, and its ratio is to their mean, because the speed of the machine changes from minute
// to minute.
import { startServer } from '../server.mjs'
import { rotate } from '../statistics.mjs'
import { createPayment } from '../payment.mjs'

const CONNECTIONS = [1, 32]
// Without one connection: on machines with other work its ratio is a third of that on an idle one.
const GUARDED_CONNECTIONS = [32]
const BARE_WARM_UP_SECONDS = 2

// Resolves to samples: {server, connections, round, requestsPerSecond, ratio?, ...}.
export async function measureThroughput ({ contestants, options, counter, guard, progress }) {
  const [bare, ...others] = contestants
  const isGuarded = options.guard || options.baseline
  const warmUpSeconds = options.quick && !isGuarded ? 1 : 3
  const numbersOfConnections = isGuarded ? GUARDED_CONNECTIONS : CONNECTIONS
  const flankSeconds = Math.ceil(options.seconds / 2)
  const samples = []

  for (let round = 1; round <= options.rounds; round++) {
    const yardstick = await startServer(bare)
    const yardstickRun = async (connections, seconds) => {
      const sample = await count(yardstick, connections, seconds, round)
      return sample.requestsPerSecond
    }
    await counter.warmUp(yardstick, { request: createPayment, seconds: BARE_WARM_UP_SECONDS })
    if (others.length === 0) {
      for (const connections of numbersOfConnections) await yardstickRun(connections, options.seconds)
    }
    for (const contestant of rotate(others, round - 1)) {
      progress(`throughput, round ${round} of ${options.rounds}: ${contestant.name}`)
      await guard(contestant, () => startServer(contestant), async (server) => {
        await counter.warmUp(server, { request: createPayment, seconds: warmUpSeconds })
        for (const connections of numbersOfConnections) {
          const before = await yardstickRun(connections, flankSeconds)
          const sample = await count(server, connections, options.seconds, round)
          const after = await yardstickRun(connections, flankSeconds)
          sample.ratio = sample.requestsPerSecond / ((before + after) / 2)
        }
      })
    }
    await yardstick.stop()
  }
  return samples

  async function count (server, connections, seconds, round) {
    const label = `round ${round}`
    const result = await counter.counted(server, {
      request: createPayment, connections, seconds, label
    })
    const sample = { server: server.contestant.key, connections, round, ...result }
    samples.push(sample)
    return sample
  }
}
