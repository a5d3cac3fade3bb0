/** Worked vectors of the ledger: the entries of a sale and of what follows, and the balance after them. */
import t from 'tap'
import {
  INDIA, OF_SPAIN, OF_US, SPAIN, entries, openBank, refund, refundPart, rows, sold, type Bank, type Rows, type Sale
} from './dispute-calls.js'

interface Vector {
  name: string
  currencies?: string[]
  sale: Sale
  then? (bank: Bank, paymentId: string): Promise<unknown>
  rows: Rows
  balance: number
}

const VECTORS: Vector[] = [
  {
    name: 'India, real row 1',
    currencies: ['INR'],
    sale: INDIA,
    rows: [['payment', 171_724], ['tax', -26_195], ['payment_fees', -7269]],
    balance: 138_260
  },
  {
    name: 'India, real row 8',
    currencies: ['INR'],
    sale: { ...INDIA, price: 171_875 },
    rows: [['payment', 171_875], ['tax', -26_218], ['payment_fees', -7275]],
    balance: 138_382
  },
  {
    name: 'India, the real refund',
    currencies: ['INR'],
    sale: INDIA,
    then: (bank, id) => refundPart(bank, id, 8846),
    rows: [
      ['payment', 171_724], ['tax', -26_195], ['payment_fees', -7269],
      ['refund', -8846], ['tax_reversal', 1349], ['refund_fees', -1000]
    ],
    balance: 138_260 - 8497
  },
  { name: 'US, one-time', sale: { price: 1000 }, rows: OF_US, balance: 920 },
  { name: 'Spain', sale: SPAIN, rows: OF_SPAIN, balance: 4627 },
  { name: 'the minimum charge', sale: { price: 50 }, rows: [['payment', 50], ['payment_fees', -42]], balance: 8 },
  { name: 'free', sale: { price: 0 }, rows: [], balance: 0 },
  {
    name: 'a full refund',
    sale: SPAIN,
    then: refund,
    rows: [...OF_SPAIN, ['refund', -6050], ['tax_reversal', 1050], ['refund_fees', -100]],
    balance: -473
  },
  {
    name: 'a partial refund',
    sale: SPAIN,
    then: (bank, id) => refundPart(bank, id, 1210),
    rows: [...OF_SPAIN, ['refund', -1210], ['tax_reversal', 210], ['refund_fees', -100]],
    balance: 4627 - 1100
  },
  {
    name: 'a partial refund that fails',
    sale: SPAIN,
    async then (bank, id) {
      await bank.done('POST', `/_emulator/refunds/${await refundPart(bank, id, 1210)}/settle`, { status: 'failed' })
    },
    rows: [
      ...OF_SPAIN, ['refund', -1210], ['tax_reversal', 210], ['refund_fees', -100],
      ['refund_reversal', 1210], ['tax', -210], ['refund_fees_reversal', 100]
    ],
    balance: 4627
  },
  {
    name: 'refunds that empty the payment take all its tax',
    sale: { price: 1000, country: 'DE' },
    async then (bank, id) {
      for (const amount of [397, 397, 396]) {
        await bank.done('POST', `/_emulator/refunds/${await refundPart(bank, id, amount)}/settle`, { status: 'succeeded' })
      }
    },
    rows: [
      ['payment', 1190], ['tax', -190], ['payment_fees', -106],
      ['refund', -397], ['tax_reversal', 63], ['refund_fees', -100], ['refund', -397], ['tax_reversal', 63], ['refund_fees', -100],
      ['refund', -396], ['tax_reversal', 64], ['refund_fees', -100]
    ],
    balance: -406
  },
  {
    name: 'a dispute, won',
    sale: { price: 1000 },
    then: async (bank, id) => await bank.settle((await bank.dispute(id)).dispute_id, 'won'),
    rows: [...OF_US, ['dispute', -1000], ['dispute_fees', -3000], ['dispute_reversal', 1000]],
    balance: -2080
  },
  {
    name: 'a dispute, lost',
    sale: SPAIN,
    then: async (bank, id) => await bank.settle((await bank.dispute(id)).dispute_id, 'lost'),
    rows: [...OF_SPAIN, ['dispute', -6050], ['dispute_fees', -3000], ['tax_reversal', 1050]],
    balance: -3373
  },
  {
    name: 'a dispute, cancelled after it was challenged',
    sale: { price: 1000 },
    async then (bank, id) {
      const { dispute_id: dispute } = await bank.dispute(id)
      await bank.settle(dispute, 'challenged')
      await bank.settle(dispute, 'cancelled')
    },
    rows: [...OF_US, ['dispute', -1000], ['dispute_fees', -3000], ['dispute_reversal', 1000]],
    balance: -2080
  },
  {
    name: 'a dispute, won, reopened and lost: one fee',
    sale: { price: 1000 },
    async then (bank, id) {
      const { dispute_id: dispute } = await bank.dispute(id)
      for (const status of ['won', 'opened', 'lost']) await bank.settle(dispute, status)
    },
    rows: [...OF_US, ['dispute', -1000], ['dispute_fees', -3000], ['dispute_reversal', 1000], ['dispute', -1000]],
    balance: -3080
  },
  {
    name: 'RDR',
    sale: { price: 1000 },
    then: (bank, id) => bank.dispute(id, { rdr: true }),
    rows: [...OF_US, ['dispute', -1000]],
    balance: -80
  },
  {
    name: 'an inquiry that is withdrawn moves nothing',
    sale: { price: 1000 },
    then: async (bank, id) => await bank.settle((await bank.dispute(id, { stage: 'pre_dispute' })).dispute_id, 'cancelled'),
    rows: OF_US,
    balance: 920
  },
  {
    name: 'an inquiry that becomes a dispute',
    sale: { price: 1000 },
    then: async (bank, id) =>
      await bank.settle((await bank.dispute(id, { stage: 'pre_dispute' })).dispute_id, 'opened', { stage: 'dispute' }),
    rows: [...OF_US, ['dispute', -1000], ['dispute_fees', -3000]],
    balance: -3080
  },
  {
    name: 'an inquiry that is accepted',
    sale: SPAIN,
    then: async (bank, id) => await bank.settle((await bank.dispute(id, { stage: 'pre_dispute' })).dispute_id, 'accepted'),
    rows: [...OF_SPAIN, ['dispute', -6050], ['dispute_fees', -3000], ['tax_reversal', 1050]],
    balance: -3373
  },
  {
    name: 'a dispute of a part, lost',
    sale: SPAIN,
    then: async (bank, id) => await bank.settle((await bank.dispute(id, { amount: 1210 })).dispute_id, 'lost'),
    rows: [...OF_SPAIN, ['dispute', -1210], ['dispute_fees', -3000], ['tax_reversal', 210]],
    balance: 4627 - 4000
  },
  {
    name: 'India, a lost dispute',
    currencies: ['INR'],
    sale: INDIA,
    then: async (bank, id) => await bank.settle((await bank.dispute(id)).dispute_id, 'lost'),
    rows: [
      ['payment', 171_724], ['tax', -26_195], ['payment_fees', -7269],
      ['dispute', -171_724], ['dispute_fees', -100_000], ['tax_reversal', 26_195]
    ],
    balance: 138_260 - 245_529
  },
  {
    name: 'euro into the wallet in US dollars',
    sale: { price: 2000, currency: 'EUR', country: 'DE' },
    rows: [['payment', 2767], ['tax', -442], ['payment_fees', -193]],
    balance: 2132
  },
  {
    name: 'euro into a wallet of their own',
    currencies: ['EUR'],
    sale: { price: 2000, currency: 'EUR', country: 'DE' },
    then: refund,
    rows: [
      ['payment', 2380], ['tax', -380], ['payment_fees', -165],
      ['refund', -2380], ['tax_reversal', 380], ['refund_fees', -86]
    ],
    balance: 1835 - 2086
  },
  {
    name: 'euro into the wallet in US dollars, refunded in parts: nothing is left',
    sale: { price: 2000, currency: 'EUR', country: 'DE' },
    async then (bank, id) {
      for (const amount of [793, 793, 794]) {
        await bank.done('POST', `/_emulator/refunds/${await refundPart(bank, id, amount)}/settle`, { status: 'succeeded' })
      }
    },
    rows: [
      ['payment', 2767], ['tax', -442], ['payment_fees', -193],
      ['refund', -922], ['tax_reversal', 147], ['refund_fees', -100], ['refund', -922], ['tax_reversal', 147], ['refund_fees', -100],
      ['refund', -923], ['tax_reversal', 148], ['refund_fees', -100]
    ],
    balance: -493
  }
]

t.test('worked vectors', async t => {
  const bank = await openBank(t)
  for (const { name, currencies = [], sale, then, rows: expected, balance } of VECTORS) {
    await bank.done('POST', '/_emulator/reset')
    if (currencies.length > 0) await bank.change({ 'ledger.currencies': currencies })
    const id = await sold(bank, sale)
    await then?.(bank, id)
    t.strictSame(await rows(bank), expected, name)
    const chain = (await entries(bank)).reverse()
    let before = 0
    for (const entry of chain) {
      t.equal(entry.before_balance, before, `${name}: the balance before ${entry.event_type}`)
      before += entry.is_credit ? entry.amount : -entry.amount
      t.equal(entry.after_balance, before)
    }
    t.equal(before, balance, name)
  }
})
