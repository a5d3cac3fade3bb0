/** Credit entitlements: creating, changing, deleting and undeleting them, and every refusal. */
import t from 'tap'
import type { ErrorCode } from '../../src/errors.js'
import { openCreditShop, type Entitlement } from './credit-calls.js'

const PLAIN = { name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false }
const OVERAGE = { overage_enabled: true, price_per_unit: '0.5', currency: 'USD' as const }

t.test('answers', async t => {
  const shop = openCreditShop(t)
  const { call, get } = shop

  t.test('creates a credit entitlement with defaults', async t => {
    const created = await shop.entitlement()
    t.match(created.id, /^cde_[0-9A-Za-z]{21}$/)
    t.strictSame(created, {
      id: created.id,
      business_id: 'bus_emulator',
      name: 'Tokens',
      unit: 'token',
      precision: 0,
      description: null,
      expires_after_days: null,
      rollover_enabled: false,
      rollover_percentage: null,
      rollover_timeframe_count: null,
      rollover_timeframe_interval: null,
      max_rollover_count: null,
      overage_enabled: false,
      overage_limit: null,
      overage_behavior: 'forgive_at_reset',
      price_per_unit: null,
      currency: null,
      created_at: '2026-02-01T00:00:00.000000Z',
      updated_at: '2026-02-01T00:00:00.000000Z'
    })
    t.strictSame(await get(`/credit-entitlements/${created.id}`), created)
  })

  t.test('changes fields: null clears a field, and absent fields stay', async t => {
    const { id } = await shop.entitlement({
      name: 'Minutes',
      precision: 2,
      description: 'Of calls',
      ...OVERAGE,
      overage_limit: 50,
      overage_behavior: 'carry_deficit',
      rollover_enabled: true,
      rollover_percentage: 75,
      rollover_timeframe_count: 1,
      rollover_timeframe_interval: 'Month',
      max_rollover_count: 0,
      expires_after_days: 30
    })
    await shop.moveTo('2026-02-02T00:00:00Z')
    const change = async (body: object) => {
      const { status, text } = await call('PATCH', `/credit-entitlements/${id}`, { body })
      t.equal(status, 200)
      t.equal(text, '')
      return await get<Entitlement>(`/credit-entitlements/${id}`)
    }
    t.match(await change({ unit: 'min' }), {
      name: 'Minutes',
      unit: 'min',
      overage_limit: 50,
      price_per_unit: '0.5',
      rollover_percentage: 75,
      created_at: '2026-02-01T00:00:00.000000Z',
      updated_at: '2026-02-02T00:00:00.000000Z'
    })
    t.match(await change({
      description: null,
      overage_limit: null,
      overage_behavior: null,
      max_rollover_count: null,
      expires_after_days: null,
      rollover_timeframe_count: null,
      rollover_timeframe_interval: null,
      rollover_percentage: null,
      name: null,
      unit: null
    }), {
      name: 'Minutes',
      unit: 'min',
      description: null,
      overage_limit: null,
      overage_behavior: 'forgive_at_reset',
      max_rollover_count: null,
      expires_after_days: null,
      rollover_timeframe_count: null,
      rollover_percentage: null,
      overage_enabled: true,
      rollover_enabled: true
    })
    t.match(await change({ overage_enabled: false, price_per_unit: null, currency: null }), { overage_enabled: false, price_per_unit: null })
    t.match(await change({ name: 'Minutes' }), { name: 'Minutes' }, 'its own name is free')
  })

  t.test('deletes and restores a credit entitlement', async t => {
    const { id } = await shop.entitlement({ name: 'Old' })
    t.match(await call('DELETE', `/credit-entitlements/${id}`), { status: 200, text: '' })
    t.match(await shop.refusal('GET', `/credit-entitlements/${id}`), { status: 404, code: 'NOT_FOUND' })
    t.match(await shop.refusal('PATCH', `/credit-entitlements/${id}`, { unit: 'x' }), { status: 404, code: 'NOT_FOUND' })
    t.match(await shop.refusal('DELETE', `/credit-entitlements/${id}`), { status: 410, code: 'CREDIT_ENTITLEMENT_IS_DELETED' })
    const ids = async (query: string) =>
      (await get<{ items: Entitlement[] }>(`/credit-entitlements?${query}`)).items.map(({ name }) => name)
    t.strictSame(await ids(''), ['Minutes', 'Tokens'], 'newest first')
    t.strictSame(await ids('deleted=true'), ['Old'])
    t.strictSame(await ids('page_size=1&page_number=1'), ['Tokens'])
    t.match(await call('POST', `/credit-entitlements/${id}/undelete`), { status: 200, text: '' })
    t.match(await call('POST', `/credit-entitlements/${id}/undelete`), { status: 200 }, 'nothing to do')
    t.strictSame(await ids(''), ['Old', 'Minutes', 'Tokens'])
  })

  t.test('the name of a deleted credit entitlement is free until it is restored', async t => {
    const { id } = await shop.entitlement({ name: 'Again' })
    await call('DELETE', `/credit-entitlements/${id}`)
    await shop.entitlement({ name: 'Again' })
    t.match(await shop.refusal('POST', `/credit-entitlements/${id}/undelete`), { status: 422, code: 'CREDIT_ENTITLEMENT_NAME_ALREADY_EXISTS' })
  })
})

t.test('refuses', async t => {
  const shop = openCreditShop(t)
  const { id } = await shop.entitlement({ precision: 2 })
  const BODY = 'INVALID_REQUEST_BODY'
  const PARAMETERS = 'INVALID_REQUEST_PARAMETERS'
  const cases: Array<[change: object, code: ErrorCode, message: RegExp]> = [
    [{ name: '' }, BODY, /name must not be empty/],
    [{ name: 'n'.repeat(256) }, BODY, /name must be at most 255/],
    [{ name: 'Tokens' }, 'CREDIT_ENTITLEMENT_NAME_ALREADY_EXISTS', /already exists/],
    [{ unit: '' }, BODY, /unit must not be empty/],
    [{ unit: 'u'.repeat(51) }, BODY, /at most 50/],
    [{ description: 'd'.repeat(1001) }, BODY, /at most 1000/],
    [{ rollover_percentage: 101 }, BODY, /from 0 to 100/],
    [{ rollover_percentage: -1 }, BODY, /from 0 to 100/],
    [{ rollover_timeframe_count: 0, rollover_timeframe_interval: 'Day' }, BODY, /from 1/],
    [{ rollover_timeframe_count: 1 }, PARAMETERS, /go together/],
    [{ rollover_timeframe_interval: 'Day' }, PARAMETERS, /go together/],
    [{ max_rollover_count: -1 }, BODY, /from 0/],
    [{ expires_after_days: 0 }, BODY, /from 1/],
    [{ overage_enabled: true }, PARAMETERS, /needs price_per_unit/],
    [{ price_per_unit: '1' }, PARAMETERS, /needs currency/],
    [{ ...OVERAGE, price_per_unit: '0' }, BODY, /above 0/],
    [{ ...OVERAGE, price_per_unit: 'free' }, BODY, /decimal/],
    [{ ...OVERAGE, price_per_unit: '123456' }, BODY, /5 digits/],
    [{ ...OVERAGE, price_per_unit: '0.1234567890123' }, BODY, /12 after/],
    [{ ...OVERAGE, overage_limit: -1 }, BODY, /0 or more/],
    [{ overage_behavior: 'explode' }, BODY, /./]
  ]
  for (const [change, code, message] of cases) {
    t.match(await shop.refusal('POST', '/credit-entitlements', { ...PLAIN, name: 'New', ...change }), { status: 422, code, message })
    if ('name' in change && change.name === 'Tokens') continue
    t.match(await shop.refusal('PATCH', `/credit-entitlements/${id}`, change), { status: 422, code, message })
  }
  for (const precision of [-1, 11]) {
    t.match(await shop.refusal('POST', '/credit-entitlements', { ...PLAIN, precision }), { status: 422, code: BODY, message: /0 to 10/ })
  }
  for (const field of Object.keys(PLAIN)) {
    t.match(await shop.refusal('POST', '/credit-entitlements', { ...PLAIN, [field]: undefined }), { status: 422, code: BODY })
  }
  await shop.entitlement({ name: 'Other' })
  t.match(await shop.refusal('PATCH', `/credit-entitlements/${id}`, { name: 'Other' }), { status: 422, code: 'CREDIT_ENTITLEMENT_NAME_ALREADY_EXISTS' })
  t.match(await shop.refusal('GET', '/credit-entitlements?page_size=101'), { status: 422, code: 'INVALID_QUERY_PARAMS' })
  for (const [method, path, body] of [['GET', ''], ['PATCH', '', {}], ['DELETE', ''], ['POST', '/undelete']] as const) {
    t.match(await shop.refusal(method, `/credit-entitlements/cde_x${path}`, body), { status: 404, code: 'NOT_FOUND', message: /no credit entitlement cde_x/ })
  }
})
