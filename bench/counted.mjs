// A counted run: load on one server for some seconds, with the CPU time that the server uses. Every
// failure is reported, and makes the suite end with an error.
import { cpuTimeUs } from './processes.mjs'
import { askOnce } from './server.mjs'

const WARM_UP_CONNECTIONS = 8

// `generator` makes load; `problems` collects failures.
export function createCounter ({ generator, problems }) {
  return { counted, warmUp, fill }

  async function counted (server, { request, connections, seconds, label }) {
    server.assertAlive()
    const cpuBeforeUs = cpuTimeUs(server.pid)
    const result = await generator.load({ url: server.url, request, connections, seconds })
    const cpuUs = cpuBeforeUs === undefined ? undefined : cpuTimeUs(server.pid) - cpuBeforeUs
    await drain(server, request)
    complain(server, result, `${connections} connections${label ? `, ${label}` : ''}`)
    return {
      ...result,
      cpuUsPerRequest: cpuUs === undefined ? undefined : cpuUs / result.requests
    }
  }

  // The load generator ends with replies outstanding, which a slow server would handle during the next
  // count. One more request waits for them.
  async function drain (server, request) {
    const reply = await askOnce(server.url, request)
    server.assertAlive()
    if (reply?.status !== 200) {
      problems.push(`${server.contestant.name} after a count: ` +
        (reply ? `status ${reply.status}` : 'no reply'))
    }
  }

  async function warmUp (server, { request, seconds }) {
    await counted(server, { request, connections: WARM_UP_CONNECTIONS, seconds, label: 'warm-up' })
  }

  // Sends requests until about `target` are answered, and returns their number. The last run is shorter
  // than a second, so that the excess is a few per cent at most.
  async function fill (server, { request, connections, target, label }) {
    let total = 0
    let seconds = 1
    while (total < target) {
      const sample = await counted(server, { request, connections, seconds, label })
      if (sample.requests === 0) throw new Error(`${server.contestant.name}: no reply (${label})`)
      total += sample.requests - sample.non2xx
      const neededSeconds = (target - total) / sample.requestsPerSecond
      seconds = neededSeconds < 1
        ? Math.max(0.2, neededSeconds + 0.05)
        : Math.min(20, Math.floor(neededSeconds))
    }
    return total
  }

  function complain (server, result, where) {
    const { non2xx, socketErrors, requests } = result
    if (requests === 0) problems.push(`${server.contestant.name}, ${where}: no reply at all`)
    if (non2xx > 0) {
      problems.push(`${server.contestant.name}, ${where}: ${non2xx} of ${requests} replies non-2xx`)
    }
    const kinds = Object.entries(socketErrors).filter(([, count]) => count > 0)
    if (kinds.length > 0) {
      const counts = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')
      problems.push(`${server.contestant.name}, ${where}: socket errors: ${counts} ` +
        `(${requests} replies)`)
    }
  }
}
