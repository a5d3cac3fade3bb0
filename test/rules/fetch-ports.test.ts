import t from 'tap'
import { isRefusedByFetch } from '../../src/rules/fetch-ports.js'

/** The error of fetch in this Node.js for a port without a listener. */
async function refusal (port: number): Promise<string> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) })
    return 'answered'
  } catch (error) {
    return String(((error as Error).cause as Error | undefined)?.message)
  }
}

t.test('lists the ports that fetch refuses', async t => {
  const refused = Array.from({ length: 65_536 }, (_, port) => port).filter(isRefusedByFetch)
  t.ok(refused.length > 75)
  for (const port of refused) t.equal(await refusal(port), 'bad port', String(port))
})

t.test('leaves out ports in common use', async t => {
  for (const port of [0, 80, 443, 3000, 4010, 5173, 6001, 8080, 8443, 10079, 10081]) t.notOk(isRefusedByFetch(port), String(port))
})
