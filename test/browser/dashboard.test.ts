/**
 * The dashboard in real Chromium: by mouse, by keyboard, without scripts, on a phone, in the dark, and while
 * other clients change data.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { paymentBody, type PaymentBody } from '../helper.js'
import { CHECKED, checkPage, checkViews, DESKTOP, PHONE, skip, skipVariant, surfer } from './chromium.js'

const { started, open } = surfer()

async function create (outcome: string | null = null, changes: Partial<PaymentBody> = {}): Promise<string> {
  const { pay, call } = started()
  const { payment_id: id } = await pay(paymentBody({ payment_link: true, metadata: { order: 'A-17' }, ...changes }))
  if (outcome !== null) await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome } })
  return id
}

const urlOf = (id: string) => `/dashboard/payments/${id}`
const statusOf = async (id: string) => (await started().get<{ status: string }>(`/payments/${id}`)).status
/** As text, because nothing here is compiled for a browser. */
const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent.trim()')

/** Sets a variable that a reload would lose. */
const mark = (page: Page) => page.evaluate('window.isMarked = true')
const checkMark = async (test: Test, page: Page) => {
  test.ok(await page.evaluate('window.isMarked'), 'and the page was not loaded again')
}

t.test('makes a payment fail', { skip }, async t => {
  const id = await create()
  const page = await open(t, '/')
  await page.getByRole('link', { name: 'Payments', exact: true }).click()
  await page.getByLabel('Search').fill('a-17')
  await page.getByLabel('Search').press('Enter')
  await page.getByRole('link', { name: id }).click()
  await page.getByLabel('Fail with error code').selectOption('INSUFFICIENT_FUNDS')
  await page.getByRole('button', { name: 'Fail', exact: true }).click()
  await page.getByText('The payment failed as requested.').waitFor()
  await page.waitForURL(new RegExp(`${urlOf(id)}$`)) // // the URL no longer holds the notice
  t.match(await page.locator('#timeline').textContent(), 'INSUFFICIENT_FUNDS')
  t.equal(await statusOf(id), 'failed')
  await page.reload()
  t.equal(await page.locator('#done').count(), 0, 'and shown once')
})

t.test('works by keyboard alone', { skip }, async t => {
  const id = await create()
  const page = await open(t, '/dashboard/payments')
  await page.keyboard.press('Tab')
  t.equal(await focused(page), 'Skip to the content')
  await page.keyboard.press('Enter')
  await page.locator('#content:focus').waitFor()
  await page.goto(new URL(urlOf(id), page.url()).href)
  await page.locator('#ask-cancel > summary').focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Cancel' })
  await dialog.waitFor()
  t.ok(await page.evaluate('document.querySelector("dialog").contains(document.activeElement)'), 'the focus is in the dialog')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  t.equal(await focused(page), 'Cancel', 'and returns to the button that opened it')
  t.equal(await statusOf(id), 'requires_payment_method')
  await page.keyboard.press('Enter')
  await page.locator('dialog button:focus').waitFor()
  t.equal(await focused(page), 'Cancel payment')
  await page.evaluate('document.querySelector("dialog").close(); document.querySelector("#ask-cancel > summary").click()')
  t.equal(await page.locator('dialog .question').count(), 1, 'a dialog can be opened before the browser reports that it was closed')
  t.equal(await page.locator('#ask-cancel .question').count(), 0)
  t.equal(await focused(page), 'Cancel payment')
  await page.keyboard.press('Enter')
  await page.getByText('The payment was cancelled.').waitFor()
  t.equal(await statusOf(id), 'cancelled')
})

t.test("shows the API's refusals at their fields", { skip }, async t => {
  const id = await create('succeeded')
  await started().call('POST', '/_emulator/clock', { body: { frozen: true } }) // // so that the refund does not settle by itself
  t.teardown(() => started().call('POST', '/_emulator/clock', { body: { frozen: false } }))
  const page = await open(t, urlOf(id))
  await page.getByText('Refund item by item').click()
  await page.getByRole('checkbox').check()
  await page.getByLabel(/^Amount of/).fill('1000')
  await page.getByRole('button', { name: 'Refund selected items' }).click()
  const summary = page.locator('.js').getByRole('alert')
  await summary.waitFor()
  t.match(await summary.textContent(), 'LINE_ITEM_REFUND_AMOUNT_TOO_HIGH')
  await page.locator('#error-summary:focus').waitFor()
  await summary.getByRole('link').click()
  await page.locator('#refund-items-items-0:focus').waitFor() // // the problem leads to its field
  t.equal(await page.getByLabel(/^Amount of/).inputValue(), '1000')
  await page.getByLabel(/^Amount of/).fill('1.50')
  await page.getByRole('button', { name: 'Refund selected items' }).click()
  await page.getByText('The refund was created.').waitFor()
  await page.getByRole('button', { name: 'Succeed' }).click()
  await page.getByText('The refund was settled.').waitFor()
})

t.test('follows changes', { skip }, async t => {
  const first = await create()
  const page = await open(t, '/dashboard/payments')
  const live = page.locator('#live-state[data-state=live]')
  await live.waitFor()
  await mark(page)
  await page.getByLabel('Search').fill('half a word')
  await page.getByText('More filters').click()
  await page.getByRole('link', { name: first }).focus()
  const second = await create('succeeded')
  await page.locator(`#row-${second}`).waitFor()
  t.equal(await focused(page), first, 'the focus remains')
  t.equal(await page.getByLabel('Search').inputValue(), 'half a word', 'typed text remains')
  t.ok(await page.getByLabel('Product').isVisible(), 'opened parts remain')
  await started().call('POST', `/_emulator/payments/${first}/pay`, { body: { outcome: 'failed' } })
  await page.locator(`#row-${first} [data-status=failed]`).waitFor()
  await checkMark(t, page)

  // Marked on the page, because its policy forbids the eval with which waitForFunction() polls a text.
  await page.evaluate(`const state = document.getElementById('live-state')
    new MutationObserver(() => { document.body.classList.add('was-' + state.dataset.state) })
      .observe(state, { attributeFilter: ['data-state'] })`)
  started().emulator.app.server.closeAllConnections()
  await page.locator('body.was-broken').waitFor()
  const missed = await create()
  await page.locator(`#row-${missed}`).waitFor()
  await live.waitFor()
  const later = await create()
  await page.locator(`#row-${later}`).waitFor()
  t.equal(await focused(page), first)
  await checkMark(t, page)
})

t.test('does not disturb a dialog while data change', { skip }, async t => {
  const id = await create()
  const page = await open(t, urlOf(id))
  await page.locator('#live-state[data-state=live]').waitFor()
  await mark(page)
  await page.getByLabel('Fail with error code').selectOption('LOST_CARD')
  await page.locator('summary', { hasText: 'Cancel' }).click()
  await page.getByRole('dialog').waitFor()
  await started().call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'failed' } })
  await started().call('POST', '/_emulator/clock', { body: { frozen: true } })
  await page.waitForTimeout(600)
  t.ok(await page.getByRole('dialog').isVisible())
  await page.getByRole('button', { name: 'Go back' }).click()
  await page.locator('#head [data-status=failed]').waitFor()
  await page.getByText('frozen').waitFor()
  t.equal(await page.getByLabel('Fail with error code').inputValue(), 'LOST_CARD')
  const stands = await page.getByTestId('clock').locator('time').textContent()
  await page.waitForTimeout(1200)
  t.equal(await page.getByTestId('clock').locator('time').textContent(), stands, 'a frozen clock does not move')
  await started().call('POST', '/_emulator/clock', { body: { frozen: false } })
  await page.getByText('frozen').waitFor({ state: 'detached' })
  await page.getByTestId('clock').getByText(stands ?? '').waitFor({ state: 'detached' })
  await checkMark(t, page)

  await page.getByRole('button', { name: `Copy ${id}` }).click()
  await page.getByRole('status').filter({ hasText: /^Copied$/ }).waitFor({ state: 'attached' })
})

t.test('fetches a slow page less often', { skip: skipVariant }, async t => {
  const page = await open(t, '/dashboard/requests')
  await page.locator('#live-state[data-state=live]').waitFor()
  const fetched: number[] = []
  await page.route('**/dashboard/requests', async route => {
    fetched.push(performance.now())
    await wait(300)
    await route.continue()
  })
  for (let change = 0; change < 8 || fetched.length < 2; change++) {
    await create()
    await page.waitForTimeout(260) // // longer than the delay until a change is announced
  }
  await page.locator('#call-list tbody tr').nth(7).waitFor()
  const apart = fetched.slice(1).map((at, index) => at - (fetched[index] ?? 0))
  t.ok(apart.every(ms => ms > 1400), `a fetch of 300 ms, then a pause four times as long: ${apart.map(Math.round).join(', ')} ms apart`)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})

t.test('keeps a refused form while data change', { skip: skipVariant }, async t => {
  const id = await create()
  await started().call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  const page = await open(t, urlOf(id))
  await page.getByText('Refund item by item').click()
  await page.locator('#form-refund-items input[name=item]').first().check()
  await page.locator('#form-refund-items input[inputmode=decimal]').first().fill('many')
  await page.locator('#form-refund-items').getByLabel('Reason').fill('Too large')
  await page.getByRole('button', { name: 'Refund selected items' }).click()
  await page.locator('#form-refund-items .problem').waitFor()
  await page.locator('#live-state[data-state=live]').waitFor()
  await started().call('POST', '/_emulator/clock', { body: { frozen: true } })
  await page.getByText('frozen').waitFor()
  await started().call('POST', '/_emulator/clock', { body: { frozen: false } })
  t.match(await page.locator('#form-refund-items .problem').textContent(), 'must be an amount of')
  t.equal(await page.locator('#form-refund-items input[inputmode=decimal]').first().inputValue(), 'many')
  t.equal(await page.locator('#form-refund-items').getByLabel('Reason').inputValue(), 'Too large')
})

t.test('says when its sandbox is deleted', { skip: skipVariant }, async t => {
  await started().call('POST', '/_emulator/sandboxes', { body: { name: 'brief' } })
  const page = await open(t, '/~brief/dashboard/payments')
  await page.locator('#live-state[data-state=live]').waitFor()
  await started().call('DELETE', '/_emulator/sandboxes/brief')
  await page.getByText('there is no sandbox brief').waitFor()
  await page.getByRole('link', { name: 'Go to the dashboard' }).click()
  await page.getByText('Sandbox default').first().waitFor()
  t.equal(new URL(page.url()).pathname.includes('~brief'), false)
})

t.test('shows long words without hiding the rest', { skip: skipVariant }, async t => {
  const email = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.example`
  await create(null, { customer: { email, name: 'N'.repeat(90) }, billing_currency: 'KWD' })
  const { json } = await started().call('POST', '/webhooks', { body: { url: `http://127.0.0.1:9/${'hook'.repeat(40)}` } })
  await create('succeeded')
  await started().emulator.app.inject({ url: `/${'x'.repeat(100)}`, headers: { authorization: 'Bearer test' } })
  for (const viewport of [DESKTOP, PHONE]) {
    const page = await open(t, '/', { viewport })
    for (const path of ['', 'dashboard/payments', 'dashboard/customers', 'dashboard/requests', 'dashboard/webhooks', 'dashboard/webhooks/deliveries']) {
      await page.goto(new URL(`/${path}`, page.url()).href)
      const hidden = await page.evaluate<string[]>(`[...document.querySelectorAll('tbody td')].filter(cell => cell.checkVisibility() &&
        cell.getBoundingClientRect().right > cell.closest('.scroll').getBoundingClientRect().right + 1).map(cell => cell.textContent)`)
      t.strictSame(hidden, [], `${path} at ${viewport.width}`)
    }
  }
  await started().call('DELETE', `/webhooks/${(json as { id: string }).id}`)
})

t.test('works without scripts', { skip }, async t => {
  const id = await create()
  const page = await open(t, urlOf(id), { javaScriptEnabled: false, viewport: PHONE })
  t.equal(await page.getByRole('button', { name: 'Go back' }).count(), 0)
  await page.locator('summary', { hasText: 'Expire now' }).click()
  await page.getByRole('button', { name: 'Expire link' }).click()
  await page.getByText('The link has expired.').waitFor()
  await page.waitForLoadState()
  t.match(await page.locator('#actions').textContent(), 'can no longer be paid')
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.locator('#counts .tile').first().waitFor()
  await page.waitForLoadState()
  t.equal(await page.locator('#counts .tile').count(), 6)
})

t.test('every page is accessible: in light and dark, on a desktop and on a phone', { skip }, async t => {
  const { call } = started()
  const long = { customer: { email: `${'long'.repeat(15)}@example.com`, name: 'W'.repeat(100) }, metadata: { key: 'x'.repeat(300) } }
  const { json } = await call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:9/hook' } })
  const open3ds = await create('requires_customer_action', long)
  const failed = await create('failed', long)
  const paid = await create('succeeded')
  await call('DELETE', `/webhooks/${(json as { id: string }).id}`)
  const paths = [
    '/', '/~empty', '/dashboard/payments', '/dashboard/payments?q=nothing&currency=EUR', urlOf(open3ds), urlOf(failed), urlOf(paid), '/dashboard/nothing'
  ]
  await call('POST', '/_emulator/sandboxes', { body: { name: 'empty' } })
  const page = await open(t, '/', CHECKED)
  for (const path of paths) {
    await page.goto(new URL(path, page.url()).href)
    if (path === urlOf(paid)) {
      await page.getByText('Refund item by item').click()
      await page.getByText('API response').click()
      await page.getByRole('button', { name: 'Refund selected items' }).click()
      await page.locator('.js').getByRole('alert').waitFor()
    }
    await checkViews(t, page, path)
  }
  await page.goto(new URL(urlOf(failed), page.url()).href)
  await page.locator('summary', { hasText: 'Cancel' }).click()
  await page.getByRole('dialog').waitFor()
  await checkPage(t, page, 'a question')
})
