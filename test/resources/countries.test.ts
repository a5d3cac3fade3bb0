import t from 'tap'
import { paymentBody, startEmulator } from '../helper.js'

const URL = '/checkout/supported_countries'
const ALL = 249

t.test('answers', async t => {
  t.test('every country but the refused ones, in order, without a key', async t => {
    const { call } = startEmulator(t)
    const { status, json } = await call('GET', URL, { key: null })
    const countries = json as string[]
    t.equal(status, 200)
    t.strictSame(countries, [...countries].sort())
    t.equal(new Set(countries).size, ALL - 5)
    for (const country of ['US', 'DE', 'IN']) t.ok(countries.includes(country), country)
    for (const country of ['AI', 'CU', 'IR', 'KP', 'SY']) t.notOk(countries.includes(country), country)
  })

  t.test("the countries of the emulator's own list", async t => {
    const { get } = startEmulator(t, { deniedCountries: 'US' })
    const countries = await get<string[]>(URL)
    t.equal(countries.length, ALL - 1)
    t.notOk(countries.includes('US'))
    t.ok(countries.includes('AI'))
  })
})

t.test('refuses other methods', async t => {
  const { call } = startEmulator(t)
  t.match(await call('POST', URL, { body: {} }), { status: 405, headers: { allow: 'GET' }, json: { code: 'METHOD_NOT_ALLOWED' } })
})

t.test('a country can be billed exactly when it is listed', async t => {
  const { get, pay, refuse, emulator } = startEmulator(t)
  const listed = new Set(await get<string[]>(URL))
  for (const country of Object.keys(emulator.sandbox.reference.countries)) {
    const body = { ...paymentBody(), billing: { country } } as Parameters<typeof pay>[0]
    if (listed.has(country)) await pay(body)
    else t.match(await refuse(body), { status: 422, code: 'UNSUPPORTED_COUNTRY' }, country)
  }
})
