// Acts as the process of a test: starts emulators in memory, opens sandboxes and resets one. Prints the duration of each step in
// milliseconds, and the memory of the sandboxes.
//   node tester.mjs INDEX_JS STARTS SANDBOXES RESETS
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { createPayment } from '../payment.mjs'

const SETTLE_MS = 1000
const SECOND_REQUESTS_EVERY = 10

const [index, starts, sandboxes, resets] = process.argv.slice(2)
const times = { firstStart: [], nextStart: [], firstRequest: [], secondRequest: [], reset: [] }

async function timed (times, action) {
  const startedAt = performance.now()
  const result = await action()
  times.push(performance.now() - startedAt)
  return result
}

async function pay ({ url }, name) {
  const { method, path, headers, body } = createPayment
  const authorization = name === undefined ? headers.authorization : `Bearer sandbox_${name}`
  const response = await fetch(url + path, { method, body, headers: { ...headers, authorization } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status} to the payment in sandbox ${name}: ${text}`)
}

// Resident memory in MB (10^6 bytes). Without /proc it uses Node's figure, because this process has no children.
function residentMb () {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024 / 1e6
  } catch {
    return process.memoryUsage.rss() / 1e6
  }
}

const first = await timed(times.firstStart, async () => {
  const { start } = await import(pathToFileURL(index))
  return { start, emulator: await start() }
})
await pay(first.emulator)
await first.emulator.close()

for (let count = 0; count < Number(starts); count++) {
  const emulator = await timed(times.nextStart, () => first.start())
  await pay(emulator)
  await emulator.close()
}

const emulator = await first.start()
await pay(emulator)
for (let count = 0; count < Number(resets); count++) {
  await pay(emulator)
  await timed(times.reset, () => emulator.reset())
}

await sleep(SETTLE_MS)
const beforeMb = residentMb()
for (let number = 1; number <= Number(sandboxes); number++) {
  await timed(times.firstRequest, () => pay(emulator, `worker-${number}`))
  if (number % SECOND_REQUESTS_EVERY === 0) await timed(times.secondRequest, () => pay(emulator, `worker-${number}`))
}
await sleep(SETTLE_MS)
const afterMb = residentMb()
await emulator.close()

console.log(JSON.stringify({ times, memory: { beforeMb, afterMb, sandboxes: Number(sandboxes) } }))
