/** The pace of long operations beside requests, on a thread whose time and requests the test sets. */
import t from 'tap'
import { createPaces } from '../../src/sandbox/pace.js'

function createThread () {
  const thread = { ms: 1000, requests: 0 }
  const start = createPaces({ nowMs: () => thread.ms, events: () => thread.requests })
  return { thread, start }
}

t.test('slices grow while there are no requests', async t => {
  const { thread, start } = createThread()
  thread.requests = 1
  const pace = start()
  const slices = Array.from({ length: 30 }, () => {
    const ms = pace.slice() ?? NaN
    thread.ms += ms
    pace.took(ms)
    return ms
  })
  t.equal(slices[0], 2, 'the request for the operation has just arrived')
  t.equal(slices.at(-1), 32)
  t.ok(slices.every((ms, index) => ms >= (slices[index - 1] ?? 0)))
  thread.requests++
  t.equal(pace.slice(), undefined, 'a request comes first')
  thread.ms += 1
  t.equal(pace.slice(), 2, 'after a pause')
})

t.test('requests in a row wait for rare slices only', async t => {
  const { thread, start } = createThread()
  const pace = start()
  pace.took(16)
  let requests = 0
  const met: number[] = []
  for (; thread.ms < 3000; thread.ms += 0.5) {
    thread.requests++
    requests++
    const ms = pace.slice()
    if (ms === undefined) continue
    thread.ms += ms
    pace.took(ms)
    met.push(ms)
  }
  t.ok(met.length > 10, 'the operation goes on')
  t.ok(met.every(ms => ms === 32))
  t.ok(met.length < requests / 100, `${met.length} of ${requests} requests`)
})

t.test('a short operation does not wait', async t => {
  const { thread, start } = createThread()
  const pace = start()
  for (let used = 0; used < 16; used += 2) {
    thread.requests++
    t.equal(pace.slice(), 2)
    thread.ms += 2
    pace.took(2)
  }
  thread.requests++
  t.equal(pace.slice(), undefined)
  t.equal(start().slice(), 2, 'another one')
})

t.test('operations of several sandboxes share the time', async t => {
  const { thread, start } = createThread()
  const paces = Array.from({ length: 4 }, start)
  thread.ms += 60_000
  t.strictSame(paces.map(pace => pace.slice()), [8, 8, 8, 8])
  for (const pace of paces.slice(1)) pace.end()
  t.equal(paces[0]?.slice(), 32)
})
