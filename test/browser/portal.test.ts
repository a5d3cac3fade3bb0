/** The customer portal in real Chromium. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { paymentBody } from '../helper.js'
import { CHECKED, checkEverywhere, skip, surfer, type OpenOptions } from './chromium.js'

/** As text, because nothing here is compiled for a browser. */
const FOCUSED = 'document.activeElement?.id'
const HOSTILE = '<img src=x onerror=alert(1)>'

const { started, open: openPage } = surfer()

/** The portal of a customer with payments, a refund, a saved card and wallet credit. */
async function openPortal (test: Test, options: OpenOptions = {}): Promise<Page> {
  const { call, pay, emulator: { sandbox } } = started()
  const { json } = await call('POST', '/customers', { body: { name: HOSTILE, email: 'grace.brewster.murray.hopper@a-long-domain.example' } })
  const { customer_id: id } = json as { customer_id: string }
  const customer = { customer_id: id }
  for (const outcome of ['succeeded', 'failed', 'processing', 'requires_customer_action', 'succeeded'] as const) {
    const cart = [{ product_id: 'pdt_course', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 1 }]
    const { payment_id: paymentId } = await pay(paymentBody({ customer, product_cart: cart }))
    await call('POST', `/_emulator/payments/${paymentId}/pay`, { body: { outcome } })
    if (outcome === 'succeeded') {
      const { json } = await call('POST', '/refunds', { body: { payment_id: paymentId, items: [{ item_id: 'pdt_ebook', amount: 500 }] } })
      const { refund_id: refundId } = json as { refund_id: string }
      await call('POST', `/_emulator/refunds/${refundId}/settle`, { body: { status: 'succeeded' } })
    }
  }
  for (let n = 0; n < 8; n++) await pay(paymentBody({ customer }))
  const [method] = sandbox.paymentMethods.ofCustomer('cus_grace')
  if (method === undefined) throw new Error('cus_grace has saved nothing')
  for (const last4 of ['4242', '0341']) {
    const card = { ...method.card, last4_digits: last4 }
    sandbox.paymentMethods.insert(id, { ...method, payment_method_id: `pm_${id}_${last4}`, card })
  }
  await call('POST', `/customers/${id}/wallets/ledger-entries`, { body: { entry_type: 'credit', currency: 'INR', amount: 1_234_567 } })
  const { json: credits } = await call('POST', '/credit-entitlements',
    { body: { name: `Tokens ${id}`, unit: 'token', precision: 0, rollover_enabled: false, overage_enabled: false } })
  const entries = `/credit-entitlements/${(credits as { id: string }).id}/balances/${id}/ledger-entries`
  await call('POST', entries, { body: { entry_type: 'credit', amount: '1000', reason: HOSTILE } })
  const session = await call('POST', `/customers/${id}/customer-portal/session?send_email=true&return_url=https://shop.example/`)
  return await openPage(test, new URL((session.json as { link: string }).link).pathname, options)
}

t.test('turns pages, and removes a card after a question', { skip }, async t => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await openPortal(t, { javaScriptEnabled })
    t.equal(await page.textContent('[data-testid="customer-name"]'), HOSTILE)
    t.equal(await page.locator('[data-testid="payment"]').count(), 10)
    await page.click('#older')
    await page.waitForSelector('[data-testid="payment"][data-status="failed"]')
    await page.waitForLoadState()
    t.equal(await page.locator('[data-testid="payment"]').count(), 3)
    await page.click('#newer')
    const remove = page.locator('[id^="confirm-remove-"]').first()
    t.notOk(await remove.isVisible(), 'not by one click')
    const summary = page.locator('.confirm summary').first()
    await summary.focus()
    await page.keyboard.press('Enter')
    await remove.waitFor()
    await page.keyboard.press('Tab')
    t.match(await page.evaluate(FOCUSED), /^confirm-remove-/)
    await page.keyboard.press('Enter')
    await page.waitForSelector('#removed:focus')
    await page.waitForLoadState()
    t.equal(await page.locator('[data-testid="saved-method"]').count(), 1)
    t.equal(await page.getAttribute('#return-link', 'href'), 'https://shop.example/')
  }
})

t.test('is accessible and does not overflow', { skip }, async t => {
  const page = await openPortal(t, CHECKED)
  await page.locator('.confirm summary').first().click()
  await checkEverywhere(t, page, 'portal')
  await page.click('#older')
  await page.waitForSelector('#newer')
  await checkEverywhere(t, page, 'older payments')
  await page.click('#newer')
  await page.locator('.confirm summary').first().click()
  await page.locator('[id^="confirm-remove-"]').first().click()
  await page.waitForSelector('#removed')
  await checkEverywhere(t, page, 'portal after a removal')
})
