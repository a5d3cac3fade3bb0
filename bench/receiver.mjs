// The webhook endpoint of the measurements, in its own process, and the runner's calls to it.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startProcess, temporaryFolder, removeFolder } from './processes.mjs'
import { freePort } from './server.mjs'

const file = fileURLToPath(new URL('servers/receiver.mjs', import.meta.url))
const POLL_MS = 10
const START_TIMEOUT_MS = 10_000

// Resolves to {url(inbox), start(inbox, {expect, hold}), release(inbox), count(inbox), completion(inbox, timeoutMs), stop()};
// see servers/receiver.mjs for inboxes.
export async function startReceiver () {
  const folder = temporaryFolder()
  const origin = `http://127.0.0.1:${await freePort()}`
  const child = startProcess(process.execPath, [file, new URL(origin).port], folder)

  const ask = async (path, method = 'POST') => (await fetch(`${origin}/${path}`, { method })).json()
  const receiver = {
    url: (inbox) => `${origin}/${inbox}`,
    start: (inbox, { expect, hold = false }) => ask(`${inbox}/start?expect=${expect}&hold=${Number(hold)}`),
    release: (inbox) => ask(`${inbox}/release`),
    count: (inbox) => ask(`${inbox}/count`, 'GET'),
    completion,
    async stop () {
      await child.stop()
      removeFolder(folder)
    }
  }
  const givesUpAt = performance.now() + START_TIMEOUT_MS
  while (await receiver.count('ready').catch(() => undefined) === undefined) {
    if (child.ended !== null || performance.now() > givesUpAt) throw new Error(`the receiver did not start:\n${child.logTail()}`)
    await sleep(POLL_MS)
  }
  return receiver

  // The count after all expected webhooks have arrived, or after the timeout.
  async function completion (inbox, timeoutMs) {
    const patience = performance.now() + timeoutMs
    for (;;) {
      const count = await receiver.count(inbox)
      if (count.seconds !== undefined || performance.now() > patience) return count
      await sleep(POLL_MS)
    }
  }
}
