/** The controls of the dashboard in Chromium: by mouse and keyboard, live, with questions, without scripts, accessible. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { paymentBody } from '../helper.js'
import { CHECKED, checkDashboardPage, skip, skipVariant, surfer } from './chromium.js'

const { started, open } = surfer()
const PAGES = ['', '/faults', '/data', '/sandboxes'].map(path => `controls${path}`)

t.test('is accessible', { skip }, async t => {
  const { call } = started()
  await call('POST', '/_emulator/faults', { body: { preset: 'flaky' } })
  await call('POST', '/_emulator/snapshots', { body: { name: 'before checkout' } })
  await call('POST', '/_emulator/sandboxes', { body: { name: 'alice' } })
  const page = await open(t, '/dashboard/controls', CHECKED)
  for (const path of PAGES) await checkDashboardPage(t, page, path)
  await call('POST', '/_emulator/reset')
})

t.test('follows a clock that another client moves', { skip: skipVariant }, async t => {
  const { call } = started()
  const page = await open(t, '/dashboard/controls')
  await page.locator('#live-state[data-state=live]').waitFor()
  await page.getByLabel('Duration').fill('25h')
  await call('POST', '/_emulator/clock', { body: { now: '2040-05-06T07:08:09Z', frozen: true } })
  await page.getByTestId('clock-state').getByText('frozen').waitFor()
  t.match(await page.locator('.big-clock').innerText(), '2040-05-06 07:08:09')
  t.equal(await page.getByLabel('Duration').inputValue(), '25h', 'typed text remains')

  await page.getByLabel('Duration').press('Enter')
  await page.locator('#done').waitFor()
  t.match(await page.locator('.js .big-clock').innerText(), '2040-05-07 08:08:09')
  await page.getByRole('button', { name: 'Unfreeze' }).click()
  await page.getByTestId('clock-state').getByText('running').waitFor()
})

t.test('shows the fields of a fault by its kind, and problems at them', { skip }, async t => {
  const { get } = started()
  const page = await open(t, '/dashboard/controls/faults')
  const form = page.locator('#form-add')
  await form.getByLabel('Effect').selectOption('slow')
  t.equal(await form.getByLabel('Status').isVisible(), false)
  await form.getByLabel('Bytes per chunk').fill('0')
  await form.getByLabel('Delay').selectOption('between')
  await form.getByLabel('Minimum, in ms').fill('10')
  await form.getByLabel('Maximum, in ms').fill('20')
  await form.getByRole('button', { name: 'Add fault' }).click()
  await page.locator('#error-summary').waitFor()
  t.match(await page.locator('.js #add-bytes-problem').innerText(), 'must be >= 1')
  t.equal(await form.getByLabel('Maximum, in ms').inputValue(), '20')
  await page.locator('#error-summary').getByRole('link').click()
  await form.getByLabel('Bytes per chunk').fill('8')
  await form.getByRole('button', { name: 'Add fault' }).click()
  await page.locator('#done').waitFor()
  t.match(await get('/_emulator/faults'), { items: [{ kind: 'slow', bytes: 8, delay_ms: { min: 10, max: 20 } }] })

  await page.locator('.js #ask-clear > summary').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click()
  t.match(await get('/_emulator/faults'), { items: [{ kind: 'slow' }] }, 'nothing else was done')
  await page.locator('.js #ask-clear > summary').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click()
  await page.getByText('No active faults').waitFor()
  t.strictSame(await get('/_emulator/faults'), { items: [] })
})

t.test('resets data, and says so on the page of a deleted item', { skip }, async t => {
  const { pay, get } = started()
  const page = await open(t, '/dashboard/controls/data')
  await page.getByLabel('Name').fill('before')
  await page.getByRole('button', { name: 'Take snapshot' }).click()
  await page.locator('#row-before').waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#row-before').getByRole('link', { name: 'Download' }).click()])
  t.equal(download.suggestedFilename(), 'before.db')
  t.equal(readFileSync(await download.path()).subarray(0, 15).toString(), 'SQLite format 3')

  const { payment_id: id } = await pay(paymentBody())
  const other = await open(t, `/dashboard/payments/${id}`)
  await other.locator('#live-state[data-state=live]').waitFor()
  await page.locator('.js #restore-before > summary').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.locator('#done').waitFor()
  t.strictSame(await get('/payments'), { items: [] })
  await other.locator('#not-found').waitFor()
  await other.getByRole('link', { name: 'Go to the overview' }).click()
  await other.locator('#latest').waitFor()

  await page.locator('#load-file').setInputFiles({
    name: 'shop.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from('customers:\n  - { customer_id: cus_new, name: Neu, email: new@example.com }\n')
  })
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.locator('#done').waitFor()
  t.match(await get('/customers/cus_new'), { name: 'Neu' })
})

t.test('works without scripts, including confirmations', { skip }, async t => {
  const { call, get } = started()
  await call('POST', '/_emulator/sandboxes', { body: { name: 'bob' } })
  const page = await open(t, '/dashboard/controls/sandboxes', { javaScriptEnabled: false })
  await page.locator('#ask-delete-bob > summary').click()
  t.match(await page.locator('#ask-delete-bob').innerText(), 'Delete the sandbox bob')
  await page.locator('#ask-delete-bob .question').getByRole('button', { name: 'Delete' }).click()
  await page.locator('#done').waitFor()
  t.notMatch(await get('/_emulator/sandboxes'), { items: [{}, { name: 'bob' }] })
  await page.getByLabel('Name', { exact: true }).fill('carol')
  await page.keyboard.press('Enter')
  await page.locator('#row-carol').getByRole('link', { name: 'Switch' }).click()
  await page.waitForURL(/\/~carol\/$/)
  t.match(await page.getByTestId('sandbox').innerText(), /^Sandbox\s+carol$/)
})
