// Licences: POST /licenses/validate beside GET /payments/{id}, with 1,000 keys stored. The two alternate on one server, each
// between two runs of bare Fastify, so that variations of the machine do not count.
import { createPayment } from '../payment.mjs'
import { startServer } from '../server.mjs'
import { ask, many } from '../shop.mjs'

const CONNECTIONS = 32
const KEYS = 1000
const FLANK_SECONDS = 2

// Resolves to samples: {round, request, requestsPerSecond, ratio}.
export async function measureLicenses ({ contestants, options, counter, guard, progress }) {
  const ours = contestants.find(({ key }) => key === 'ours')
  const samples = []
  if (ours === undefined) return samples
  const yardstick = await startServer(contestants.find(({ key }) => key === 'bare'))
  await guard(ours, () => startServer(ours), async (server) => {
    const requests = await prepare(server)
    const count = async (on, request, seconds) => (await counter.counted(on, {
      request, connections: CONNECTIONS, seconds, label: 'licences'
    })).requestsPerSecond
    for (let round = 1; round <= options.rounds; round++) {
      for (const [name, request] of requests) {
        progress(`licences, round ${round} of ${options.rounds}: ${name}`)
        const before = await count(yardstick, createPayment, FLANK_SECONDS)
        const requestsPerSecond = await count(server, request, options.seconds)
        const after = await count(yardstick, createPayment, FLANK_SECONDS)
        samples.push({ round, request: name, requestsPerSecond, ratio: requestsPerSecond / ((before + after) / 2) })
      }
    }
  })
  await yardstick.stop()
  return samples
}

// Imports keys, activates one of them, and returns the requests to measure.
async function prepare (server) {
  await many(KEYS, CONNECTIONS, (index) => ask(server, 'POST', '/license_keys', {
    key: `KEY-${index}`, customer_id: 'cus_ada', product_id: 'pdt_license'
  }))
  const { id: instance } = await ask(server, 'POST', '/licenses/activate', { license_key: 'KEY-500', name: 'bench' })
  const { payment_id: payment } = await ask(server, 'POST', '/payments', JSON.parse(createPayment.body))
  const { 'content-type': type, ...headers } = createPayment.headers
  return [
    ['GET /payments/{id}', { method: 'GET', path: `/payments/${payment}`, headers, body: null }],
    ['POST /licenses/validate', {
      method: 'POST',
      path: '/licenses/validate',
      headers: { 'content-type': type },
      body: JSON.stringify({ license_key: 'KEY-500', license_key_instance_id: instance })
    }]
  ]
}
