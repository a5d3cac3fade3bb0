// Resident memory of the process tree: idle (after the first payment, when the start has settled),
// and after 100,000 payments at 32 connections.
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMb } from '../processes.mjs'
import { startServer } from '../server.mjs'
import { createPayment } from '../payment.mjs'

const PAYMENTS = 100_000
const CONNECTIONS = 32
const SETTLE_MS = 2000

// Resolves to samples: {server, idleMb, loadedMb, payments}; empty without /proc.
export async function measureMemory ({ contestants, counter, guard, progress }) {
  const samples = []
  if (residentMb(process.pid) === undefined) return samples
  for (const contestant of contestants) {
    progress(`memory: ${contestant.name}`)
    await guard(contestant, () => startServer(contestant), async (server) => {
      await sleep(SETTLE_MS)
      const idleMb = residentMb(server.pid)
      const payments = await counter.fill(server, {
        request: createPayment, connections: CONNECTIONS, target: PAYMENTS, label: 'memory'
      })
      await sleep(SETTLE_MS)
      samples.push({ server: contestant.key, idleMb, loadedMb: residentMb(server.pid), payments })
    })
  }
  return samples
}
