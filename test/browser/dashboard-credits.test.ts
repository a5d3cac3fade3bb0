/** The pages of credits in Chromium: an entry by hand, the chart and its table, and the findings of axe-core. */
import t from 'tap'
import { CHECKED, checkDashboardPage, skip, surfer } from './chromium.js'

const { open, started } = surfer()

t.test('a customer is credited, and the chart shows it', { skip }, async t => {
  const { call } = started()
  const { json } = await call('POST', '/credit-entitlements', {
    body: { name: 'Tokens', unit: 'token', precision: 0, rollover_enabled: true, overage_enabled: true, price_per_unit: '1', currency: 'USD' }
  })
  const { id } = json as { id: string }
  const entry = async (type: string, amount: string) => await call('POST', `/credit-entitlements/${id}/balances/cus_ada/ledger-entries`,
    { body: { entry_type: type, amount } })
  await entry('credit', '100')
  await entry('debit', '130')
  const page = await open(t, `/dashboard/credit-entitlements/${id}/cus_ada`)
  await page.getByLabel('Amount in token').fill('60')
  await page.getByRole('button', { name: 'Book entry' }).click()
  await page.getByText('The balance was updated.').waitFor()
  await page.getByRole('img', { name: /now 60, overage 30/ }).waitFor()
  await page.getByText('Show as a table').click()
  t.equal(await page.locator('#chart-values tbody tr').count(), 3)

  const paths = ['', '/new', `/${id}`, `/${id}/edit`, `/${id}/cus_ada`]
  const checked = await open(t, '/dashboard/credit-entitlements', CHECKED)
  for (const path of paths) await checkDashboardPage(t, checked, `credit-entitlements${path}`)
})
