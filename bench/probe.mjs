// Runs clients/prober.mjs: latencies of one request to several servers, compared within the same seconds.
import { fileURLToPath } from 'node:url'
import { runToEnd } from './processes.mjs'

const file = fileURLToPath(new URL('clients/prober.mjs', import.meta.url))

// Resolves to {requests, failed, p50Us, p99Us} for each server. Every reply other than 200 is a problem.
export async function probe (servers, { request, connections = 1, sliceMs, slices, label, problems }) {
  const job = { urls: servers.map(({ url }) => url), request, connections, sliceMs, slices }
  const results = JSON.parse(await runToEnd(process.execPath, [file, JSON.stringify(job)]))
  for (const [place, { requests, failed }] of results.entries()) {
    const { contestant, assertAlive } = servers[place]
    assertAlive()
    if (failed > 0 || requests === 0) problems.push(`${contestant.name}, ${label}: ${failed} of ${requests} replies were not 200`)
  }
  return results
}
