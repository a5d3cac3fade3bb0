/** Rate limits: the headers of every reply, refused calls, and the behaviour of the official client. */
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import { ANONYMOUS_TIER, createLimiter, TIERS } from '../../src/sandbox/limiter.js'
import { paymentBody, startEmulator } from '../helper.js'
import { connect, runToEnd } from '../processes.js'

/** A limiter with a clock that the test moves. */
function limited (tier: keyof typeof TIERS | 'anonymous' = 'tier-0') {
  let nowMs = 1_000_000
  const limiter = createLimiter({ now: () => nowMs * 1000 })
  const limits = tier === 'anonymous' ? ANONYMOUS_TIER : TIERS[tier]
  return {
    count: (caller = 'a') => limiter.count(caller, limits),
    /** The number of allowed calls out of `count`. */
    allowed: (calls: number, caller = 'a') => Array.from({ length: calls }, () => limiter.count(caller, limits))
      .filter(({ retryMs }) => retryMs === null).length,
    advance (ms: number) { nowMs += ms }
  }
}

t.test('sends headers', async t => {
  t.test('none without limits', async t => {
    const { call } = startEmulator(t)
    for (let n = 0; n < 300; n++) t.equal((await call('GET', '/brands')).status, 200)
    const { headers } = await call('GET', '/brands')
    t.strictSame(Object.keys(headers).filter(name => /ratelimit|retry/.test(name)), [])
  })

  t.test('on every reply, also on errors, counted for each key', async t => {
    const { call } = startEmulator(t, { rateLimit: 'tier-0' })
    const limits = async (...request: Parameters<typeof call>) => {
      const { headers } = await call(...request)
      t.match(headers['x-ratelimit-reset'], /^[1-9]\d?$/)
      return [headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['retry-after']]
    }
    t.strictSame(await limits('GET', '/payments'), ['240', '239', undefined])
    t.strictSame(await limits('POST', '/payments', { body: paymentBody() }), ['240', '238', undefined])
    t.strictSame(await limits('POST', '/payments', { body: {} }), ['240', '237', undefined])
    t.strictSame(await limits('GET', '/payments/none'), ['240', '236', undefined])
    t.strictSame(await limits('GET', '/payments', { key: 'other' }), ['240', '239', undefined])
    t.strictSame(await limits('GET', '/payments', { key: null }), ['100', '99', undefined], 'a refused key counts by address')
    t.strictSame(await limits('GET', '/checkout/supported_countries', { key: null }), ['100', '98', undefined])
  })

  t.test('for each tier', async t => {
    for (const [tier, limit] of [['tier-0', '240'], ['tier-1', '1000'], ['tier-2', '5000']] as const) {
      const { call } = startEmulator(t, { rateLimit: tier })
      t.equal((await call('GET', '/brands')).headers['x-ratelimit-limit'], limit)
    }
  })
})

t.test('refuses', async t => {
  t.test('the first call over the limit of a second, and stores nothing', async t => {
    const { call, stored, emulator } = startEmulator(t, { rateLimit: 'tier-0' })
    emulator.sandbox.limiter = createLimiter({ now: () => 1_000_000 }) // // however long the calls take
    for (let n = 0; n < 40; n++) t.equal((await call('POST', '/payments', { body: paymentBody() })).status, 200)
    t.equal(stored()['payments'], 40)
    const { status, json, headers } = await call('POST', '/payments', { body: paymentBody() })
    t.equal(status, 429)
    t.match(json, { code: 'TOO_MANY_REQUESTS', message: /^Too many requests \(this API key may call 40 times a second and 240 times a/ })
    t.equal(headers['retry-after'], '1')
    t.equal(stored()['payments'], 40)
    t.equal((await call('GET', '/brands', { key: 'other' })).status, 200)
    t.equal((await call('GET', '/_emulator/health')).status, 200)
    t.equal((await call('GET', '/openapi.json')).status, 200)
  })

  t.test('calls without a valid key, too: guessing keys is limited', async t => {
    const { call } = startEmulator(t, { rateLimit: 'tier-2', apiKeys: 'right' })
    const statuses = new Set<number>()
    for (let n = 0; n < 101; n++) statuses.add((await call('GET', '/brands', { key: `wrong${n}` })).status)
    t.strictSame(statuses, new Set([401, 429]))
    t.equal((await call('GET', '/brands', { key: 'right' })).status, 200)
  })

  t.test('when either window is used up', async t => {
    const { allowed, count, advance } = limited()
    t.equal(allowed(50), 40)
    t.match(count(), { retryMs: 1000, remaining: 200 })
    advance(999)
    t.match(count(), { retryMs: 1 })
    advance(1)
    for (let second = 1; second < 6; second++) {
      t.equal(allowed(50), 40)
      advance(1000)
    }
    t.match(count(), { limit: 240, remaining: 0, retryMs: 54_000, resetMs: 54_000 }, 'the minute is used up')
    advance(53_999)
    t.equal(allowed(1), 0)
    t.equal(allowed(1, 'b'), 1)
    advance(1)
    t.equal(allowed(50), 40, 'refused calls do not count')
    t.equal(limited('tier-1').allowed(2000), 100)
    t.equal(limited('tier-2').allowed(2000), 500)
    t.equal(limited('anonymous').allowed(2000), 20)
  })

  t.test('no caller longer than a clock that is set back takes', async t => {
    const { allowed, advance } = limited()
    t.equal(allowed(50), 40)
    advance(-3_600_000)
    t.equal(allowed(50), 40)
  })

  t.test('limits the number of remembered callers', async t => {
    const { allowed } = limited()
    t.equal(allowed(41, 'first'), 40)
    for (let n = 0; n < 1000; n++) allowed(1, `caller ${n}`)
    t.equal(allowed(1, 'first'), 1, 'the first caller was forgotten')
  })

  t.test('an unknown tier', async t => {
    const { code, stderr } = await runToEnd(t, ['start', '--port', '0', '--rate-limit', 'tier-9'])
    t.equal(code, 2)
    t.match(stderr, '--rate-limit: must be off, tier-0 or tier-1 or tier-2, not "tier-9"')
  })
})

t.test('works with the official client', async t => {
  /** Uses up the second with cheap requests. */
  async function exhaust (test: Test, url: string): Promise<void> {
    const { get } = connect(test, url, 20)
    const statuses = await Promise.all(Array.from({ length: 60 }, () => get('/brands')))
    test.ok(statuses.some(({ status }) => status === 429))
  }

  t.test('which waits as long as the header says, then succeeds', async t => {
    const { emulator } = startEmulator(t, { rateLimit: 'tier-0' })
    const { url } = await emulator.listen()
    const client = (maxRetries: number) => new DodoPayments({ bearerToken: 'test', baseURL: url, maxRetries })
    let stoppedAt: number | null = Date.now() // // does not move until the second is used up and the client was refused
    let offset = 0
    emulator.sandbox.limiter = createLimiter({ now: () => (stoppedAt ?? Date.now() + offset) * 1000 })
    await exhaust(t, url)
    const error: unknown = await client(0).brands.list().then(() => null, reason => reason)
    t.ok(error instanceof DodoPayments.RateLimitError)
    t.match(error, { status: 429, error: { code: 'TOO_MANY_REQUESTS' } })
    offset = stoppedAt - Date.now()
    stoppedAt = null
    const { items } = await client(2).brands.list()
    t.ok(items.length > 0)
  })
})
