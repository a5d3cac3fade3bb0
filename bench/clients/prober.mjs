// Compares the latency of one request on several servers: a closed loop that switches servers every few milliseconds, so that a
// disturbance of the machine affects all of them. Measures in microseconds and needs no load generator.
//   node prober.mjs JOB     JOB is JSON: {urls, request, connections, sliceMs, slices}
// Prints JSON: for each URL {requests, failed, p50Us, p99Us}. The first slice of each is a warm-up and does not count.
import { Agent, request as httpRequest } from 'node:http'

const { urls, request, connections, sliceMs, slices } = JSON.parse(process.argv[2])
const { method, path, headers, body } = request

const targets = urls.map((url) => ({
  url: new URL(path, url), agent: new Agent({ keepAlive: true, maxSockets: connections }), latenciesUs: [], failed: 0
}))

function ask ({ url, agent }) {
  return new Promise((resolve) => {
    const sent = httpRequest(url, {
      method, agent, headers: { ...headers, ...(body !== null && { 'content-length': Buffer.byteLength(body) }) }
    }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode)).on('error', () => resolve(0))
    })
    sent.on('error', () => resolve(0))
    sent.end(body ?? undefined)
  })
}

async function slice (target, isCounted) {
  const endsAt = performance.now() + sliceMs
  await Promise.all(Array.from({ length: connections }, async () => {
    while (performance.now() < endsAt) {
      const before = performance.now()
      const status = await ask(target)
      if (isCounted) target.latenciesUs.push((performance.now() - before) * 1e3)
      if (status !== 200) target.failed++
    }
  }))
}

for (let round = 0; round <= slices; round++) {
  for (let place = 0; place < targets.length; place++) {
    await slice(targets[(round + place) % targets.length], round > 0)
  }
}

console.log(JSON.stringify(targets.map(({ latenciesUs, failed }) => {
  const sorted = Float64Array.from(latenciesUs).sort()
  const percentile = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  return { requests: sorted.length, failed, p50Us: percentile(0.5), p99Us: percentile(0.99) }
})))
process.exit()
