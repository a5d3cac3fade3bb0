/** How a user finds the reason for a refused call, and for a failed webhook, in real Chromium. */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { freePort } from '../processes.js'
import { startReceiver, status } from '../receiver.js'
import { CHECKED, checkDashboardPage, checkPage, skip, surfer } from './chromium.js'

const { open, started } = surfer()

async function refused (): Promise<void> {
  await started().call('POST', '/payments', {
    body: { ...paymentBody(), product_cart: [{ product_id: 'pdt_ebook', quantity: -1 }], payement_link: true }
  })
}

t.test('shows why a call got a 422', { skip }, async t => {
  const page = await open(t, '/dashboard/requests', { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByText('No calls yet').waitFor()
  await page.locator('#live-state[data-state=live]').waitFor()
  await refused()
  const row = page.locator('#calls tbody tr')
  await row.getByText('product_cart[0].quantity').waitFor() // // it has appeared by itself, with the reason
  await row.getByRole('link', { name: 'POST /payments' }).click()
  await page.getByText('Sent: -1').waitFor()
  t.match(await page.locator('.js #ignored').innerText(), 'payement_link')
  await page.locator('.js').getByRole('button', { name: 'Copy curl command' }).click()
  await page.getByRole('status').filter({ hasText: /^Copied$/ }).waitFor({ state: 'attached' })
  t.match(await page.evaluate<string>('navigator.clipboard.readText()'), /^curl -X POST http:\/\/127\.0\.0\.1:\d+\/payments/)

  await page.locator('.crumb a').click()
  await page.locator('.js #filter-status').selectOption('2xx')
  await page.getByText('No matching calls').waitFor()
  t.match(page.url(), 'status=2xx')
  await page.locator('#clear-filters').click()
  await page.locator('.js #ask-clear summary').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear the log' }).click()
  await page.getByText('No calls yet').waitFor()
})

t.test('shows why a webhook failed', { skip }, async t => {
  const page = await open(t, '/dashboard/webhooks')
  await page.getByRole('link', { name: 'Add it here' }).click()
  await page.getByLabel('URL').fill('nowhere')
  await page.keyboard.press('Enter')
  await page.locator('#add-url-problem').getByText('url must be an absolute http or https URL').waitFor()
  const receiver = await startReceiver(t, status(500))
  await page.getByLabel('URL').fill(receiver.url)
  await page.getByRole('button', { name: 'Add endpoint' }).click()

  await page.getByRole('button', { name: 'Reveal key' }).click()
  t.match(await page.locator('.js').getByTestId('webhook-key').innerText(), /^whsec_/)
  await page.getByRole('link', { name: 'Hide key' }).click()
  t.equal(await page.getByTestId('webhook-key').count(), 0)

  await page.locator('.heading').getByRole('link', { name: 'Send sample' }).click()
  await page.getByLabel('Event').selectOption('payment.failed')
  await page.getByRole('button', { name: 'Send sample' }).click()
  await page.locator('#sent-to').getByText('HTTP 500').waitFor() // // its outcome has appeared by itself
  await page.locator('#sent-to tbody a').first().click()
  await page.getByText('The program failed while processing the event').waitFor()
  const before = receiver.received.length
  await page.getByRole('button', { name: 'Retry now' }).click()
  await page.locator('#try-2').waitFor()
  t.equal(receiver.received.length, before + 1)

  await page.goto(new URL('/dashboard/webhooks', page.url()).href)
  await page.locator('#endpoints tbody a').first().click()
  await page.locator('.js #ask-delete summary').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete endpoint' }).click()
  await page.getByText('No endpoints yet').waitFor()
})

t.test('every page is accessible, in light and dark, wide and narrow', { skip }, async t => {
  const { call, get } = started()
  await refused()
  const { json } = await call('POST', '/webhooks', { body: { url: `http://127.0.0.1:${await freePort()}/hook`, description: 'The shop' } })
  const { id } = json as { id: string }
  await call('POST', '/_emulator/deliveries/faults', { body: { kind: 'duplicate' } })
  await call('POST', '/_emulator/events/trigger', { body: { type: 'payment.failed' } })
  await get('/_emulator/idle')
  const first = async (list: string, key: string) => {
    const { items: [item] } = await get<{ items: Array<Record<string, string>> }>(`/_emulator/${list}`)
    return item?.[key] ?? ''
  }
  const paths = [
    'requests', `requests/${await first('requests?status=4xx', 'request_id')}`,
    'webhooks', 'webhooks/new', `webhooks/${id}`, `webhooks/${id}/edit`, 'webhooks/events',
    `webhooks/events/${await first('events', 'event_id')}`, 'webhooks/deliveries',
    `webhooks/deliveries/${await first('deliveries', 'delivery_id')}`, 'webhooks/sample', 'webhooks/faults'
  ]
  // The pages that look different on narrow screens; the others consist of the same parts.
  const narrow = paths.filter((_path, index) => [0, 1, 4, 9].includes(index))
  const page = await open(t, '/dashboard/requests', CHECKED)
  for (const path of paths.filter(path => !narrow.includes(path))) {
    await page.goto(new URL(`/dashboard/${path}`, page.url()).href)
    await checkPage(t, page, path)
  }
  for (const path of narrow) await checkDashboardPage(t, page, path)
})
