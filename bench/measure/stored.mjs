// Speed with much stored data: POST /payments and the first page of GET /payments with 0, 100,000 and
// 1,000,000 payments stored, at 32 connections, as ratios to the empty store of the same round. Each
// size runs between two runs of bare Fastify, as in throughput.mjs, and is compared by its ratio to
// them, so that variations of the machine do not count.
import { cpSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createPayment, listPayments } from '../payment.mjs'
import { removeFolder, runToEnd, temporaryFolder } from '../processes.mjs'
import { startServer } from '../server.mjs'
import { rotate } from '../statistics.mjs'

const CONNECTIONS = 32
const FILL_CONNECTIONS = 64
const FLANK_SECONDS = 2
const LONGEST_RUN_SECONDS = 3
const REQUESTS = [['GET /payments', listPayments], ['POST /payments', createPayment]]

// Resolves to samples: {size, storedBefore, request, round, requestsPerSecond, ratio, toEmpty?,...}
export async function measureStored (suite) {
  const { contestants, options, counter, guard, progress, problems } = suite
  const bare = contestants.find(({ key }) => key === 'bare')
  const ours = contestants.find(({ key }) => key === 'ours')
  const seconds = Math.min(LONGEST_RUN_SECONDS, options.seconds)
  const flankSeconds = Math.min(FLANK_SECONDS, options.seconds)
  const samples = []
  if (ours === undefined) return samples

  const stores = await prepareStores()
  if (stores === undefined) return samples
  // Filling leaves hundreds of megabytes of dirty pages, which the kernel would write during the run.
  await runToEnd('sync', [])
  for (let round = 1; round <= options.rounds; round++) {
    const yardstick = await startServer(bare)
    await counter.warmUp(yardstick, { request: createPayment, seconds: flankSeconds })
    for (const store of rotate(stores, round - 1)) {
      progress(`stored, round ${round} of ${options.rounds}: ${store.size} payments`)
      await runWithStore(store, round, yardstick)
    }
    await yardstick.stop()
  }
  for (const store of stores) removeFolder(store.folder)
  compareToEmpty(samples)
  return samples

  // Fills one database over HTTP, on many connections, and keeps a copy at each size.
  async function prepareStores () {
    const folder = temporaryFolder()
    const prepared = []
    let stored = 0
    for (const [index, size] of options.stored.entries()) {
      let complete = false
      if (size > 0) {
        progress(`stored: fills the store to ${size} payments`)
        await guard(ours, () => startServer(ours, { folder }), async (server) => {
          stored += 1 + await counter.fill(server, {
            request: createPayment,
            connections: FILL_CONNECTIONS,
            target: size - stored,
            label: `fill to ${size}`
          })
          complete = true
        })
        if (!complete) return undefined
      }
      const isLast = index === options.stored.length - 1
      const kept = isLast ? folder : temporaryFolder()
      if (!isLast) cpSync(folder, kept, { recursive: true })
      prepared.push({ size, stored, folder: kept, inPlace: isLast && size > 0 })
    }
    return prepared
  }

  // Every round begins with a copy of the store. The largest is used in place and grows a little, because
  // copying it would take longer than measuring.
  async function runWithStore (store, round, yardstick) {
    const folder = store.inPlace ? store.folder : temporaryFolder()
    if (!store.inPlace) {
      cpSync(store.folder, folder, { recursive: true })
      await runToEnd('sync', [])
    }
    let storedNow = store.stored
    await guard(ours, () => startServer(ours, { folder }), async (server) => {
      // Create first, so that the first page is full even in the empty store.
      storedNow += 1 + await counter.fill(server, {
        request: createPayment, connections: 8, target: 5000, label: 'warm-up'
      })
      await counter.warmUp(server, { request: listPayments, seconds: 1 })
      for (const [name, request] of REQUESTS) {
        const before = await yardstickRun(yardstick, round)
        const sample = await counter.counted(server, {
          request, connections: CONNECTIONS, seconds, label: `${store.size} stored, round ${round}`
        })
        const after = await yardstickRun(yardstick, round)
        samples.push({
          size: store.size,
          storedBefore: storedNow,
          request: name,
          round,
          ...sample,
          ratio: sample.requestsPerSecond / ((before + after) / 2)
        })
        if (request === createPayment) storedNow += sample.requests
      }
    })
    if (store.inPlace) store.stored = storedNow
    store.fileMb ??= statSync(join(folder, 'bench.db')).size / 1e6
    if (!store.inPlace) removeFolder(folder)
  }

  async function yardstickRun (yardstick, round) {
    const sample = await counter.counted(yardstick, {
      request: createPayment,
      connections: CONNECTIONS,
      seconds: flankSeconds,
      label: `stored, round ${round}`
    })
    return sample.requestsPerSecond
  }

  function compareToEmpty (all) {
    for (const sample of all) {
      const empty = all.find((other) => other.size === 0 && other.round === sample.round &&
        other.request === sample.request)
      if (empty === undefined) {
        if (options.stored.includes(0)) problems.push('stored: no run with the empty store')
        continue
      }
      sample.toEmpty = sample.ratio / empty.ratio
      sample.cpuToEmpty = sample.cpuUsPerRequest / empty.cpuUsPerRequest // NaN where processor time can't be read
    }
  }
}
