// Waiting times of a test: a further start(), the first request to a new sandbox, a reset to the fixtures; and the memory of a
// thousand sandboxes. Each round is one process (clients/tester.mjs).
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../contestants.mjs'
import { runToEnd } from '../processes.mjs'
import { median } from '../statistics.mjs'

const INDEX = join(root, 'dist', 'index.js')
const TESTER = fileURLToPath(new URL('../clients/tester.mjs', import.meta.url))
const STARTS = 11
const RESETS = 50
const LAST = 100

// Resolves to samples, one for each round: {round, sandboxes, firstStartMs, nextStartMs, firstRequestMs, lastRequestMs,
// secondRequestMs, resetMs, memoryMb}. Times are medians, and the memory is that of one sandbox.
export async function measureSandboxes ({ contestants, options, progress, problems }) {
  const samples = []
  if (!contestants.some(({ key }) => key === 'ours')) return samples
  for (let round = 1; round <= options.rounds; round++) {
    progress(`sandboxes, round ${round} of ${options.rounds}`)
    try {
      const output = await runToEnd(process.execPath, [TESTER, INDEX, STARTS, options.sandboxes, RESETS].map(String))
      samples.push({ round, ...figures(JSON.parse(output)) })
    } catch (error) {
      problems.push(`sandboxes, round ${round}: ${error.message}`)
    }
  }
  return samples
}

function figures ({ times, memory: { beforeMb, afterMb, sandboxes } }) {
  return {
    sandboxes,
    firstStartMs: median(times.firstStart),
    nextStartMs: median(times.nextStart),
    firstRequestMs: median(times.firstRequest),
    lastRequestMs: median(times.firstRequest.slice(-LAST)),
    secondRequestMs: median(times.secondRequest),
    resetMs: median(times.reset),
    memoryMb: (afterMb - beforeMb) / sandboxes
  }
}
