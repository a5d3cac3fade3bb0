/** The choice of a product and of add-ons on the hosted page, and product collections in the dashboard, in Chromium. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { collect, groupAt, plan, type Collection } from '../resources/collection-calls.js'
import { send } from '../resources/product-calls.js'
import { CHECKED, checkEverywhere, checkViews, skip, skipVariant, surfer, type OpenOptions } from './chromium.js'

const { started, open: openPage } = surfer()

/** A picture of two colours, as an SVG. */
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path fill="#2a56c6" d="M0 0h8v4H0z"/><path fill="#9db6ff" d="M0 4L4 1l4 3z"/></svg>'

let made: Promise<{ collection: Collection, monthly: string }> | undefined

/** A collection of two plans, one of them with an add-on, and a donation; with an image, hidden products and long texts. */
function shop () {
  made ??= (async () => {
    const emulate = started()
    const { id: addon } = await send<{ id: string }>(emulate, 'POST /addons', { name: 'Storage', price: 300, currency: 'USD', tax_category: 'saas' })
    const description = 'For teams that write documents together and need every earlier version of them'
    const { product_id: monthly } = await plan(emulate, { name: 'Team, monthly', description, addons: [addon] }, { price: 2900 })
    const { product_id: yearly } = await plan(emulate, { name: 'Team, yearly' }, { price: 29000, payment_frequency_interval: 'Year' })
    const { product_id: hidden } = await plan(emulate, { name: 'Hidden' })
    const collection = await collect(emulate, [[monthly, yearly, hidden], ['pdt_donation']], { name: 'Choose your plan', description: 'You can change it later.' })
    const url = `/product-collections/${collection.id}`
    const [plans, others] = [groupAt(collection, 0), groupAt(collection, 1)]
    await emulate.call('PATCH', `${url}/groups/${others.group_id}`, { body: { group_name: 'Or support us' } })
    await emulate.call('PATCH', `${url}/groups/${plans.group_id}/items/${plans.products[2]?.id}`, { body: { status: false } })
    for (const path of [`${url}/images`, `/products/${monthly}/images`]) {
      const { url: target } = await send<{ url: string }>(emulate, `PUT ${path}`)
      await emulate.call('PUT', new URL(target).pathname, { raw: PICTURE, headers: { 'content-type': 'image/svg+xml' }, key: null })
    }
    return { collection, monthly }
  })()
  return made
}

async function openChoice (test: Test, options: OpenOptions = {}): Promise<Page> {
  const { collection } = await shop()
  const { checkout_url: url } = await send<{ checkout_url: string }>(started(), 'POST /checkouts', {
    product_cart: [], product_collection_id: collection.id, customer: { email: 'nina@example.com', name: 'Nina' }, feature_flags: { allow_editing_addons: true }
  })
  return await openPage(test, new URL(url).pathname, options)
}

const due = (page: Page, text: string) => page.locator('[data-testid="amount-due"]', { hasText: text }).waitFor()

t.test('a product is chosen with the keyboard, and the page follows', { skip }, async t => {
  const { monthly } = await shop()
  const page = await openChoice(t)
  await page.locator('.js [data-testid="offered-product"]').first().waitFor()
  t.equal(await page.locator('[data-testid="offered-product"]').count(), 3, 'without the hidden one')
  await due(page, '$29.00')
  await page.focus(`#choose-${monthly}`)
  await page.keyboard.press('ArrowDown')
  await due(page, '$290.00')
  t.match(await page.evaluate('document.activeElement.id'), /^choose-/, 'the focus stays')
  t.equal(await page.locator('.steps').count(), 0, 'no add-ons of another product')
  await page.keyboard.press('ArrowDown')
  await page.locator('#amount-0').fill('77')
  await page.keyboard.press('Tab')
  await due(page, '$77.00')
  await page.check(`#choose-${monthly}`)
  await due(page, '$29.00')
  await page.locator('.steps button').last().click()
  await due(page, '$32.00')
  t.match(await page.evaluate('document.activeElement.id'), /^more-/)
})

t.test('a product is chosen without scripts', { skip: skipVariant }, async t => {
  const page = await openChoice(t, { javaScriptEnabled: false })
  await page.check('#choose-pdt_donation')
  await page.click('#update')
  await page.locator('#amount-0').waitFor()
  t.ok(await page.locator('#choose-pdt_donation').isChecked())
})

t.test('is accessible and does not overflow', { skip }, async t => {
  const { collection } = await shop()
  const page = await openChoice(t, CHECKED)
  await page.locator('.js #choice').waitFor()
  await checkEverywhere(t, page, 'collection')
  for (const [path, name] of [['', 'collections'], [`/${collection.id}`, 'collection-page'], ['/new', 'collection-new']] as const) {
    await page.goto(new URL(`/dashboard/product-collections${path}`, page.url()).href)
    await page.locator('.js main').waitFor()
    await checkViews(t, page, `dashboard-${name}`)
  }
})
