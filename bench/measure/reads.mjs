// Reads: GET /payments/{payment_id} at random among the stored payments, and the first page of 10, at 32 connections, with 100,000
// payments stored (quick and guard: 10,000). Each between two runs of bare Fastify, as in throughput.mjs.
import { createPayment, listPayments } from '../payment.mjs'
import { startServer } from '../server.mjs'
import { ask } from '../shop.mjs'

const CONNECTIONS = 32
const FILL_CONNECTIONS = 64
const FLANK_SECONDS = 2
const PAGE = 100

// Resolves to samples: {round, request, requestsPerSecond, cpuUsPerRequest, ratio, cpuRatio}. `cpuRatio` is bare Fastify's
// processor time per request over the server's.
export async function measureReads ({ contestants, options, counter, guard, progress }) {
  const ours = contestants.find(({ key }) => key === 'ours')
  const samples = []
  if (ours === undefined) return samples
  const yardstick = await startServer(contestants.find(({ key }) => key === 'bare'))
  await guard(ours, () => startServer(ours), async (server) => {
    progress(`reads: stores ${options.read} payments`)
    await counter.fill(server, {
      request: createPayment, connections: FILL_CONNECTIONS, target: options.read, label: 'fill'
    })
    const requests = await requestsOf(server, options.read)
    const count = (on, request, seconds) => counter.counted(on, { request, connections: CONNECTIONS, seconds, label: 'reads' })
    for (let round = 1; round <= options.rounds; round++) {
      for (const [name, request] of requests) {
        progress(`reads, round ${round} of ${options.rounds}: ${name}`)
        const before = await count(yardstick, createPayment, FLANK_SECONDS)
        const { requestsPerSecond, cpuUsPerRequest } = await count(server, request, options.seconds)
        const after = await count(yardstick, createPayment, FLANK_SECONDS)
        const mean = (pick) => (pick(before) + pick(after)) / 2
        samples.push({
          round,
          request: name,
          requestsPerSecond,
          cpuUsPerRequest,
          ratio: requestsPerSecond / mean((one) => one.requestsPerSecond),
          cpuRatio: mean((one) => one.cpuUsPerRequest) / cpuUsPerRequest
        })
      }
    }
  })
  await yardstick.stop()
  return samples
}

async function requestsOf (server, stored) {
  const paths = []
  for (let page = 0; page * PAGE < stored; page++) {
    const { items } = await ask(server, 'GET', `/payments?page_size=${PAGE}&page_number=${page}`)
    paths.push(...items.map(({ payment_id: id }) => `/payments/${id}`))
  }
  const { headers } = listPayments
  return [
    ['GET /payments/{payment_id}', { method: 'GET', path: paths[0], paths, headers, body: null }],
    ['GET /payments, page of 10', { method: 'GET', path: '/payments?page_size=10', headers, body: null }]
  ]
}
