/** The controls of the dashboard, request by request: clock, faults, data, sandboxes, and access to them. */
import t, { type Test } from 'tap'
import { contract } from '../../src/contract/load.js'
import { handlers } from '../../src/resources/all.js'
import { paymentBody } from '../helper.js'
import { CLOCK, FAULTS, DATA, SANDBOXES, HOSTILE, clockOf, faultsOf, sandboxesOf } from './controls-visitor.js'
import { partOf, problemOf, visitor, type Visitor } from './dashboard-visitor.js'

/** A payment that settles an hour later. */
async function processing (shop: Visitor, test: Test): Promise<string> {
  const { payment_id: id } = await shop.pay(paymentBody({ payment_link: true }))
  const { status, text } = await shop.call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'processing' } })
  test.equal(status, 200, text)
  return id
}

t.test('the clock', async t => {
  t.test('is shown, frozen and unfrozen', async t => {
    const shop = visitor(t)
    const before = await shop.visit(CLOCK)
    t.equal(before.status, 200)
    t.match(partOf(before, 'clock-now'), /running .*the same time .*no jobs/)
    t.notMatch(before.html, 'value="next"')
    const frozen = await shop.follow(CLOCK, 'freeze')
    t.match(partOf(frozen, 'done'), 'is frozen')
    t.match(partOf(frozen, 'clock-now'), 'frozen')
    t.equal((await clockOf(shop)).frozen, true)
    const released = await shop.follow(CLOCK, 'release')
    t.match(partOf(released, 'done'), 'is running again')
    t.equal((await clockOf(shop)).frozen, false)
  })

  t.test('moves by a preset and by a duration, and lists the jobs that ran', async t => {
    const shop = visitor(t, { settlementDelay: '1h' })
    await shop.follow(CLOCK, 'set', { now: '2026-01-31T12:00', frozen: 'yes' })
    const id = await processing(shop, t)
    const { due } = await clockOf(shop)
    t.equal(due, 1)
    t.match(partOf(await shop.visit(CLOCK), 'clock-now'), '1 job , the first')
    const minute = await shop.follow(CLOCK, 'advance', { by: '1m' })
    t.equal(partOf(minute, 'done'), 'The clock was moved forward by 1 minute. No jobs were due; 1 still scheduled.')
    t.equal((await clockOf(shop)).now, '2026-01-31T12:01:00.000000Z')
    const year = await shop.follow(CLOCK, 'advance', { by: ' 365d ' })
    t.equal(partOf(year, 'done'),
      'The clock was moved forward by 365 days. 1 job ran; no jobs are left.')
    t.equal((await shop.get<{ status: string }>(`/payments/${id}`)).status, 'succeeded')
    const idle = await shop.follow(CLOCK, 'advance', { by: '25h' })
    t.equal(partOf(idle, 'done'), 'The clock was moved forward by 1 day 1 hour. No jobs were scheduled.')
  })

  t.test('moves exactly to the next due job', async t => {
    const shop = visitor(t, { settlementDelay: '1h' })
    await shop.follow(CLOCK, 'freeze')
    await processing(shop, t)
    const { next_due_at: next } = await clockOf(shop)
    const moved = await shop.follow(CLOCK, 'next')
    t.match(partOf(moved, 'done'), /moved forward by 1 hour\. 1 job ran/)
    t.equal((await clockOf(shop)).now, next)
    t.match(partOf(await shop.follow(CLOCK, 'next'), 'done'), 'No job is scheduled')
    t.equal((await clockOf(shop)).now, next, 'it does not move')
  })

  t.test('moves beyond the expiry of every link', async t => {
    const shop = visitor(t, { linkLifetime: '90m' })
    const { payment_link: link } = await shop.pay(paymentBody({ payment_link: true }))
    t.match((await shop.visit(CLOCK)).text, 'expire 1 hour 30 minutes after')
    t.match(partOf(await shop.follow(CLOCK, 'advance', { by: 'links' }), 'done'), 'by 1 hour 31 minutes')
    t.equal((await shop.visit(new URL(link ?? '').pathname)).status, 410)
  })

  t.test('is set, even to an earlier time, and frozen there', async t => {
    const shop = visitor(t)
    const set = await shop.follow(CLOCK, 'set', { now: '2020-02-29T23:59:30', frozen: 'yes' })
    t.match(partOf(set, 'done'), 'The clock was set.')
    t.match(await clockOf(shop), { now: '2020-02-29T23:59:30.000000Z', frozen: true })
    await shop.follow(CLOCK, 'set', { now: '2031-01-01T00:00:00+01:00' })
    t.match(await clockOf(shop), { now: '2030-12-31T23:00:00.000000Z', frozen: true }, 'the offset is kept')
  })

  t.test('shows refusals at the field, with the typed values', async t => {
    const shop = visitor(t)
    await shop.follow(CLOCK, 'freeze')
    const before = await clockOf(shop)
    for (const [by, problem] of [
      ['soon', /"soon" is not a duration/], ['', /"" is not a duration/], ['-1h', /is not a duration/], ['1e3s', /is not a duration/],
      ['99999d', /must be <= 3155760000000/], [HOSTILE, /is not a duration/]
    ] as const) {
      const refused = await shop.send(CLOCK, 'advance', { by })
      t.equal(refused.status, 422, by)
      t.match(problemOf(refused, 'advance-advance_ms') ?? '', problem, by)
      t.match(refused.html, 'id="error-summary"')
      t.match(refused.text, `name="by" value="${by}"`)
      t.notMatch(refused.html, '<script>alert')
    }
    for (const now of ['yesterday', '2026-02-30T00:00', '1969-01-01T00:00:00Z', '12026-01-01T00:00', '']) {
      const refused = await shop.send(CLOCK, 'set', { now })
      t.equal(refused.status, 422, now)
      t.not(problemOf(refused, 'set-now'), null, now)
    }
    t.strictSame(await clockOf(shop), before, 'nothing was moved')
  })

  t.test('never shows text from the URL', async t => {
    const shop = visitor(t)
    for (const done of ['moved:x:1:2', 'moved:<b>', 'frozen<b>', 'constructor', '__proto__', `moved:${'9'.repeat(400)}`]) {
      t.notMatch((await shop.visit(`${CLOCK}?done=${encodeURIComponent(done)}`)).html, 'id="done"', done)
    }
    t.match(partOf(await shop.visit(`${CLOCK}?done=moved`), 'done'), 'by 0 ms. No jobs were scheduled')
  })
})

t.test('faults', async t => {
  t.test('are explained while the list is empty', async t => {
    const page = await visitor(t).visit(FAULTS)
    t.match(partOf(page, 'faults'), 'No active faults')
    t.notMatch(page.html, 'id="ask-clear"')
    t.match(page.text, 'POST /payments (', 'operations that are answered')
    const missing = contract().operations.map(({ name }) => name).filter(name => !(name in handlers))
    for (const name of missing) t.notMatch(page.text, `value="${name}"`, `not ${name}, which is not emulated`)
  })

  t.test('are added from presets, listed, deleted and cleared', async t => {
    const shop = visitor(t)
    const added = await shop.follow(FAULTS, 'preset', { preset: 'flaky', operation: 'POST *', count: '7' })
    t.match(partOf(added, 'done'), '3 faults added')
    t.match((await faultsOf(shop)).map(({ kind, preset, operation, remaining }) => [kind, preset, operation, remaining]), [
      ['error', 'flaky', 'POST *', 7], ['reset', 'flaky', 'POST *', 7], ['reset', 'flaky', 'POST *', 7]
    ])
    t.match(partOf(added, 'faults'), /Answers 500 INTERNAL_SERVER_ERROR flaky no change is made every POST 10% of calls 7 more calls 0/)
    for (const preset of ['slow', 'down', 'rate-limited', 'lost-replies', 'timeouts']) await shop.follow(FAULTS, 'preset', { preset })
    const listed = partOf(await shop.visit(FAULTS), 'faults')
    for (const words of [
      'Waits for 800 ms (median) to 5000 ms (99th percentile)', 'Answers 503', 'Answers 429 TOO_MANY_REQUESTS, retry after 1 s',
      'Resets the connection lost-replies the change is made every call every call until deleted', 'Waits for 1 minute 30 seconds'
    ]) t.match(listed, words)

    const [first] = await faultsOf(shop)
    t.match(partOf(await shop.follow(FAULTS, 'delete', { fault_id: String(first?.['fault_id']) }), 'done'), 'The fault was deleted')
    t.equal((await faultsOf(shop)).length, 7)
    const again = await shop.send(FAULTS, 'delete', { fault_id: String(first?.['fault_id']) })
    t.equal(again.status, 422)
    t.match(partOf(again, 'error-summary'), 'does not exist, or is used up')
    t.match(partOf(await shop.follow(FAULTS, 'clear'), 'faults'), 'No active faults')
    t.strictSame(await faultsOf(shop), [])
  })

  t.test('are added with every field', async t => {
    const shop = visitor(t)
    await shop.follow(FAULTS, 'add', {
      kind: 'error',
      operation: 'POST /payments',
      status: '409',
      code: 'BUSY',
      message: 'Come again',
      headers: 'retry-after: 5\n x-test :a:b ',
      when: 'after',
      delay: 'between',
      min: '10',
      max: '20',
      count: '2',
      probability: '0.5'
    })
    const delays: ReadonlyArray<readonly [Record<string, string>, unknown]> = [
      [{ kind: 'delay', delay: 'fixed', ms: '1500' }, { kind: 'delay', delay_ms: 1500 }],
      [{ kind: 'reset', when: 'after', delay: 'spread', p50: '5', p99: '50' }, { when: 'after', delay_ms: { p50: 5, p99: 50 } }],
      [{ kind: 'truncate', delay: 'list', list: '0, 0 5000' }, { kind: 'truncate', delay_ms: { list: [0, 0, 5000] } }],
      [{ kind: 'slow', bytes: '1', interval_ms: '10', delay: '', ms: '9' }, { bytes: 1, interval_ms: 10, delay_ms: null }],
      [{ kind: 'rate_limited', retry_after: '30' }, { headers: { 'retry-after': '30' } }]
    ]
    for (const [fields] of delays) await shop.follow(FAULTS, 'add', fields)
    t.match(await faultsOf(shop), [
      {
        kind: 'error',
        operation: 'POST /payments',
        status: 409,
        code: 'BUSY',
        message: 'Come again',
        when: 'after',
        delay_ms: { min: 10, max: 20 },
        remaining: 2,
        probability: 0.5
      },
      ...delays.map(([, expected]) => expected as object)
    ])
    t.match((await faultsOf(shop))[0]?.['headers'], { 'retry-after': '5', 'x-test': 'a:b' })
  })

  t.test('are refused at the field, with the typed values', async t => {
    const shop = visitor(t)
    const cases: ReadonlyArray<readonly [fields: Record<string, string>, field: string, problem: RegExp]> = [
      [{ kind: 'error', status: '200' }, 'status', />= 400/],
      [{ kind: 'error', status: 'many' }, 'status', /integer/],
      [{ kind: 'delay', status: '500', delay: 'fixed', ms: '5' }, 'status', /status applies to error, not to delay/],
      [{ kind: 'delay' }, 'delay_ms', /a delay needs delay_ms/],
      [{ kind: 'delay', delay: 'fixed', ms: '300001' }, 'delay_ms', /./],
      [{ kind: 'delay', delay: 'between', min: '9', max: '1' }, 'delay_ms', /min must not exceed/],
      [{ kind: 'delay', delay: 'list', list: '0, soon' }, 'delay_ms-list', /must be milliseconds separated by commas/],
      [{ kind: 'delay', delay: 'list' }, 'delay_ms-list', /must be milliseconds separated by commas/],
      [{ kind: 'error', operation: 'POST /nothing' }, 'operation', /does not exist/],
      [{ kind: 'error', count: '0' }, 'count', />= 1/],
      [{ kind: 'error', probability: '1.5' }, 'probability', /<= 1/],
      [{ kind: 'error', headers: 'no header' }, 'headers', /"no header" is not a header/],
      [{ kind: 'error', code: HOSTILE }, 'code', /pattern|must/],
      [{ kind: 'explode' }, 'kind', /must be/]
    ]
    for (const [fields, field, problem] of cases) {
      const refused = await shop.send(FAULTS, 'add', fields)
      t.equal(refused.status, 422, JSON.stringify(fields))
      t.match(problemOf(refused, `add-${field}`) ?? '', problem, JSON.stringify(fields))
      t.notMatch(refused.html, '<script>alert')
      if (fields['count'] !== undefined) t.match(refused.html, `name="count" value="${fields['count']}"`)
    }
    const preset = await shop.send(FAULTS, 'preset', { preset: 'worst' })
    t.equal(preset.status, 422)
    t.equal(problemOf(await shop.send(FAULTS, 'preset', { preset: 'down', count: 'x' }), 'preset-count'), 'must be integer')
    t.strictSame(await faultsOf(shop), [])
  })
})

t.test('refuses to show or change anything', async t => {
  const pages = [CLOCK, FAULTS, DATA, SANDBOXES, `${DATA}/snapshot.db?name=x`]
  const changes: ReadonlyArray<readonly [string, string]> = [
    [CLOCK, 'freeze'], [FAULTS, 'clear'], [DATA, 'reset'], [SANDBOXES, 'create']
  ]
  const post = ({ emulator }: Visitor, url: string, action: string, headers = {}) => emulator.app.inject({
    method: 'POST',
    url,
    headers: { accept: 'text/html', host: 'localhost', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams({ action, name: 'x' }).toString()
  })

  t.test('with --control off', async t => {
    const shop = visitor(t, { control: 'off' })
    for (const url of pages) {
      const { status, html } = await shop.visit(url)
      t.equal(status, 404, url)
      t.notMatch(html, '<form')
    }
    for (const [url, action] of changes) t.equal((await post(shop, url, action)).statusCode, 404, url)
  })

  t.test('under another host name, and from another site', async t => {
    const shop = visitor(t)
    for (const url of pages) {
      const { status, html } = await shop.visit(url, { host: 'evil.example' })
      t.equal(status, 403, url)
      t.notMatch(html, '<form')
    }
    for (const [url, action] of changes) {
      t.equal((await post(shop, url, action, { host: 'evil.example' })).statusCode, 403, url)
      t.equal((await post(shop, url, action, { origin: 'http://evil.example' })).statusCode, 403, url)
      t.match((await post(shop, url, action)).headers.location, /[?&]form=/, 'without a token')
    }
    t.equal((await clockOf(shop)).frozen, false)
    t.strictSame(await sandboxesOf(shop), ['default'])
  })

  t.test('without the key', async t => {
    const shop = visitor(t, { controlKey: 'secret' })
    await shop.call('POST', '/_emulator/snapshots', { body: { name: 'x' }, headers: { 'x-emulator-key': 'secret' } })
    for (const url of pages.slice(0, -1)) {
      const { status, html } = await shop.visit(url)
      t.equal(status, 401, url)
      t.match(html, 'type="password"')
      t.notMatch(html, 'name="token" value="\\w')
    }
    const file = await shop.visit(`${DATA}/snapshot.db?name=x`)
    t.equal(file.status, 303, 'to the sign-in page')
    t.equal(file.html, '')
    for (const [url, action] of changes) t.equal((await post(shop, url, action)).headers.location, url.split('?')[0], url)
    const clock = await shop.call('GET', '/_emulator/clock', { headers: { 'x-emulator-key': 'secret' } })
    t.match(clock.json, { frozen: false })
    const withKey = await shop.visit(`${DATA}/snapshot.db?name=x`, { 'x-emulator-key': 'secret' })
    t.equal(withKey.status, 200)
  })
})
