/** Fees: the worked vectors of the published table, and what holds for every table. */
import fc from 'fast-check'
import t from 'tap'
import { fixedFee, paymentFee, payoutFee, type FeeSubject, type FeeTable } from '../../src/rules/fees.js'
import { reference } from '../../src/sandbox/reference.js'

const { fees, currencies } = reference()

const USD = { wallet: 'USD', currency: 'USD', country: 'US', isSubscription: false, method: null } satisfies Omit<FeeSubject, 'gross'>
const INR = { ...USD, wallet: 'INR', currency: 'INR', country: 'IN' }
const EUR = { ...USD, currency: 'EUR', country: 'DE' }

t.test('the fee of a payment', async t => {
  const cases: Array<[name: string, subject: Omit<FeeSubject, 'gross'>, gross: number, fee: number]> = [
    ['India 1', INR, 171_724, 7269], ['India 2', INR, 171_986, 7280], ['India 3', INR, 171_969, 7279], ['India 4', INR, 170_801, 7233],
    ['India 5', INR, 170_938, 7238], ['India 6', INR, 171_155, 7247], ['India 7', INR, 171_460, 7259],
    ['India 8, no remainder', INR, 171_875, 7275], ['India 9', INR, 171_030, 7242],
    ['US', USD, 1000, 80],
    ['Spain', { ...USD, country: 'ES' }, 6050, 373],
    ['US subscription', { ...USD, isSubscription: true }, 2000, 130],
    ['German subscription', { ...USD, country: 'DE', isSubscription: true }, 2380, 183],
    ['US Klarna', { ...USD, method: 'klarna' }, 12_000, 880],
    ['German PayPal', { ...USD, country: 'DE', method: 'paypal' }, 1190, 142],
    ['the minimum charge', USD, 50, 42],
    ['a remainder', USD, 333, 54],
    ['euro in a wallet in USD', EUR, 2767, 193],
    ['euro in its own wallet', { ...EUR, wallet: 'EUR' }, 2380, 165],
    ['yen in a wallet in USD', { ...USD, currency: 'JPY', country: 'JP' }, 1935, 147],
    ['an Indian subscription', { ...INR, isSubscription: true }, 10_000, 850],
    ['an Indian payment with PayPal has the domestic tariff', { ...INR, method: 'paypal' }, 10_000, 800],
    ['a foreign payment into a wallet in INR', { ...INR, currency: 'USD', country: 'DE' }, 10_000, 550 + 3600]
  ]
  for (const [name, subject, gross, fee] of cases) {
    t.equal(paymentFee({ ...subject, gross }, fees, currencies).total, fee, name)
  }
})

t.test('fixed fees in each wallet', async t => {
  for (const [wallet, currency, refund, dispute, payout] of [
    ['USD', 'USD', 100, 3000, 500], ['USD', 'EUR', 100, 3000, 500], ['INR', 'INR', 1000, 100_000, 500], ['EUR', 'EUR', 86, 2580, 430]
  ] as const) {
    const fee = (item: 'refund' | 'dispute') => fixedFee(item, { wallet, currency }, fees, currencies)
    t.strictSame([fee('refund'), fee('dispute')], [refund, dispute], wallet)
    t.equal(payoutFee(1, wallet, fees, currencies), payout)
  }
  t.equal(fixedFee('refund', { wallet: 'INR', currency: 'USD' }, fees, currencies), 9000, 'a foreign payment has the tariff in USD')
})

t.test('payouts are free from a limit', async t => {
  for (const [currency, gross, fee] of [
    ['USD', 99_999, 500], ['USD', 100_000, 0], ['INR', 9_999_999, 500], ['INR', 10_000_000, 0], ['EUR', 85_999, 430], ['EUR', 86_000, 0]
  ] as const) t.equal(payoutFee(gross, currency, fees, currencies), fee, `${gross} ${currency}`)
})

t.test('for any table, the percentages are added and rounded up once', async t => {
  const bps = fc.integer({ min: 0, max: 10_000 })
  const table = fc.record({ base_bps: bps, international_bps: bps, subscription_bps: bps })
    .map((given): FeeTable => ({ ...fees, ...given }))
  const subject = fc.record({
    gross: fc.integer({ min: 1, max: 2_147_483_647 }), country: fc.constantFrom('US', 'DE'), isSubscription: fc.boolean()
  }).map((given): FeeSubject => ({ ...USD, ...given }))
  fc.assert(fc.property(table, subject, (table, subject) => {
    const { shares, percentage, fixed, total } = paymentFee(subject, table, currencies)
    const sum = BigInt(shares.reduce((sum, { bps }) => sum + bps, 0)) * BigInt(subject.gross)
    t.ok(BigInt(percentage) * 10_000n >= sum && BigInt(percentage) * 10_000n - sum < 10_000n)
    t.equal(total, percentage + fixed)
  }), { numRuns: 100 })
})
