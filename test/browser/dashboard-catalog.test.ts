/** The catalog of the dashboard in Chromium: a user's actions by mouse and keyboard, and the findings of axe-core. */
import t from 'tap'
import { CHECKED, checkDashboardPage, skip, skipVariant, surfer } from './chromium.js'

const { open, started } = surfer()

t.test('creates a product for each kind of price, and archives it', { skip }, async t => {
  const page = await open(t, '/dashboard/products/new')
  await page.getByLabel('Name', { exact: true }).fill('Notebook')
  t.notOk(await page.getByLabel('Trial period in days').isVisible(), 'fields of subscriptions are hidden')
  await page.getByLabel('Type of price').selectOption('recurring_price')
  t.ok(await page.getByLabel('Trial period in days').isVisible())
  t.notOk(await page.getByLabel('Suggested price').isVisible(), 'fields of other prices, too')
  await page.getByLabel('Type of price').selectOption('one_time_price')
  await page.getByLabel('Currency').selectOption('KWD')
  await page.getByLabel('Price', { exact: true }).fill('1.23456')
  await page.getByRole('button', { name: 'Create product' }).click()
  await page.getByRole('link', { name: 'price.price must be an amount of KWD' }).click()
  await page.locator('[name="price.price"]:focus').waitFor() // // the problem leads to its field
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('1.234')
  await page.keyboard.press('Enter')
  await page.getByText('The product was created.').waitFor()
  t.match(await page.locator('.js #price').innerText(), /1\.234/)
  await page.locator('.js #ask-archive summary').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Archive product' }).click()
  await page.getByText('The product was archived').waitFor()
})

t.test('composes, previews and creates a test payment', { skip }, async t => {
  const page = await open(t, '/dashboard/payments/new?customer_id=cus_ada')
  await page.getByLabel('Product').selectOption('pdt_ebook')
  await page.getByRole('button', { name: 'Add line' }).click()
  await page.getByLabel('Product').nth(1).selectOption('pdt_donation')
  await page.getByLabel('Amount').nth(1).fill('12.50')
  await page.keyboard.press('Enter')
  await page.getByTestId('total-amount').getByText('$32.49').waitFor() // // the Enter key previews it and creates nothing
  t.match(await page.locator('.js #curl-text').innerText(), '"amount": 1250')
  await page.locator('#python > summary').click()
  t.match(await page.locator('#python-text').innerText(), 'client.payments.create(')
  await page.getByRole('button', { name: 'Create payment' }).click()
  await page.getByText('The payment was created.').waitFor()
  const { items } = await started().get<{ items: unknown[] }>('/payments')
  t.equal(items.length, 1, 'once')
})

t.test('keeps a half-filled form while other pages are shown', { skip: skipVariant }, async t => {
  const page = await open(t, '/dashboard/checkouts/new')
  const visitOthers = async () => {
    await page.locator('.js').getByRole('link', { name: 'Customers', exact: true }).click()
    await page.getByRole('link', { name: 'New customer' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('zzz')
    t.equal(await page.locator('#search').inputValue(), 'zzz', 'the slash focuses the search, and is not part of it')
    await page.keyboard.press('Enter')
    await page.getByText('Results for “zzz”').waitFor()
    await page.goto(new URL('/dashboard/checkouts/new', page.url()).href)
    await page.getByText('Your entries were kept.').waitFor()
  }
  await page.locator('.js [name="customer.name"]').fill('O’Hara / “Söhne” <b>')
  await page.getByLabel('Product').selectOption('pdt_payroll_team')
  await visitOthers()
  t.equal(await page.locator('[name="customer.name"]').inputValue(), 'O’Hara / “Söhne” <b>', 'a slash in a field is text')

  // A line that the server added, with values that were typed after it.
  await page.getByRole('button', { name: 'Add line' }).click()
  await page.locator('.js').getByLabel('Product').nth(1).selectOption('pdt_donation')
  await page.getByLabel('Amount').nth(1).fill('12.50')
  await page.getByLabel('E-mail').fill('kept@example.com')
  await visitOthers()
  t.equal(await page.getByLabel('Product').nth(0).inputValue(), 'pdt_payroll_team')
  t.equal(await page.getByLabel('Amount').nth(1).inputValue(), '12.50')
  t.equal(await page.getByLabel('E-mail').inputValue(), 'kept@example.com')
  await page.getByRole('button', { name: 'Discard them' }).click()
  await page.locator('.js form:not(:has(.draft-note)) [name="product_cart[0].product_id"]').waitFor()
  t.equal(await page.getByLabel('Product').count(), 1)
  t.equal(await page.getByLabel('E-mail').inputValue(), '')
})

t.test('offers the add-ons of the chosen product', { skip }, async t => {
  const { json: addon } = await started().call('POST', '/addons', { body: { name: 'Seat', price: 500, currency: 'USD', tax_category: 'saas' } })
  const { id } = addon as { id: string }
  await started().call('PATCH', '/products/pdt_payroll_team', { body: { addons: [id] } })
  const page = await open(t, '/dashboard/subscriptions/new?customer_id=cus_ada')
  const plan = page.locator('.js fieldset[data-line=""]')
  await plan.getByLabel('Product').selectOption('pdt_payroll_team')
  await plan.getByLabel('Seat · $5.00').fill('4')
  await page.goto(new URL('/dashboard/customers', page.url()).href)
  await page.goto(new URL('/dashboard/subscriptions/new?customer_id=cus_ada', page.url()).href)
  await page.getByText('Your entries were kept.').waitFor()
  t.equal(await plan.getByLabel('Seat · $5.00').inputValue(), '4', 'kept with the form')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByTestId('total-amount').getByText('$59.00').waitFor()
  await plan.getByLabel('Product').selectOption('pdt_pro_monthly')
  t.equal(await plan.getByLabel('Seat').count(), 0, 'another product does not offer it')
})

t.test('axe-core finds nothing, and nothing overflows', { skip }, async t => {
  const { pay, call } = started()
  await pay({ billing: { country: 'US' }, customer: { customer_id: 'cus_grace' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] })
  const { json } = await call('POST', '/checkouts', { body: { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] } })
  const { session_id: session } = json as { session_id: string }
  const { items: [payment] } = await started().get<{ items: Array<{ payment_id: string }> }>('/payments')
  const { json: meter } = await call('POST', '/meters', {
    body: { name: 'Calls', event_name: 'api.call', measurement_unit: 'calls', aggregation: { type: 'count' } }
  })
  const { id: meterId } = meter as { id: string }
  await call('POST', '/_emulator/usage', { body: { customer_id: 'cus_ada', event_name: 'api.call', count: 30 } })
  const { items: [event] } = await started().get<{ items: Array<{ event_id: string }> }>('/events')
  const paths = [
    'meters', `meters/${meterId}`, `meters/${meterId}?customer_id=cus_ada`, 'events', `events/${event?.event_id ?? ''}`,
    'products', 'products/new', 'products/pdt_ebook', 'discounts/dsc_flat5/edit', 'discounts/dsc_onlyada', 'customers/cus_grace',
    'checkouts', `checkouts/${session}`, `payments/new?from=${payment?.payment_id ?? ''}`
  ]
  const page = await open(t, '/dashboard/customers', CHECKED)
  for (const path of paths) await checkDashboardPage(t, page, path)
})
