// Cold start: from the start of the process to the first payment answered with 200, in a fresh
// folder, with the files in the page cache. The starts of all servers are interleaved.
import { startServer } from '../server.mjs'
import { rotate } from '../statistics.mjs'

// Resolves to samples: {server, coldStartMs}.
export async function measureStart ({ contestants, options, guard, progress }) {
  const samples = []
  for (let start = 1; start <= options.starts; start++) {
    progress(`cold start ${start} of ${options.starts}`)
    for (const contestant of rotate(contestants, start - 1)) {
      await guard(contestant, () => startServer(contestant), (server) => {
        samples.push({ server: contestant.key, coldStartMs: server.coldStartMs })
      })
    }
  }
  return samples
}
