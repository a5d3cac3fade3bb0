/** The sums of ranges of the ledger, by which payouts claim entries, compared with a plain count of the entries. */
import t from 'tap'
import fc from 'fast-check'
import { ledgerStore, type LedgerStore, type NewEntry } from '../../src/resources/ledger/store.js'
import { payoutsStore, type PayoutsStore } from '../../src/resources/payouts/store.js'
import { IN_MEMORY, openDatabase } from '../../src/store/database.js'
import { numRuns } from '../effort.js'

const TYPES = ['payment', 'tax', 'payment_fees', 'refund', 'payout', 'payout_reversal'] as const
const CURRENCIES = ['USD', 'EUR'] as const
const BLOCK = 4

type Booked = Pick<NewEntry, 'event_type' | 'currency' | 'amount' | 'is_credit'>

const entry = fc.record<Booked>({
  event_type: fc.constantFrom(...TYPES),
  currency: fc.constantFrom(...CURRENCIES),
  amount: fc.integer({ min: 1, max: 100 }),
  is_credit: fc.boolean()
})

type Step = { book: Booked[] } | { claim: number } | { release: number }

const step = fc.oneof<Array<fc.Arbitrary<Step>>>(
  fc.record({ book: fc.array(entry, { minLength: 1, maxLength: 2 * BLOCK }) }),
  fc.record({ claim: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ release: fc.nat({ max: 5 }) })
)

/** An entry as the plain count knows it. */
interface Plain extends Booked {
  seq: number
  payout: string | null
}

const signed = ({ amount, is_credit: isCredit }: Booked) => isCredit ? amount : -amount
const isPaidOut = ({ event_type: type }: Booked) => !type.startsWith('payout')

/** The last entry of the oldest unclaimed ones until whose sum reaches the amount. */
function plainReach (entries: readonly Plain[], amount: number): number | undefined {
  let sum = 0
  return entries.find(each => (sum += signed(each)) >= amount)?.seq
}

class Ledger {
  readonly #ledger: LedgerStore
  readonly #payouts: PayoutsStore
  readonly #plain: Plain[] = []
  #count = 0

  constructor (ledger: LedgerStore, payouts: PayoutsStore) {
    this.#ledger = ledger
    this.#payouts = payouts
  }

  book (booked: Booked): void {
    const { seq } = this.#ledger.book({
      ...booked,
      entry_id: `ble_${this.#plain.length}`,
      created_at: 0,
      usd_equivalent_amount: booked.amount,
      description: null,
      reference_object_id: null,
      payment_id: null,
      subscription_id: null
    })
    this.#plain.push({ ...booked, seq, payout: null })
  }

  claim (amount: number): void {
    const payout = `pyt_${this.#count++}`
    for (const currency of CURRENCIES) {
      const free = this.#plain.filter(each => each.currency === currency && each.payout === null && isPaidOut(each))
      const open = this.#payouts.unclaimed(currency)
      const reached = this.#ledger.firstReaching(currency, open, amount)
      t.equal(reached, plainReach(free, amount), 'the entry that reaches the amount')
      const last = reached ?? this.#ledger.lastSeq()
      this.#payouts.claim(payout, currency, open.flatMap(({ from, to }) => from > last ? [] : [{ from, to: Math.min(to, last) }]))
      for (const each of free) if (each.seq <= last) each.payout = payout
    }
    this.#check(payout)
  }

  release (number: number): void {
    this.#payouts.release(`pyt_${number}`)
    for (const each of this.#plain) if (each.payout === `pyt_${number}`) each.payout = null
  }

  #check (payout: string): void {
    const own = this.#plain.filter(each => each.payout === payout)
    t.strictSame(this.#payouts.entries(payout, -1, 0).map(({ seq, signed: amount }) => [seq, amount]),
      own.map(each => [each.seq, signed(each)]), 'its entries')
    const sums = new Map<string, number>()
    for (const { currency, from, to } of this.#payouts.claims(payout)) {
      for (const { event_type: type, sum } of this.#ledger.sumsOfRange(currency, { from, to })) {
        sums.set(`${currency} ${type}`, (sums.get(`${currency} ${type}`) ?? 0) + sum)
      }
    }
    const plain = new Map<string, number>()
    for (const each of own) {
      const key = `${each.currency} ${each.event_type}`
      plain.set(key, (plain.get(key) ?? 0) + signed(each))
    }
    t.strictSame(new Map([...sums].sort()), new Map([...plain].sort()), 'their sums by type')
    const listed = new Map(this.#ledger.list({}, 10_000, 0).map(({ seq, payout_id: id }) => [seq, id]))
    t.strictSame(this.#plain.map(({ seq }) => listed.get(seq)), this.#plain.map(each => each.payout), 'lists name the payouts')
  }
}

t.test('claims of payouts by ranges equal claims of single entries', async t => {
  fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), steps => {
    const database = openDatabase(IN_MEMORY, () => {})
    const ledger = new Ledger(ledgerStore(database, BLOCK), payoutsStore(database))
    for (const each of steps) {
      if ('book' in each) each.book.forEach(booked => { ledger.book(booked) })
      else if ('claim' in each) ledger.claim(each.claim)
      else ledger.release(each.release)
    }
    database.close()
  }), { numRuns: numRuns(60) })
  t.pass()
})
