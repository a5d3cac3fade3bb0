/** The fixtures file with disputes and payouts in each state. */
import t from 'tap'
import { start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'

t.test('money.yaml', async t => {
  const emulator = await start({ fixtures: packagePath('fixtures', 'examples', 'money.yaml') })
  t.teardown(() => emulator.close())
  const list = async <Item>(path: string) => (await emulator.request<{ items: Item[] }>('GET', `${path}?page_size=100`)).items
  const disputes = await list<{ dispute_id: string, dispute_status: string, dispute_stage: string }>('/disputes')
  t.strictSame(Object.fromEntries(disputes.map(({ dispute_id: id, dispute_status: status }) => [id, status])), {
    dp_opened: 'dispute_opened',
    dp_challenged: 'dispute_challenged',
    dp_accepted: 'dispute_accepted',
    dp_cancelled: 'dispute_cancelled',
    dp_expired: 'dispute_expired',
    dp_won: 'dispute_won',
    dp_lost: 'dispute_lost',
    dp_rdr: 'dispute_lost',
    dp_inquiry: 'dispute_opened'
  })
  const payouts = await list<{ payout_id: string, status: string }>('/payouts')
  t.strictSame(payouts.map(({ payout_id: id, status }) => `${id} ${status}`), [
    'pyt_new not_initiated', 'pyt_held on_hold', 'pyt_paid success', 'pyt_failed failed'
  ])
  const [wallet] = await emulator.balances()
  const [latest] = await list<{ after_balance: number }>('/balances/ledger')
  t.equal(wallet?.balance, latest?.after_balance)
})
