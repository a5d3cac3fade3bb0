/** Moderation as in the real test mode: test words decide. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { startEmulator, type Refusal } from '../helper.js'

type Verdict = Required<Schemas['ModerationScreenResponse']>

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

t.test('screens', async t => {
  const { call, get } = startEmulator(t, { clock: '2026-01-31T23:59:59Z', clockFrozen: 'on' })
  const screen = async (body: object) => await call('POST', '/moderation/screen', { body })
  const verdict = async (body: object) => (await screen(body)).json as Verdict

  t.test('and allows what contains no test word', async t => {
    const { categories, ...rest } = await verdict({ text: 'how to kill a process', request_id: 'r-1' })
    t.match(rest, { decision: 'allow', triggered: [], request_id: 'r-1', passes: 1, normalized_applied: false })
    t.equal(Object.keys(categories).length, 17)
    t.ok(Object.values(categories).every(score => score === 0))
    t.match(await verdict({ text: 'x', image: PIXEL }), { decision: 'allow', passes: 2, request_id: null })
    t.match(await verdict({ image: PIXEL }), { decision: 'allow', passes: 1 })
  })

  t.test('and decides by test words', async t => {
    t.match(await verdict({ text: 'a dodo_mock_flag b' }), { decision: 'flag', triggered: ['prompt_injection'] })
    t.match(await verdict({ text: 'dodo_mock_flag dodo_mock_deny' }), { decision: 'deny' })
    t.match(await verdict({ text: 'ｄｏｄｏ_mock_deny' }), { decision: 'deny', normalized_applied: true })
    t.match(await screen({ text: 'dodo_mock_overloaded dodo_mock_deny' }), { status: 429, json: { code: 'MODERATION_OVERLOADED' } })
    t.match(await screen({ text: 'dodo_mock_not_ready' }), { status: 503, json: { code: 'MODERATION_NOT_READY' } })
  })

  t.test('and counts by day', async t => {
    t.strictSame(await get('/moderation/usage'), {
      daily: [{ date: '2026-01-31', screens: 6 }], screens_to_next_block: 0, unbilled_screens: 0
    })
    await call('POST', '/_emulator/clock', { body: { advance_ms: 1000 } })
    await verdict({ text: 'x' })
    t.match(await get('/moderation/usage'), { daily: [{ screens: 6 }, { date: '2026-02-01', screens: 1 }] })
  })

  t.test('and refuses', async t => {
    const largest = Buffer.alloc(5 * 1024 * 1024).toString('base64')
    t.equal((await screen({ image: largest })).status, 200)
    for (const [body, path] of [
      [{}, 'text'], [{ text: null, image: null }, 'text'], [{ text: '' }, 'text'], [{ text: 'x'.repeat(8001) }, 'text'],
      [{ image: '' }, 'image'], [{ image: 'data:image/png;base64,AAAA' }, 'image'], [{ image: 'AAA' }, 'image'],
      [{ image: Buffer.alloc(5 * 1024 * 1024 + 3).toString('base64') }, 'image'], [{ text: 'x', request_id: 'r'.repeat(129) }, 'request_id']
    ] as const) {
      const { status, json } = await screen(body)
      t.match([status, (json as Refusal).details?.[0]?.path], [422, path], JSON.stringify(body).slice(0, 80))
    }
  })
})
