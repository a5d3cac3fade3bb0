import t from 'tap'
import { isNear, nearest } from '../../src/rules/near.js'

t.test('nearest: suggests the name that was probably meant', async t => {
  const names = ['AED', 'EUR', 'USD', 'one_time_price', 'recurring_price', 'percentage', 'currency', 'Month']
  for (const [given, meant] of [
    ['EURO', 'EUR'], ['eur', 'EUR'], ['USDD', 'USD'], ['UDS', 'USD'], ['one-time-price', 'one_time_price'],
    ['oneTimePrice', 'one_time_price'], ['one_time', 'one_time_price'], ['percent', 'percentage'], ['curency', 'currency'],
    ['currencies', 'currency'], ['month', 'Month'], ['months', 'Month'], ['precentage', 'percentage'], [' Aed ', 'AED']
  ] as const) t.equal(nearest(given, names), meant, given)
  for (const given of ['', ' ', 'UK', 'XX', 'dollar', 'x', 'u', 'quarterly', 'e'.repeat(100_000)]) {
    t.equal(nearest(given, names), null, given.slice(0, 20))
  }
  t.equal(nearest('USA', ['UA', 'US']), 'US', 'of two, the one with the same beginning')
  for (const code of ['UK', 'EN', 'A1']) t.equal(nearest(code, ['UA', 'US', 'EE', 'AT']), null, 'codes of two letters are too similar to suggest one')
  t.equal(nearest('gb', ['GA', 'GB']), 'GB')
  t.equal(nearest('EURO', []), null)
})

t.test('isNear: allows one mistake', async t => {
  for (const given of ['price', 'prics', 'pric', 'prices', 'rpice', 'xprice']) t.ok(isNear('price', given), given)
  for (const given of ['', 'ice', 'rpcie', 'pricely', 'PRICE']) t.notOk(isNear('price', given), given)
})
