/** Disputes, the balance and payouts of the dashboard in Chromium, and the findings of axe-core. */
import t from 'tap'
import { CHECKED, checkDashboardPage, skip, surfer } from './chromium.js'

const { open, started } = surfer()

async function paid (): Promise<string> {
  const { pay, call } = started()
  const { payment_id: id } = await pay({
    billing: { country: 'DE' }, customer: { customer_id: 'cus_grace' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 5 }]
  })
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { card: '4242424242424242' } })
  return id
}

t.test('opens a dispute of a payment, and decides it', { skip }, async t => {
  const page = await open(t, `/dashboard/payments/${await paid()}`)
  await page.getByRole('link', { name: 'Open dispute' }).click()
  await page.getByLabel('Amount').fill('1.50')
  await page.getByRole('button', { name: 'Open dispute' }).click()
  await page.getByText('The dispute was opened.').waitFor()
  await page.getByRole('button', { name: 'Decide: won' }).click()
  await page.getByText('The dispute was changed.').waitFor()
  t.match(await page.locator('.js #top').innerText(), /won/i)
})

t.test('shows the balance as a chart and as a table, and pays it out', { skip }, async t => {
  const paymentId = await paid()
  const page = await open(t, '/dashboard/ledger')
  t.ok(await page.getByRole('img', { name: /Balance in USD in the last 30 days/ }).isVisible())
  await page.getByText('Show as a table').click()
  t.equal(await page.locator('.js #chart tbody tr').count(), 30)
  await page.getByRole('link', { name: paymentId }).first().click()
  await page.waitForURL(/payments/)
  await page.goto(new URL('/dashboard/payouts', page.url()).href)
  await page.getByLabel('Pay out less than the threshold').check()
  await page.getByRole('button', { name: 'Create payout' }).click()
  await page.getByText('The payout was created.').waitFor()
  await page.getByRole('button', { name: 'Start transfer' }).click()
  await page.getByRole('button', { name: 'Succeed' }).click()
  await page.locator('#top', { hasText: /success/i }).waitFor()
})

t.test('axe-core finds nothing, and nothing overflows', { skip }, async t => {
  const { call, get } = started()
  await call('POST', `/_emulator/payments/${await paid()}/dispute`, { body: {} })
  const { items: [dispute] } = await get<{ items: Array<{ dispute_id: string }> }>('/disputes')
  const { items: [payout] } = await get<{ items: Array<{ payout_id: string }> }>('/payouts')
  const paths = [
    'disputes', 'disputes/new', `disputes/${dispute?.dispute_id ?? ''}`, 'ledger', 'payouts', `payouts/${payout?.payout_id ?? ''}`
  ]
  const page = await open(t, '/dashboard/disputes', CHECKED)
  for (const path of paths) await checkDashboardPage(t, page, path)
})
