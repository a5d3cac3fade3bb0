/** Localized prices of products: creation, changes and refusals. */
import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { localizedPrice } from '../../src/resources/products/rules.js'
import type { LocalizedPrice } from '../../src/resources/products/store.js'
import { startEmulator, type TestEmulator } from '../helper.js'
import { type Json, ONE_TIME, send, create, refuseAll } from './product-calls.js'

type Rule = Required<Schemas['LocalizedPriceResponse']>

t.test('localized prices', async t => {
  const rule = (emulate: TestEmulator, productId: string, body: Json) => send<Rule>(emulate, `POST /products/${productId}/localized-prices`, body)
  const rules = async (emulate: TestEmulator, productId: string) =>
    (await emulate.get<{ items: Rule[] }>(`/products/${productId}/localized-prices`)).items

  t.test('are created, read, changed and archived by currency', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_currency' })
    t.strictSame(await rules(emulate, id), [])
    const made = await rule(emulate, id, { currency: 'EUR', amount: 999 })
    t.match(made, { id: /^lcp_[0-9A-Za-z]{21}$/, product_id: id, mode: 'by_currency', currency: 'EUR', country_code: null, amount: 999 })
    const yen = await rule(emulate, id, { currency: 'JPY', amount: 1500, country_code: null })
    t.strictSame(await rules(emulate, id), [made, yen])
    const url = `/products/${id}/localized-prices/${made.id}`
    t.strictSame(await emulate.get(url), made)
    const changed = await send<Rule>(emulate, `PATCH ${url}`, { amount: 899 })
    t.strictSame(changed, { ...made, amount: 899, updated_at: changed.updated_at })
    t.ok(changed.updated_at > made.updated_at)
    t.match(await send(emulate, `PATCH ${url}`, { amount: null, currency: 'USD' }), { amount: 899, currency: 'EUR' })
    for (const time of ['once', 'twice']) t.strictSame((await emulate.call('DELETE', url)).text, '', time)
    t.strictSame(await rules(emulate, id), [yen])
    t.equal((await emulate.call('GET', url)).status, 404)
    t.equal((await emulate.call('PATCH', url, { body: { amount: 1 } })).status, 404)
    t.not((await rule(emulate, id, { currency: 'EUR', amount: 1 })).id, made.id, 'the market is free again')
  })

  t.test('may share a currency by country, including the product’s own', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_country' })
    await rule(emulate, id, { currency: 'EUR', country_code: 'DE', amount: 900 })
    await rule(emulate, id, { currency: 'EUR', country_code: 'PT', amount: 500 })
    t.match(await rule(emulate, id, { currency: 'USD', country_code: 'US', amount: 800 }), { mode: 'by_country', country_code: 'US' })
    t.equal((await rules(emulate, id)).length, 3)
  })

  t.test('are archived when the pricing mode changes; without a mode all of them are', async t => {
    const emulate = startEmulator(t)
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_currency' })
    const made = await rule(emulate, id, { currency: 'EUR', amount: 999 })
    await send(emulate, `PATCH /products/${id}`, { name: 'Renamed', pricing_mode: 'by_currency' })
    t.equal((await rules(emulate, id)).length, 1)
    await send(emulate, `PATCH /products/${id}`, { pricing_mode: 'by_country' })
    t.strictSame(await rules(emulate, id), [])
    await rule(emulate, id, { currency: 'EUR', country_code: 'DE', amount: 900 })
    await send(emulate, `PATCH /products/${id}`, { pricing_mode: null })
    t.strictSame(await rules(emulate, id), [])
    await send(emulate, `PATCH /products/${id}`, { pricing_mode: 'by_currency' })
    t.strictSame(await rules(emulate, id), [], 'archived prices stay archived')
    t.equal((await emulate.call('GET', `/products/${id}/localized-prices/${made.id}`)).status, 404)
  })

  t.test('are refused', async t => {
    const emulate = startEmulator(t)
    const plain = (await create(emulate)).product_id
    const byCurrency = (await create(emulate, { pricing_mode: 'by_currency' })).product_id
    const byCountry = (await create(emulate, { pricing_mode: 'by_country' })).product_id
    const euros = await rule(emulate, byCurrency, { currency: 'EUR', amount: 999 })
    await rule(emulate, byCountry, { currency: 'INR', country_code: 'IN', amount: 99_900 })
    const post = (id: string) => `POST /products/${id}/localized-prices`
    refuseAll(t, emulate, [
      ['an unknown product', 'GET /products/pdt_x/localized-prices', undefined, 404, 'NOT_FOUND', /pdt_x/, 'product_id'],
      ['a price for an unknown product', post('pdt_x'), { currency: 'EUR', amount: 1 }, 404, 'NOT_FOUND', /pdt_x/, 'product_id'],
      ['a price for an archived product', post('pdt_retired'), { currency: 'EUR', amount: 1 }, 422, 'PRODUCT_IS_DELETED', /unarchive/, 'product_id'],
      ['a product without pricing mode', post(plain), { currency: 'EUR', amount: 1 }, 422, 'PRODUCT_PRICING_MODE_REQUIRED', /^Product pricing_mode must be set before/, 'product_id'],
      ['a country by currency', post(byCurrency), { currency: 'JPY', country_code: 'JP', amount: 1 }, 422, 'LOCALIZED_PRICE_SHAPE_MISMATCH', /takes no country_code/, 'country_code'],
      ['no country by country', post(byCountry), { currency: 'EUR', amount: 1 }, 422, 'LOCALIZED_PRICE_SHAPE_MISMATCH', /needs a country_code/, 'country_code'],
      ['the currency of the product', post(byCurrency), { currency: 'USD', amount: 1 }, 422, 'LOCALIZED_PRICE_DUPLICATES_BASE', /own price is in USD/, 'currency'],
      ['a currency twice', post(byCurrency), { currency: 'EUR', amount: 1 }, 409, 'LOCALIZED_PRICE_ALREADY_EXISTS', /^A localized price for this product and country\/currency already exists/, 'currency'],
      ['a country twice, in another currency', post(byCountry), { currency: 'USD', country_code: 'IN', amount: 1 }, 409, 'LOCALIZED_PRICE_ALREADY_EXISTS', /lcp_/, 'country_code'],
      ['an amount of 0', post(byCurrency), { currency: 'JPY', amount: 0 }, 422, 'INVALID_REQUEST_PARAMETERS', /^amount must be greater than 0$/, 'amount'],
      ['a negative amount', `PATCH /products/${byCurrency}/localized-prices/${euros.id}`, { amount: -1 }, 422, 'INVALID_REQUEST_PARAMETERS', /greater than 0/, 'amount'],
      ['an unknown currency', post(byCurrency), { currency: 'XXX', amount: 1 }, 422, 'INVALID_REQUEST_BODY', /currency/, 'currency'],
      ['an unknown price', `GET /products/${byCurrency}/localized-prices/lcp_x`, undefined, 404, 'NOT_FOUND', /lcp_x/, 'id'],
      ['to archive an unknown price', `DELETE /products/${byCurrency}/localized-prices/lcp_x`, undefined, 404, 'NOT_FOUND', /lcp_x/, 'id'],
      ['the price of another product', `GET /products/${plain}/localized-prices/${euros.id}`, undefined, 404, 'NOT_FOUND', /has no localized price/, 'id'],
      ['to archive the price of another product', `DELETE /products/${plain}/localized-prices/${euros.id}`, undefined, 404, 'NOT_FOUND', /has no/, 'id'],
      ['a base price in the currency of a rule', `PATCH /products/${byCurrency}`, { price: { ...ONE_TIME, currency: 'EUR' } }, 422, 'LOCALIZED_PRICE_DUPLICATES_BASE', /archive lcp_/, 'price.currency']
    ])
    t.test('two prices for the same market are refused', async t => {
      const answers = await Promise.all([1, 2].map(() => emulate.call('POST', `/products/${byCurrency}/localized-prices`, { body: { currency: 'JPY', amount: 5 } })))
      t.strictSame(answers.map(({ status }) => status), [200, 409])
    })
  })

  t.test('are cached, and forgotten after a change or rollback', async t => {
    const emulate = startEmulator(t)
    const { products, batch } = emulate.emulator.sandbox
    const { product_id: id } = await create(emulate, { pricing_mode: 'by_currency' })
    const none = products.localizedPrices(id)
    t.equal(products.localizedPrices(id), none, 'the same list object')
    const made = await rule(emulate, id, { currency: 'EUR', amount: 999 })
    t.match(products.localizedPrices(id), [{ localized_price_id: made.id, amount: 999 }])
    await send(emulate, `PATCH /products/${id}/localized-prices/${made.id}`, { amount: 5 })
    t.match(products.localizedPrices(id), [{ amount: 5 }])
    const failed = await new Promise(resolve => {
      batch.run(() => {
        const [price] = products.localizedPrices(id)
        if (price === undefined) throw new Error('no price')
        products.updateLocalizedPrice({ ...price, amount: 6 })
        if (products.localizedPrices(id)[0]?.amount === 6) throw new Error('on purpose')
      }, resolve)
    })
    t.match(failed, { message: 'on purpose' })
    t.match(products.localizedPrices(id), [{ amount: 5 }])
  })

  t.test('apply by market', async t => {
    const made = (mode: LocalizedPrice['mode'], currency: LocalizedPrice['currency'], country: LocalizedPrice['country_code']): LocalizedPrice => ({
      localized_price_id: `lcp_${mode}_${currency}_${country}`,
      product_id: 'pdt_x',
      mode,
      currency,
      country_code: country,
      amount: 1,
      created_at: 0,
      updated_at: 0,
      archived_at: null
    })
    const [euro, yen] = [made('by_currency', 'EUR', null), made('by_currency', 'JPY', null)]
    const [india, germany] = [made('by_country', 'INR', 'IN'), made('by_country', 'EUR', 'DE')]
    const all = [euro, yen, india, germany]
    const price: Schemas['Price'] = { type: 'one_time_price', currency: 'USD', price: 1000, discount: 0, purchasing_power_parity: false }
    const chosen: Schemas['Price'] = { ...price, pay_what_you_want: true }
    const subscription: Schemas['Price'] = {
      ...price, type: 'recurring_price', payment_frequency_count: 1, payment_frequency_interval: 'Month', subscription_period_count: 1, subscription_period_interval: 'Year'
    }
    t.equal(localizedPrice({ price, pricing_mode: 'by_currency' }, all, 'IN', 'EUR'), euro, 'for any country')
    t.equal(localizedPrice({ price, pricing_mode: 'by_currency' }, all, 'DE', 'USD'), null)
    t.equal(localizedPrice({ price, pricing_mode: 'by_country' }, all, 'IN', 'EUR'), india, 'for any currency')
    t.equal(localizedPrice({ price, pricing_mode: 'by_country' }, all, 'FR', 'EUR'), null)
    t.equal(localizedPrice({ price, pricing_mode: null }, all, 'DE', 'EUR'), null)
    t.equal(localizedPrice({ price: chosen, pricing_mode: 'by_country' }, all, 'DE', 'EUR'), null, 'not where the customer chooses')
    t.equal(localizedPrice({ price: subscription, pricing_mode: 'by_country' }, all, 'DE', 'EUR'), germany)
    t.equal(localizedPrice({ price, pricing_mode: 'by_country' }, [], 'DE', 'EUR'), null)
  })
})
