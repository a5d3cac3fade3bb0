/** Disputes, the balance and payouts in the dashboard. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { SPAIN, openBank, sold, type Bank } from '../resources/dispute-calls.js'

const headers = { accept: 'text/html' }

async function read (bank: Bank, path: string): Promise<string> {
  const { statusCode, payload } = await bank.emulator.app.inject({ method: 'GET', url: path, headers })
  if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${payload.slice(0, 200)}`)
  return payload
}

/** Sends the form of an action. Returns the path that follows. */
async function submit (bank: Bank, path: string, action: string, fields: Record<string, string>): Promise<string> {
  const text = await read(bank, path)
  const token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const { statusCode, headers: answered, payload } = await bank.emulator.app.inject({
    method: 'POST',
    url: path,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ token, action, ...fields }).toString()
  })
  if (statusCode !== 303) return `${statusCode} ${payload}`
  const location = String(answered['location'])
  if (!location.includes('?form=')) return location
  const refused = await bank.emulator.app.inject({ method: 'GET', url: location, headers })
  return `${refused.statusCode} ${refused.payload}`
}

t.test('disputes', async t => {
  const bank = await openBank(t)
  const headers = { accept: 'text/html' }
  const page = async (path: string) => (await bank.call('GET', `/dashboard/disputes${path}`, { headers })).text
  t.match(await page(''), 'No disputes yet')
  const paymentId = await bank.paid()
  const { text: payment } = await bank.call('GET', `/dashboard/payments/${paymentId}`, { headers: { accept: 'text/html' } })
  t.match(payment, /id="open-dispute"/)
  t.match(await page(`/new?payment_id=${paymentId}`), `value="${paymentId}"`)
  const dispute = await bank.dispute(paymentId, { amount: 123 })
  const text = await page('')
  t.match(text, `row-${dispute.dispute_id}`)
  t.match(text, '1.23')
  t.notMatch(await page('?dispute_status=dispute_won'), `row-${dispute.dispute_id}`)
  const buttons = async () =>
    [...(await page(`/${dispute.dispute_id}`)).matchAll(/name="status" value="(\w+)"/g)].map(([, status]) => status)
  t.strictSame(await buttons(), ['challenged', 'accepted', 'won', 'lost', 'cancelled', 'expired', 'opened'])
  await bank.settle(dispute.dispute_id, 'won')
  t.strictSame(await buttons(), ['opened'])
  await bank.settle(dispute.dispute_id, 'opened')
  await bank.settle(dispute.dispute_id, 'lost')
  t.match(await page(`/${dispute.dispute_id}`), 'The dispute has ended.')
})

t.test('opens a dispute, and shows what is wrong with the form', async t => {
  const bank = await openBank(t)
  const paymentId = await bank.paid()
  t.match(await submit(bank, '/dashboard/disputes/new', 'open', { payment_id: paymentId, amount: '99999', stage: 'dispute' }),
    /^422 .*amount must be at most/s)
  const to = await submit(bank, '/dashboard/disputes/new', 'open', {
    payment_id: paymentId, amount: '1.50', stage: 'dispute', reason: 'duplicate'
  })
  t.match(to, /\/dashboard\/disputes\/dp_\w+\?done=opened/)
  const { items: [dispute] } = await bank.get<{ items: Array<Schemas['ListDisputeResponse']> }>('/disputes')
  t.match(dispute, { amount: '150' })
  t.match(await read(bank, to), 'The dispute was opened.')
  t.match(await submit(bank, `/dashboard/disputes/${dispute?.dispute_id}`, 'settle', { status: 'won' }), /done=settled/)
  t.match(await read(bank, `/dashboard/payments/${paymentId}`), new RegExp(`/dashboard/disputes/${dispute?.dispute_id}`))
})

t.test('the balance', async t => {
  const bank = await openBank(t)
  t.match(await read(bank, '/dashboard/ledger'), 'No entries yet')
  await bank.change({ 'ledger.currencies': ['EUR'] })
  const paymentId = await sold(bank, SPAIN)
  const text = await read(bank, '/dashboard/ledger')
  t.match(text, /data-testid="balance">\$46\.27/)
  t.match(text, /<svg viewBox="[^"]+"[^>]* role="img" aria-labelledby="chart-title">/)
  t.match(text, '1 January 2030')
  t.match(text, `/dashboard/payments/${paymentId}`)
  t.match(await submit(bank, '/dashboard/ledger', 'book', { event_type: 'adjustment', amount: '2.5', currency: 'EUR', is_credit: 'false' }),
    /done=booked/)
  t.match(await read(bank, '/dashboard/ledger?currency=EUR'), /data-testid="balance">−€2\.50/)
  t.match(await submit(bank, '/dashboard/ledger', 'book', { event_type: 'adjustment', amount: 'x', currency: 'EUR' }), /^422 /)
  t.match(await read(bank, `/dashboard/payments/${paymentId}`), /id="fee">Fee: 4% base/)
})

t.test('payouts', async t => {
  const bank = await openBank(t)
  t.match(await read(bank, '/dashboard/payouts'), 'No payouts')
  await bank.done('POST', '/_emulator/ledger/entries', { event_type: 'adjustment', amount: 10_000 })
  t.match(await submit(bank, '/dashboard/payouts', 'create', { currency: 'USD', amount: '500', status: 'not_initiated' }), /^422 /)
  const to = await submit(bank, '/dashboard/payouts', 'create', { currency: 'USD', amount: '', status: 'not_initiated', name: 'Mine' })
  t.match(to, /\/dashboard\/payouts\/pyt_\w+\?done=created/)
  const path = to.split('?')[0] ?? ''
  const text = await read(bank, path)
  t.match(text, '$95.00')
  t.match(text, 'unattributed')
  const actions = async () => [...(await read(bank, path)).matchAll(/name="status" value="(\w+)"/g)].map(([, status]) => status)
  t.strictSame(await actions(), ['in_progress', 'on_hold', 'failed'])
  t.match(await submit(bank, path, 'settle', { status: 'failed' }), /done=settled/)
  t.match(await read(bank, path), 'This payout pays out no entries')
  t.strictSame(await actions(), ['in_progress', 'success'])
  const { payload } = await bank.emulator.app.inject({ method: 'GET', url: `${path}/entries.csv` })
  t.match(payload, /^Ledger ID,/)
  t.match(await read(bank, '/dashboard/payouts'), 'Mine')
})
