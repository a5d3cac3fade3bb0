/**
 * Generates the reference tables `fixtures/reference/*.gen.json`: currencies, countries and tax rates, one row for every code
 * of the contract's enums. It joins the contract, ISO 4217 (currency-codes), sales-tax and the handwritten tables of
 * reference-data.json. The same input gives the same bytes on every Node.js.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import currencyCodes from 'currency-codes'

const require = createRequire(import.meta.url)

const CONTRACT = new URL('../../openapi/openapi.gen.json', import.meta.url)
const DATA = new URL('./reference-data.json', import.meta.url)

/**
 * Exceptions from ISO 4217 in currency-codes.
 * MGA: ISO says 2, but an ariary has five iraimbilanja, so no amount has decimals. It is one of the real API's 16 zero-decimal
 * currencies.
 * HRK and SLL are no longer in ISO's list and the package. The kuna (until 2022, then the euro) had 100 lipa, the old leone
 * (until 2023, then SLE) 100 cents.
 */
const EXPONENTS = { HRK: 2, MGA: 0, SLL: 2 }

/**
 * Currencies that must have no decimals, or three. A new version of currency-codes that changes one of them would change every
 * amount in that currency, so the generator checks them.
 */
const ZERO_DECIMAL = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'
const THREE_DECIMAL = 'BHD IQD JOD KWD LYD OMR TND'

/**
 * Countries outside the EU where a business with a valid tax id pays the tax itself. Great Britain and India are documented. In
 * Norway, the law makes business buyers pay it for remote services. For other countries there is no documentation, so the tax
 * stays: a test that expects 0 then fails visibly, while a shop that charges too little would go unnoticed.
 */
const REVERSE_CHARGE_OUTSIDE_EU = ['GB', 'IN', 'NO']

/** sales-tax has no row for Montenegro. Its tax (PDV) is a VAT. */
const TAX_NAMES = { ME: 'VAT' }

/**
 * The generated files.
 * @returns {Promise<Array<{path: string, content: string}>>} paths relative to the repository's root
 */
export async function reference () {
  const contract = await readJson(CONTRACT, 'bundle the contract first: the enums of currencies and countries come from it')
  return referenceFiles(contract, await readJson(DATA))
}

/** The same for a given contract, without reading one. */
export function referenceFiles (contract, data) {
  const { Currency, CountryCodeAlpha2 } = contract.components.schemas
  return [
    file('currencies', currencies(Currency.enum, data.currencies)),
    file('countries', countries(CountryCodeAlpha2.enum, data.countries, Currency.enum)),
    file('tax-rates', taxRates(CountryCodeAlpha2.enum, data.tax_rates_percent))
  ]
}

/**
 * `minimum` in the data is the published figure, in major units. `usd_rate` is the price of one US dollar, with fixed values from
 * about 2026 that keep the pegs (XAF, BAM, DKK … to EUR; LSL, NAD, SZL to ZAR; FKP, GIP, SHP to GBP). Null, so without a rate:
 * the retired HRK and SLL, CUP and RUB under sanctions, and SSP, VES and YER, which have several rates. ANG and BGN were retired
 * in 2025 and 2026, after the published tables, and keep their last parity.
 */
function currencies (codes, data) {
  sameKeys(codes, data, 'currencies')
  const rows = codes.map(code => {
    const { minimum, usd_rate: rate } = data[code]
    if (rate !== null && !/^\d+(\.\d+)?$/.test(rate)) throw new Error(`${code}: ${rate} is not a decimal string`)
    const exponent = EXPONENTS[code] ?? currencyCodes.code(code)?.digits
    if (exponent === undefined) throw new Error(`${code} is not in ISO 4217 any more: give it an exponent in EXPONENTS`)
    return [code, { exponent, minimum_charge: minimum === null ? null : minor(minimum, exponent), usd_rate: rate }]
  })
  expectExponent(rows, 0, ZERO_DECIMAL)
  expectExponent(rows, 3, THREE_DECIMAL)
  return rows
}

/**
 * Names are written by hand, because Intl.DisplayNames differs between versions of Node.js (Turkey, Macao, Eswatini) and names
 * appear in error messages. `currency` is the default charge currency of adaptive pricing, not the country's own currency; null
 * if the published table has no row.
 */
function countries (codes, data, currencyCodesOfContract) {
  sameKeys(codes, data, 'countries')
  return codes.map(code => {
    const { name, currency } = data[code]
    if (currency !== null && !currencyCodesOfContract.includes(currency)) throw new Error(`${code}: no currency ${currency}`)
    return [code, { name, currency }]
  })
}

/**
 * Rates are those that the real service publishes, although some laws have changed (sales-tax has RO 21, EE 24, FI 25.5,
 * ID 11), because tests compare with the service. sales-tax provides the kind of tax and the EU countries.
 */
function taxRates (countryCodes, percents) {
  // Only the data, because the package's code uses today's date and loads a SOAP client.
  const kinds = require('sales-tax/res/sales_tax_rates.json')
  const { EU } = require('sales-tax/res/region_countries.json')
  return Object.entries(percents).map(([code, percent]) => {
    if (!countryCodes.includes(code)) throw new Error(`tax_rates_percent: no country ${code}`)
    if (!Number.isInteger(percent)) throw new Error(`${code}: ${percent} is not a whole percent`)
    const name = TAX_NAMES[code] ?? kinds[code]?.type.toUpperCase()
    if (name !== 'VAT' && name !== 'GST') throw new Error(`${code}: the tax has no name, add it to TAX_NAMES`)
    const reverseCharge = EU.includes(code) || REVERSE_CHARGE_OUTSIDE_EU.includes(code)
    return [code, { rate_bps: percent * 100, name, reverse_charge: reverseCharge }]
  })
}

/** `'2.50'` with two decimals is 250. Works on the string, because a floating point product could be off by one. */
function minor (decimal, exponent) {
  const [whole, decimals = ''] = decimal.split('.')
  if (!/^\d+$/.test(whole + decimals) || decimals.length > exponent) throw new Error(`${decimal} does not fit ${exponent} decimals`)
  return Number(whole + decimals.padEnd(exponent, '0'))
}

function expectExponent (rows, exponent, expected) {
  const found = rows.filter(([, row]) => row.exponent === exponent).map(([code]) => code).sort().join(' ')
  if (found !== expected) throw new Error(`currencies with ${exponent} decimals: ${found} instead of ${expected}`)
}

/** If the contract gains or loses a code, the data must cover it. */
function sameKeys (codes, table, name) {
  const missing = codes.filter(code => !Object.hasOwn(table, code))
  const extra = Object.keys(table).filter(code => !codes.includes(code))
  if (missing.length + extra.length === 0) return
  throw new Error(`reference-data.json, ${name}: missing ${missing.join(' ') || 'none'}, not in the contract ${extra.join(' ') || 'none'}`)
}

/** One row per line, by code, so that a diff shows the changed rows. */
function file (name, rows) {
  const lines = rows
    .toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([code, row]) => {
      const fields = Object.entries(row).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      return `  ${JSON.stringify(code)}: { ${fields.join(', ')} }`
    })
  return { path: `fixtures/reference/${name}.gen.json`, content: `{\n${lines.join(',\n')}\n}\n` }
}

async function readJson (url, hint = '') {
  try {
    return JSON.parse(await readFile(url, 'utf8'))
  } catch (error) {
    throw new Error(`cannot read ${url.pathname.split('/').slice(-2).join('/')}${hint && `; ${hint}`}`, { cause: error })
  }
}
