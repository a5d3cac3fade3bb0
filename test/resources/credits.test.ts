/** Balances of credits: manual entries, grants, the ledger, expiry, and their events. */
import t from 'tap'
import type { ErrorCode } from '../../src/errors.js'
import { openCreditShop, type Entry } from './credit-calls.js'

const OVERAGE = { overage_enabled: true, price_per_unit: '2', currency: 'USD' as const }

t.test('answers', async t => {
  t.test('books credits and debits, and uses the oldest grant first', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement({ precision: 2 })
    t.match(await shop.refusal('GET', `/credit-entitlements/${id}/balances/cus_ada`), { status: 404 }, 'no transaction yet')
    t.strictSame([await shop.grants(id), await shop.ledger(id)], [[], []])
    const first = await shop.book(id, 'credit', '100', { reason: 'welcome', metadata: { campaign: 'spring' } })
    t.match(first, { id: /^cle_/, grant_id: /^cgr_/, entry_type: 'credit', is_credit: true, balance_before: '0', balance_after: '100' })
    t.match(first, { amount: '100', reason: 'welcome', metadata: { campaign: 'spring' } })
    await shop.moveTo('2026-02-02T00:00:00Z')
    const second = await shop.book(id, 'credit', '500.50', { expires_at: '2026-03-01T00:00:00Z' })
    t.match(second, { amount: '500.5', balance_after: '600.5' })
    const debit = await shop.book(id, 'debit', '150')
    t.match(debit, { is_credit: false, entry_type: 'debit', balance_before: '600.5', balance_after: '450.5', grant_id: null, reason: null })
    const balance = await shop.balance(id)
    t.match(balance, { id: /^ccb_/, customer_id: 'cus_ada', credit_entitlement_id: id, balance: '450.5', overage: '0' })
    t.match(balance, { created_at: '2026-02-01T00:00:00.000000Z', last_transaction_at: '2026-02-02T00:00:00.000000Z' })
    const grants = await shop.grants(id)
    t.match(grants, [
      { id: second.grant_id, initial_amount: '500.5', remaining_amount: '450.5', expires_at: '2026-03-01T00:00:00.000000Z' },
      { id: first.grant_id, initial_amount: '100', remaining_amount: '0', expires_at: null, metadata: { campaign: 'spring' } }
    ], 'K13')
    t.match(grants[0], { source_type: 'api', source_id: null, rollover_count: 0, is_expired: false, is_rolled_over: false })
    t.strictSame((await shop.grants(id, '&status=depleted')).map(({ id }) => id), [first.grant_id])
    t.strictSame((await shop.grants(id, '&status=active')).map(({ id }) => id), [second.grant_id])
  })

  t.test('sends an event for each entry', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement()
    const { id: entryId, grant_id: grantId } = await shop.book(id, 'credit', '100', { reason: 'welcome' })
    await shop.book(id, 'debit', '30')
    const events = shop.creditEvents()
    t.strictSame(events.map(({ type }) => type), Array(2).fill('credit.manual_adjustment'))
    t.strictSame(events.map(({ data }) => data).reverse(), await shop.ledger(id), 'as in the ledger')
    t.strictSame(events[0]?.data, {
      id: entryId,
      business_id: 'bus_emulator',
      brand_id: 'bus_emulator',
      customer_id: 'cus_ada',
      credit_entitlement_id: id,
      grant_id: grantId,
      transaction_type: 'manual_adjustment',
      is_credit: true,
      amount: '100',
      balance_before: '0',
      balance_after: '100',
      overage_before: '0',
      overage_after: '0',
      reference_type: 'api',
      reference_id: null,
      description: 'welcome',
      metadata: {},
      created_at: '2026-02-01T00:00:00.000000Z'
    })
  })

  t.test('filters the ledger', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement()
    for (const day of [1, 2, 3]) {
      await shop.moveTo(`2026-02-0${day}T12:00:00Z`)
      await shop.book(id, 'credit', `${day}`, day === 1 ? { expires_at: '2026-02-03T00:00:00Z' } : {})
    }
    const amounts = async (query: string) => (await shop.ledger(id, query)).map(({ amount, is_credit: isCredit }) => isCredit ? amount : `-${amount}`)
    t.strictSame(await amounts(''), ['3', '-1', '2', '1'])
    t.strictSame(await amounts('&transaction_type=manual_adjustment'), ['3', '2', '1'])
    t.strictSame(await amounts('&transaction_type=credit_expired'), ['-1'])
    t.strictSame(await amounts('&transaction_type=auto_top_up'), [])
    t.strictSame(await amounts('&start_date=2026-02-02T12:00:00Z'), ['3', '-1', '2'], 'inclusive')
    t.strictSame(await amounts('&end_date=2026-02-02T12:00:00Z'), ['2', '1'], 'inclusive')
    t.strictSame(await amounts('&start_date=2026-02-02T00:00:00Z&end_date=2026-02-03T00:00:00Z&transaction_type=manual_adjustment'), ['2'])
    t.strictSame((await shop.get<{ items: Entry[] }>(`/credit-entitlements/${id}/balances/cus_ada/ledger?page_size=2&page_number=1`)).items.map(({ amount }) => amount), ['2', '1'])
  })

  t.test('lists the balances of an entitlement and of a customer', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement({ description: 'For prompts' })
    const other = await shop.entitlement({ name: 'Minutes', unit: 'min' })
    await shop.book(id, 'credit', '5')
    await shop.book(other.id, 'credit', '7')
    t.equal((await shop.call('POST', `/credit-entitlements/${id}/balances/cus_asha/ledger-entries`, { body: { entry_type: 'credit', amount: '9' } })).status, 201)
    const balances = async (query = '') => (await shop.get<{ items: Array<{ customer_id: string, balance: string }> }>(
      `/credit-entitlements/${id}/balances${query}`)).items.map(({ customer_id: customer, balance }) => `${customer} ${balance}`)
    t.strictSame(await balances(), ['cus_asha 9', 'cus_ada 5'], 'newest first')
    t.strictSame(await balances('?customer_id=cus_ada'), ['cus_ada 5'])
    t.strictSame(await balances('?customer_id=cus_x'), [])
    t.strictSame(await shop.get('/customers/cus_ada/credit-entitlements'), {
      items: [
        { credit_entitlement_id: id, name: 'Tokens', unit: 'token', description: 'For prompts', balance: '5', overage: '0' },
        { credit_entitlement_id: other.id, name: 'Minutes', unit: 'min', description: null, balance: '7', overage: '0' }
      ]
    })
    t.strictSame(await shop.get('/customers/cus_grace/credit-entitlements'), { items: [] })
  })

  t.test('with overage, a debit beyond the balance is a single entry', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement({ ...OVERAGE, overage_limit: 50 })
    await shop.book(id, 'credit', '100')
    t.match(await shop.book(id, 'debit', '130'), { amount: '130', balance_before: '100', balance_after: '0', overage_before: '0', overage_after: '30', grant_id: null })
    t.match(await shop.refusal('POST', `/credit-entitlements/${id}/balances/cus_ada/ledger-entries`, { entry_type: 'debit', amount: '25' }),
      { status: 400, code: 'OVERAGE_LIMIT_EXCEEDED', message: /55.*50/ }, 'K14')
    t.match(await shop.book(id, 'debit', '20'), { overage_after: '50' }, 'up to the limit')
    t.match(await shop.book(id, 'credit', '1000'), { balance_after: '1000', overage_after: '50' }, 'K10')
  })

  t.test('new credits repay a deficit first', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement({ ...OVERAGE, overage_behavior: 'carry_deficit_auto_repay' })
    await shop.book(id, 'debit', '30')
    t.match(await shop.book(id, 'credit', '1000'), { amount: '1000', balance_after: '1000', overage_after: '30' })
    t.match(await shop.balance(id), { balance: '970', overage: '0' }, 'K11')
    t.strictSame(shop.changes(), ['manual_adjustment 30', 'manual_adjustment 1000', 'deducted 30'])
    t.match((await shop.grants(id))[0], { initial_amount: '1000', remaining_amount: '970' })
  })

  t.test('the unused credits of a grant expire at its expiry', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement()
    const { grant_id: grantId } = await shop.book(id, 'credit', '100', { expires_at: '2026-02-10T00:00:00Z' })
    await shop.book(id, 'credit', '50', { expires_at: '2026-02-11T00:00:00+01:00' })
    await shop.book(id, 'debit', '25')
    await shop.moveTo('2026-02-09T23:59:59Z')
    t.match(await shop.balance(id), { balance: '125' })
    await shop.moveTo('2026-02-20T00:00:00Z')
    t.match(await shop.balance(id), { balance: '0', last_transaction_at: '2026-02-10T23:00:00.000000Z' })
    t.match(await shop.ledger(id, '&transaction_type=credit_expired'), [
      { amount: '50', balance_before: '50', balance_after: '0', created_at: '2026-02-10T23:00:00.000000Z' },
      { amount: '75', is_credit: false, balance_before: '125', balance_after: '50', grant_id: grantId, created_at: '2026-02-10T00:00:00.000000Z' }
    ])
    t.match(await shop.grants(id, '&status=expired'), [{ is_expired: true, remaining_amount: '0' }, { is_expired: true, remaining_amount: '0' }])
    t.strictSame(shop.changes(), ['manual_adjustment 100', 'manual_adjustment 50', 'manual_adjustment 25', 'expired 75', 'expired 50'])
  })

  t.test('sends credit_added and credit_deducted for entries if the business has this setting', async t => {
    const shop = openCreditShop(t)
    await shop.call('PATCH', '/_emulator/settings', { body: { credit_manual_type: 'split' } })
    const { id } = await shop.entitlement()
    await shop.book(id, 'credit', '3')
    await shop.book(id, 'debit', '1')
    t.strictSame(shop.changes(), ['added 3', 'deducted 1'])
  })

  t.test('calculates amounts beyond 64 bits exactly', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement({ precision: 10 })
    await shop.book(id, 'credit', '9999999999.9999999999')
    t.match(await shop.book(id, 'credit', '0.0000000001'), { balance_after: '10000000000' })
    t.match(await shop.book(id, 'debit', '9999999999.9999999998'), { balance_after: '0.0000000002' })
  })

  t.test('the balance of a deleted entitlement can be read and debited', async t => {
    const shop = openCreditShop(t)
    const { id } = await shop.entitlement()
    await shop.book(id, 'credit', '3')
    await shop.call('DELETE', `/credit-entitlements/${id}`)
    t.match(await shop.book(id, 'debit', '1'), { balance_after: '2' })
    t.match(await shop.balance(id), { balance: '2' })
    t.match(await shop.refusal('POST', `/credit-entitlements/${id}/balances/cus_ada/ledger-entries`, { entry_type: 'credit', amount: '1' }),
      { status: 422, code: 'CREDIT_ENTITLEMENT_IS_DELETED' })
  })
})

t.test('refuses', async t => {
  const shop = openCreditShop(t)
  const { id } = await shop.entitlement({ precision: 2 })
  await shop.book(id, 'credit', '10', { idempotency_key: 'k1' })
  const url = `/credit-entitlements/${id}/balances/cus_ada/ledger-entries`
  const PARAMETERS = 'INVALID_REQUEST_PARAMETERS'
  const cases: Array<[body: object, status: number, code: ErrorCode, message: RegExp]> = [
    [{ amount: '0' }, 400, PARAMETERS, /above 0/],
    [{ amount: '-1' }, 400, PARAMETERS, /above 0/],
    [{ amount: '1.234' }, 400, PARAMETERS, /at most 2 decimals/],
    [{ amount: '10000000000' }, 400, PARAMETERS, /below 10000000000/],
    [{ amount: '1e3' }, 400, PARAMETERS, /decimal/],
    [{ amount: '' }, 400, PARAMETERS, /decimal/],
    [{ amount: 5 }, 422, 'INVALID_REQUEST_BODY', /amount/],
    [{ amount: undefined }, 422, 'INVALID_REQUEST_BODY', /amount/],
    [{ entry_type: 'gift' }, 422, 'INVALID_REQUEST_BODY', /entry_type/],
    [{ entry_type: 'debit', amount: '10.01' }, 400, PARAMETERS, /insufficient balance/],
    [{ expires_at: '2026-02-01T00:00:00Z' }, 400, PARAMETERS, /expires_at must be after/],
    [{ expires_at: 'tomorrow' }, 422, 'INVALID_REQUEST_BODY', /expires_at/],
    [{ idempotency_key: 'k1' }, 409, PARAMETERS, /k1 was used/],
    [{ idempotency_key: 'k1', amount: '99', entry_type: 'debit' }, 409, PARAMETERS, /k1 was used/],
    [{ idempotency_key: '' }, 422, PARAMETERS, /1 to 255/],
    [{ reason: 'r'.repeat(3001) }, 422, PARAMETERS, /3000/],
    [{ metadata: { nested: {} } }, 422, 'INVALID_REQUEST_BODY', /metadata/]
  ]
  for (const [body, status, code, message] of cases) {
    t.match(await shop.refusal('POST', url, { entry_type: 'credit', amount: '1', ...body }), { status, code, message })
  }
  const repeated = await shop.call('POST', url, { body: { entry_type: 'credit', amount: '1', idempotency_key: 'k1' } })
  t.equal(repeated.headers['x-should-retry'], 'false', 'the official clients do not retry it')
  t.match(await shop.balance(id), { balance: '10' })

  const other = await shop.entitlement({ name: 'Other' })
  t.match(await shop.book(other.id, 'credit', '1', { idempotency_key: 'k1' }), { balance_after: '1' }, 'a key belongs to one balance')

  for (const path of ['', '/grants', '/ledger']) {
    t.match(await shop.refusal('GET', `/credit-entitlements/cde_x/balances/cus_ada${path}`), { status: 404, code: 'NOT_FOUND', message: /cde_x/ })
    t.match(await shop.refusal('GET', `/credit-entitlements/${id}/balances/cus_x${path}`), { status: 404, code: 'NOT_FOUND', message: /cus_x/ })
  }
  t.match(await shop.refusal('GET', '/credit-entitlements/cde_x/balances'), { status: 404, code: 'NOT_FOUND' })
  t.match(await shop.refusal('GET', '/customers/cus_x/credit-entitlements'), { status: 404, code: 'NOT_FOUND' })
  t.match(await shop.refusal('POST', '/credit-entitlements/cde_x/balances/cus_ada/ledger-entries', { entry_type: 'credit', amount: '1' }), { status: 404 })
  for (const query of ['status=lost', 'page_size=101']) {
    t.match(await shop.refusal('GET', `/credit-entitlements/${id}/balances/cus_ada/grants?${query}`), { status: 422, code: 'INVALID_QUERY_PARAMS' })
  }
  for (const query of ['transaction_type=gift', 'start_date=soon', 'end_date=soon']) {
    t.match(await shop.refusal('GET', `/credit-entitlements/${id}/balances/cus_ada/ledger?${query}`), { status: 422, code: 'INVALID_QUERY_PARAMS' })
  }
})
