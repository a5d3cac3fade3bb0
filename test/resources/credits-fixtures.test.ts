/** Credit entitlements and ledger entries of fixtures files. */
import t from 'tap'
import type { FixturesFile } from '../../src/fixtures/document.js'
import type { Schemas } from '../../src/contract/operations.js'
import { start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'

t.test('the example: a plan and a pack, with rollover and overage', async t => {
  const emulator = await start({ fixtures: packagePath('fixtures', 'examples', 'credits.yaml') })
  t.teardown(emulator.close)
  const read = async <Json> (path: string) => await emulator.request<Json>('GET', path)
  t.match(await read('/customers/cus_ada/credit-entitlements'), {
    items: [
      { credit_entitlement_id: 'cde_tokens', unit: 'token', balance: '150', overage: '0' },
      { credit_entitlement_id: 'cde_minutes', unit: 'minute', balance: '132.5', overage: '0' }
    ]
  })
  const { items } = await read<{ items: Array<Required<Schemas['CreditLedgerEntryResponse']>> }>(
    '/credit-entitlements/cde_tokens/balances/cus_ada/ledger')
  t.strictSame(items.reverse().map(({ transaction_type: type, amount, created_at: at }) => `${at.slice(0, 10)} ${type} ${amount}`), [
    '2026-02-01 credit_added 1000',
    '2026-02-10 manual_adjustment 800',
    '2026-03-01 credit_rolled_over 150',
    '2026-03-01 credit_expired 50',
    '2026-03-01 credit_added 1000',
    '2026-03-05 manual_adjustment 1000'
  ])
})

t.test('refusals name the place in the file', async t => {
  const plain = { name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false }
  const refused = async (fixtures: FixturesFile, message: RegExp) =>
    await t.rejects(start({ fixtures }), { message })
  await refused({ credit_entitlements: [{ ...plain, overage_enabled: true }] }, /credit_entitlements\[0\]\.price_per_unit/)
  await refused({ credit_entitlements: [plain, { ...plain }] }, /credit_entitlements\[1\]\.name/)
  await refused({
    credit_entitlements: [{ ...plain, id: 'cde_1' }],
    credit_entries: [{ credit_entitlement_id: 'cde_2', customer_id: 'cus_1', entry_type: 'credit', amount: '1' }]
  }, /credit_entries\[0\]\.(?:credit_entitlement_id|customer_id)/)
  await refused({
    credit_entitlements: [{ ...plain, id: 'cde_1' }],
    customers: [{ customer_id: 'cus_1', name: 'One', email: 'one@example.com' }],
    credit_entries: [{ credit_entitlement_id: 'cde_1', customer_id: 'cus_1', entry_type: 'debit', amount: '1' }]
  }, /credit_entries\[0\]\.amount.*insufficient balance/)
})
