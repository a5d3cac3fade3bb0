/** Exact decimal numbers. The API writes them as strings: unit prices of meters, usage, exchange rates. */

/** `digits` divided by 10 to the power of `scale`. */
export interface Decimal {
  digits: bigint
  scale: number
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/** Parses a decimal such as `0.0025`. Null for anything else; exponents are not allowed. */
export function parseDecimal (text: string): Decimal | null {
  const match = DECIMAL.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', decimals = ''] = match
  const digits = BigInt(whole + decimals)
  return { digits: sign === '-' ? -digits : digits, scale: decimals.length }
}

/** Parses a decimal that has been validated before. */
export function toDecimal (text: string): Decimal {
  const decimal = parseDecimal(text)
  if (decimal === null) throw new Error(`${text} is not a decimal number`)
  return decimal
}

const WITH_EXPONENT = /^(-?\d+)(?:\.(\d+))?e([+-]\d+)$/

/** The shortest decimal that identifies a finite number: its digits as JSON writes them, exactly. */
export function decimalOf (value: number): Decimal {
  if (Number.isSafeInteger(value)) return { digits: BigInt(value), scale: 0 }
  const text = String(value)
  const match = WITH_EXPONENT.exec(text)
  if (match === null) return toDecimal(text)
  const [, whole = '', decimals = '', exponent = ''] = match
  const digits = BigInt(whole + decimals)
  const scale = decimals.length - Number(exponent)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** Negative, 0 or positive, as for sorting. */
export function compareDecimals (a: Decimal, b: Decimal): number {
  const { digits } = minus(a, b)
  return digits < 0n ? -1 : digits > 0n ? 1 : 0
}

export function plus (a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { digits: atScale(a, scale) + atScale(b, scale), scale }
}

export function minus (a: Decimal, b: Decimal): Decimal {
  return plus(a, { ...b, digits: -b.digits })
}

export function times (a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale }
}

/** Rounds a decimal of 0 or more half up. */
export function roundHalfUp ({ digits, scale }: Decimal): bigint {
  return divideHalfUpBig(digits, 10n ** BigInt(scale))
}

/** Formats a decimal without exponent and without trailing zeros: `12.5`, `100`. */
export function formatDecimal ({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  return scale === 0 ? sign + text : sign + withoutTrailingZeros(`${text.slice(0, -scale)}.${text.slice(-scale)}`)
}

/** `5.40` becomes `5.4`, and `5.00` becomes `5`. */
export function withoutTrailingZeros (decimal: string): string {
  if (!decimal.includes('.')) return decimal
  let end = decimal.length
  while (decimal[end - 1] === '0') end--
  return decimal.slice(0, decimal[end - 1] === '.' ? end - 1 : end)
}

/** `dividend / divisor` for integers of 0 or more, rounded half up. */
export function divideHalfUpBig (dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n)
}

function atScale ({ digits, scale }: Decimal, wanted: number): bigint {
  return digits * 10n ** BigInt(wanted - scale)
}
