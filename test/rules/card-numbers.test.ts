/** Card numbers in any text: real ones are masked, lookalikes are kept, and so are the ids that the emulator issues. */
import fc from 'fast-check'
import t from 'tap'
import { createIds } from '../../src/sandbox/ids.js'
import { isCardNumber, withoutCardNumbers } from '../../src/rules/card-numbers.js'

const RUNS = { seed: 20_260_901, numRuns: 2000 }

/** The digit that makes a number pass the Luhn check. */
function withCheckDigit (digits: readonly number[]): string {
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? 2 * digit : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${digits.join('')}${(10 - sum % 10) % 10}`
}

const cardNumber = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 10, maxLength: 17 }))
  .map(([first, rest]) => withCheckDigit([first, ...rest]))

t.test('masks card numbers', async t => {
  const cards: Array<[string, string]> = [
    ['4242424242424242', '•••• 4242'], ['378282246310005', '•••• 0005'], ['4222222222222', '•••• 2222'], ['6759649826438453', '•••• 8453'],
    ['6304000000000000', '•••• 0000'], ['6759000000000000004', withoutCardNumbers('6759000000000000004')],
    ['4242 4242 4242 4242', '•••• 4242'], ['4242-4242-4242-4242', '•••• 4242'], ['4242  4242 - 4242\t4242', '•••• 4242'],
    ['3782 822463 10005', '•••• 0005'], ['4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2', '•••• 4242'], ['4242.4242.4242.4242', '•••• 4242'],
    ['4242\u00a04242\u202f4242\u30004242', '•••• 4242'], ['4242\u20134242\u20104242\u22124242', '•••• 4242'],
    ['4242+4242+4242+4242', '•••• 4242'], ['4242%204242%2D4242%2d4242', '•••• 4242'], ['4242%c2%a04242%C2%A042424242', '•••• 4242'],
    ['%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32', '•••• 4242'], [String.raw`42424242\u00204242\u0034242`, String.raw`•••• 4242`],
    ['card:4242424242424242;', 'card:•••• 4242;'], ['x4242424242424242y', 'x•••• 4242y'], ['"4242424242424242"', '"•••• 4242"'],
    ['4242424242424242 12/34', '•••• 4242 12/34'], ['99 4242 4242 4242 4242', '99 •••• 4242'], ['no.4242424242424242', 'no.•••• 4242'],
    ['4242424242424242,4000000000000002', '•••• 4242,•••• 0002'], ['4242424242424242\n4000000000000002', '•••• 4242\n•••• 0002'],
    ['cus_4242424242424242', 'cus_•••• 4242'], ['pay_4242424242424242', 'pay_•••• 4242']
  ]
  for (const [text, expected] of cards) t.equal(withoutCardNumbers(text), expected, text)
})

t.test('keeps numbers that are not card numbers', async t => {
  for (const text of [
    '', 'a', '4242', '4242424242424241', '42424242424', '42424242424242424242', '4242 4242 / 4242 4242', '4242\n4242\n4242\n4242', '4242,4242,4242,4242',
    '203.113.109.201', '192.168.100.200', 'Chrome/120.0.6099.109', '2026-01-31T12:00:00.123456789+05:30', '12:00:00.000000Z', '2026-01-31',
    '+1 (555) 010-0100', '000000000000', '0000-0000-0000-0000', '1.5', '%', '%3', '%3x', '\\', '\\u003', '\\u003x'
  ]) t.equal(withoutCardNumbers(text), text, text)
})

t.test('leaves only the last four digits, with any text around or within the number', async t => {
  const separator = fc.constantFrom('', '', ' ', '-', ' - ', '\u00a0', '%20')
  const around = fc.constantFrom('', ' ', 'a', '_', '"', '=', '/', ':', ', ', '\n', '&', 'no. ')
  fc.assert(fc.property(cardNumber, fc.array(separator, { minLength: 18, maxLength: 18 }), around, around, (card, between, before, after) => {
    const text = before + [...card].map((digit, index) => digit + (index < card.length - 1 ? between[index] : '')).join('') + after
    const shown = withoutCardNumbers(text)
    t.equal(shown, `${before}•••• ${card.slice(-4)}${after}`)
  }), RUNS)
})

t.test('keeps the ids and UUIDs of the emulator', async t => {
  const ids = createIds('card numbers')
  const issued = Array.from({ length: 20_000 }, (_, index) => index % 2 === 0 ? ids.uuid() : ids.next('pay', 1_767_225_600_000_000 + index))
  t.strictSame(issued.filter(id => withoutCardNumbers(id) !== id), [])
  t.strictSame(issued.filter(id => withoutCardNumbers(`/payments/${id}?after=${id}`) !== `/payments/${id}?after=${id}`), [])
  for (const id of ['pay_8fRk3kS4242424242424242'.slice(0, 25), 'cus_42424242424242420000a', '12345678-4242-4242-4242-424242424242']) {
    t.equal(withoutCardNumbers(id), id)
  }
})

t.test('masks JSON numbers', async t => {
  for (const value of [4242424242424242, -4242424242424242, 4242424242424242.5, 378282246310005, 4.242424242424242e15]) {
    t.ok(isCardNumber(value), String(value))
  }
  for (const text of ['6759649826438453001', '9999999999999995', '9007199254740993']) t.ok(isCardNumber(Number(text)), `${text} has lost digits`)
  for (const value of [0, 1, -1, 0.4242424242424242, 4242424242424241, 1e21, 1e300, NaN, Infinity, 42424242424]) t.notOk(isCardNumber(value), String(value))
})
