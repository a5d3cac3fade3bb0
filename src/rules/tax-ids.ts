/**
 * Validates the format and check digits of each country's business tax id. Knows no tax rates and queries no register: any
 * well-formed number is valid.
 */
import * as stdnum from '../vendor/stdnum.js'

export type TaxIdCheck =
  | { valid: true, name: string }
  | { valid: false, name: string, reason: string }

/**
 * Checks that `taxId` is a well-formed business tax id of the billing country `country` (ISO 3166 alpha-2, any case).
 *
 * `name` is the local name of the number ("VAT number (USt-IdNr.)"). `reason` is a sentence that says what to change, with an
 * example that would pass. Neither repeats the id. Never throws.
 *
 * Case is ignored, and so are spaces, dots, hyphens and slashes. `FORMATS` has the format of each country. In the EU it is the
 * VAT number, because other national numbers do not shift the tax to the buyer; the country prefix is optional, and is EL for
 * Greece. In GB the prefix may be GB or XI. Elsewhere it is the number that goes on an invoice. A country that is not in the
 * table accepts 4 or more letters or digits. An id has at most 50 characters. `INVALID` is refused everywhere, so that tests can
 * rely on a refusal.
 *
 * Sources: the European Commission's table of VAT number structures (EU and GB). For the others and for all check digits, the
 * library stdnum 1.12 and the documents it names, except where a comment below says why not. For AE, BA, HK and SA, which
 * stdnum lacks, published guides to their formats.
 */
export function checkTaxId (country: string, taxId: string): TaxIdCheck {
  const code = country.toUpperCase()
  const known = FORMATS.get(code)
  const { name, example, forms } = known ?? OTHER
  const wanted = known ? `Expected for ${code}: ${name}` : `Expected: ${name}`
  const refuse = (why: string): TaxIdCheck =>
    ({ valid: false, name, reason: `${why}. ${wanted}, such as ${example}.` })

  // Checked first, so that no regular expression below runs on a long string.
  if (taxId.length > MAX_LENGTH) return refuse(`The tax id is longer than ${MAX_LENGTH} characters`)
  if (!CHARACTERS.test(taxId)) return refuse('The tax id has characters other than letters, digits, spaces, and ". - /"')
  const compact = taxId.replace(SEPARATORS, '').toUpperCase()
  if (compact === ALWAYS_INVALID) return refuse(`"${ALWAYS_INVALID}" is refused on purpose`)

  let fits = false
  for (const { shape, passes } of forms) {
    const body = shape.exec(compact)?.[1]
    if (body === undefined) continue
    fits = true
    // Zeros alone satisfy most check digits, but are never issued.
    if (/[1-9A-Z]/.test(body) && passes(body)) return { valid: true, name }
  }
  return refuse(fits
    ? 'A character of the tax id is wrong: its check digits or fixed digits do not match'
    : 'The tax id has the wrong length or shape')
}

const MAX_LENGTH = 50
const ALWAYS_INVALID = 'INVALID'

// Numbers pasted from documents contain no-break spaces and dashes instead of spaces and hyphens.
// Ñ and & occur in Mexican numbers; no other shape below matches them.
const CHARACTERS = /^[A-Za-z0-9Ññ& \u00a0\u202f./\u2010-\u2015-]*$/
const SEPARATORS = /[ \u00a0\u202f./\u2010-\u2015-]/g

/** One way to write a number. `shape` captures the number without its prefix, and `passes` checks it. */
interface Form { shape: RegExp, passes: (body: string) => boolean }
interface Format { name: string, example: string, forms: Form[] }

/** A form whose check digits stdnum verifies. */
function checked (shape: RegExp, validate: (value: string) => { isValid: boolean }): Form {
  return { shape, passes: body => validate(body).isValid }
}

/** A form without a check: it has no check digit, or the rule is not public, or it applies to numbers of persons. */
function shaped (shape: RegExp): Form {
  return { shape, passes: () => true }
}

const OTHER: Format = {
  name: 'tax number',
  example: '1234567890',
  forms: [{ shape: /^([A-Z0-9]{4,})$/, passes: () => true }]
}

const FORMATS: ReadonlyMap<string, Format> = new Map(Object.entries({
  // The European Union.
  AT: { name: 'VAT number (UID)', example: 'ATU13585627', forms: [checked(/^(?:AT)?(U\d{8})$/, stdnum.atUid)] },
  // Nine digits are the old form without the leading 0, which many websites still show.
  BE: { name: 'VAT number (BTW/TVA)', example: 'BE0403019261', forms: [checked(/^(?:BE)?([01]?\d{9})$/, stdnum.beVat)] },
  BG: {
    name: 'VAT number (DDS)',
    example: 'BG175074752',
    forms: [{ shape: /^(?:BG)?(\d{9})$/, passes: bulgarianCompany }, shaped(/^(?:BG)?(\d{10})$/)]
  },
  CY: { name: 'VAT number (FPA)', example: 'CY10259033P', forms: [checked(/^(?:CY)?(\d{8}[A-Z])$/, stdnum.cyVat)] },
  // Nine and ten digits are birth numbers of persons, whose date stdnum compares with the real clock.
  CZ: {
    name: 'VAT number (DIČ)',
    example: 'CZ25123891',
    forms: [checked(/^(?:CZ)?(\d{8})$/, stdnum.czIco), shaped(/^(?:CZ)?(\d{9,10})$/)]
  },
  DE: { name: 'VAT number (USt-IdNr.)', example: 'DE136695976', forms: [checked(/^(?:DE)?([1-9]\d{8})$/, stdnum.deVat)] },
  DK: { name: 'VAT number (CVR)', example: 'DK13585628', forms: [checked(/^(?:DK)?(\d{8})$/, stdnum.dkCvr)] },
  EE: { name: 'VAT number (KMKR)', example: 'EE100931558', forms: [checked(/^(?:EE)?(\d{9})$/, stdnum.eeKmkr)] },
  ES: {
    name: 'VAT number (NIF)',
    example: 'ESB58378431',
    forms: [checked(/^(?:ES)?([A-Z]\d{7}[A-Z\d]|\d{8}[A-Z])$/, stdnum.esNif)]
  },
  FI: { name: 'VAT number (ALV)', example: 'FI20774740', forms: [checked(/^(?:FI)?(\d{8})$/, stdnum.fiAlv)] },
  // The two key characters may also be "FR", which stdnum strips as the prefix unless the real prefix precedes them.
  FR: {
    name: 'VAT number (TVA)',
    example: 'FR40303265045',
    forms: [checked(/^(?:FR)?([0-9A-HJ-NP-Z]{2}\d{9})$/, body => stdnum.frTva(`FR${body}`))]
  },
  GR: { name: 'VAT number (AFM)', example: 'EL094259216', forms: [checked(/^(?:EL|GR)?(\d{9})$/, stdnum.grVat)] },
  HR: { name: 'VAT number (OIB)', example: 'HR33392005961', forms: [checked(/^(?:HR)?(\d{11})$/, stdnum.hrOib)] },
  HU: { name: 'VAT number (ANUM)', example: 'HU12892312', forms: [checked(/^(?:HU)?(\d{8})$/, stdnum.huAnum)] },
  IE: {
    name: 'VAT number',
    example: 'IE6433435F',
    forms: [checked(/^(?:IE)?(\d[A-Z\d]\d{5}[A-W][A-IW]?)$/, stdnum.ieVat)]
  },
  IT: { name: 'VAT number (partita IVA)', example: 'IT00743110157', forms: [checked(/^(?:IT)?(\d{11})$/, stdnum.itIva)] },
  LT: { name: 'VAT number (PVM)', example: 'LT119511515', forms: [checked(/^(?:LT)?(\d{9}|\d{12})$/, stdnum.ltPvm)] },
  LU: { name: 'VAT number (TVA)', example: 'LU15027442', forms: [checked(/^(?:LU)?(\d{8})$/, stdnum.luTva)] },
  // A first digit of 0 to 3 marks a person's code, whose birth date stdnum compares with the real clock.
  LV: {
    name: 'VAT number (PVN)',
    example: 'LV40003521600',
    forms: [checked(/^(?:LV)?([4-9]\d{10})$/, stdnum.lvPvn), shaped(/^(?:LV)?([0-3]\d{10})$/)]
  },
  MT: { name: 'VAT number', example: 'MT11679112', forms: [checked(/^(?:MT)?(\d{8})$/, stdnum.mtVat)] },
  NL: { name: 'VAT number (btw-id)', example: 'NL004495445B01', forms: [checked(/^(?:NL)?(\d{9}B(?!00)\d{2})$/, stdnum.nlBtw)] },
  PL: { name: 'VAT number (NIP)', example: 'PL8567346215', forms: [checked(/^(?:PL)?(\d{10})$/, stdnum.plNip)] },
  PT: { name: 'VAT number (NIF)', example: 'PT501964843', forms: [checked(/^(?:PT)?([1-9]\d{8})$/, stdnum.ptNif)] },
  RO: { name: 'VAT number (CIF)', example: 'RO18547290', forms: [checked(/^(?:RO)?([1-9]\d{1,9})$/, stdnum.roCui)] },
  SE: { name: 'VAT number (momsnummer)', example: 'SE556042722001', forms: [checked(/^(?:SE)?(\d{12})$/, stdnum.seVat)] },
  SI: { name: 'VAT number (DDV)', example: 'SI50223054', forms: [checked(/^(?:SI)?([1-9]\d{7})$/, stdnum.siDdv)] },
  // stdnum rejects sole traders, whose number may start with 1, 5 or 6.
  SK: {
    name: 'VAT number (IČ DPH)',
    example: 'SK2022749619',
    forms: [{ shape: /^(?:SK)?([1-9]\d[2-47-9]\d{7})$/, passes: body => Number(body) % 11 === 0 }]
  },

  // The rest of Europe. In GB, XI is Northern Ireland, and GD and HA are public authorities.
  GB: {
    name: 'VAT number',
    example: 'GB980780684',
    forms: [checked(/^(?:GB|XI)?(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, stdnum.gbVat)]
  },
  BA: { name: 'tax number (PDV or JIB)', example: '200417740006', forms: [shaped(/^(\d{12}|4\d{12})$/)] },
  CH: {
    name: 'UID or VAT number (MWST/TVA/IVA)',
    example: 'CHE-107.787.577 MWST',
    forms: [checked(/^(CHE\d{9})(?:MWST|TVA|IVA|TPV)?$/, stdnum.chUid)]
  },
  IS: { name: 'VAT number (VSK)', example: '62199', forms: [shaped(/^(?:IS)?(\d{5,6})$/)] },
  MD: {
    name: 'company number (IDNO) or VAT code',
    example: '1008600038413',
    forms: [checked(/^(\d{13})$/, stdnum.mdIdno), shaped(/^(\d{7})$/)]
  },
  ME: { name: 'tax number (PIB)', example: '03353486', forms: [checked(/^(\d{8})$/, stdnum.mePib)] },
  // The letters MVA mark an organisation as registered for VAT. They are often omitted.
  NO: { name: 'VAT number (MVA)', example: 'NO995525828MVA', forms: [checked(/^(?:NO)?(\d{9})(?:MVA)?$/, stdnum.noOrgnr)] },
  RS: { name: 'tax number (PIB)', example: '101134702', forms: [checked(/^(?:RS)?(\d{9})$/, stdnum.rsPib)] },
  TR: { name: 'tax number (VKN)', example: '4540536920', forms: [checked(/^(\d{10})$/, stdnum.trVkn)] },

  // The Americas.
  AR: { name: 'tax number (CUIT)', example: '30-50001091-2', forms: [checked(/^(\d{11})$/, stdnum.arCuit)] },
  // Numbers issued since July 2026 may contain letters.
  BR: { name: 'company number (CNPJ)', example: '16.727.230/0001-97', forms: [checked(/^([A-Z\d]{12}\d{2})$/, stdnum.brCnpj)] },
  CA: {
    name: 'business number (BN), GST/HST or QST number',
    example: '123026635 RT 0001',
    forms: [checked(/^(\d{9}(?:R[CMPT]\d{4})?)$/, stdnum.caBn), checked(/^(\d{10}TQ\d{4})$/, stdnum.caQst)]
  },
  CL: { name: 'tax number (RUT)', example: '76086428-5', forms: [checked(/^(?:CL)?(\d{7,8}[\dK])$/, stdnum.clRut)] },
  CO: { name: 'tax number (NIT)', example: '900544472-2', forms: [checked(/^(\d{8,11})$/, stdnum.coNit)] },
  // No check digit: the tax office itself issued about 1.5 % of the numbers with one that does not match.
  MX: {
    name: 'tax number (RFC)',
    example: 'MAB930714 8T4',
    forms: [shaped(/^([A-ZÑ&]{3,4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z\d]{2}[A\d])$/)]
  },
  PE: { name: 'tax number (RUC)', example: '20512333797', forms: [checked(/^(\d{11})$/, stdnum.peRuc)] },
  US: { name: 'employer identification number (EIN)', example: '12-3456789', forms: [checked(/^(\d{9})$/, stdnum.usEin)] },

  // Asia, Africa and the Pacific.
  AE: { name: 'tax registration number (TRN)', example: '100123456700003', forms: [shaped(/^(\d{15})$/)] },
  AU: { name: 'business number (ABN)', example: '51 824 753 556', forms: [checked(/^(?:ABN)?(\d{11})$/, stdnum.auAbn)] },
  CN: {
    name: 'unified social credit code (USCC)',
    example: '91110000600037341L',
    forms: [{ shape: /^(\d{8}[0-9A-HJ-NP-RTUWXY]{10})$/, passes: chineseCreditCode }]
  },
  HK: { name: 'business registration number (BRN)', example: '12345678', forms: [shaped(/^(\d{8}(?:\d{3})?)$/)] },
  ID: {
    name: 'tax number (NPWP)',
    example: '01.312.166.0-091.000',
    // Since 2024 it has 16 digits: a 0 and the old 15 digits, or a person's number.
    forms: [{ shape: /^0?(\d{15})$/, passes: indonesianTaxNumber }, shaped(/^([1-9]\d{15})$/)]
  },
  IL: {
    name: 'company or dealer number',
    example: '516179157',
    forms: [{ shape: /^(\d{9})$/, passes: stdnum.luhnChecksumValidate }]
  },
  // stdnum lacks three state codes: Ladakh, other territory, and the central office.
  IN: {
    name: 'GST number (GSTIN)',
    example: '27AAPFU0939F1ZV',
    forms: [
      checked(/^((?:0[1-9]|[12]\d|3[0-7])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[A-Z\d])$/, stdnum.inGstin),
      shaped(/^((?:38|97|99)[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[A-Z\d])$/)
    ]
  },
  // T marks an issuer of qualified invoices.
  JP: { name: 'corporate number or T-number', example: 'T5835678256246', forms: [checked(/^T?([1-9]\d{12})$/, stdnum.jpCn)] },
  KR: { name: 'business registration number (BRN)', example: '116-82-00276', forms: [checked(/^(\d{10})$/, stdnum.krBrn)] },
  NZ: {
    name: 'GST number (IRD) or business number (NZBN)',
    example: '49-091-850',
    forms: [checked(/^(?:NZ)?(\d{8,9})$/, stdnum.nzIrd), checked(/^(94\d{11})$/, stdnum.ean)]
  },
  SA: { name: 'VAT number', example: '300000000000003', forms: [shaped(/^(3\d{13}3)$/)] },
  // R, S and T numbers contain a year, which stdnum compares with the real clock. M numbers are GST numbers and not UENs.
  SG: {
    name: 'entity number (UEN) or GST number',
    example: '197401143C',
    forms: [
      checked(/^(\d{8,9}[A-Z])$/, stdnum.sgUen),
      shaped(/^([RST]\d{2}[A-Z]{2}\d{4}[A-Z])$/),
      shaped(/^(M[A-Z\d]\d{7}[A-Z\d])$/)
    ]
  },
  TH: { name: 'tax number (TIN)', example: '0994000617721', forms: [checked(/^(\d{13})$/, stdnum.thTin)] },
  TW: { name: 'business number (UBN)', example: '00501503', forms: [{ shape: /^(\d{8})$/, passes: taiwaneseBusiness }] },
  VN: { name: 'tax number (MST)', example: '0100233488', forms: [checked(/^(\d{10}(?:\d{3})?)$/, stdnum.vnMst)] },
  ZA: {
    name: 'VAT or tax reference number',
    example: '4012345678',
    forms: [shaped(/^(4\d{9})$/), checked(/^([01239]\d{9})$/, stdnum.zaTin)]
  }
}))

/** Replaces stdnum's check, which rejects the many companies whose number starts with 4 to 8. */
function bulgarianCompany (body: string): boolean {
  const front = body.slice(0, 8)
  let sum = stdnum.weightedSum(front, { weights: [1, 2, 3, 4, 5, 6, 7, 8], modulus: 11 })
  if (sum === 10) sum = stdnum.weightedSum(front, { weights: [3, 4, 5, 6, 7, 8, 9, 10], modulus: 11 })
  return String(sum % 10) === body[8]
}

/** Replaces stdnum's check, which rejects every code that ends in 0: it indexes one character past its alphabet. */
function chineseCreditCode (body: string): boolean {
  return stdnum.weightedSum(body, {
    weights: [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1],
    modulus: 31,
    alphabet: '0123456789ABCDEFGHJKLMNPQRTUWXY'
  }) === 0
}

/** Replaces stdnum's check, which knows only some of the first two digits in use. */
function indonesianTaxNumber (body: string): boolean {
  return stdnum.luhnChecksumValidate(body.slice(0, 9))
}

/** Since April 2023 the sum is a multiple of 5, where stdnum requires 10. A seventh digit of 7 may count as 0 or 1. */
function taiwaneseBusiness (body: string): boolean {
  const sum = stdnum.weightedSum(body, { weights: [1, 2, 1, 2, 1, 2, 4, 1], modulus: 5, sumByDigit: true })
  return sum === 0 || (sum === 4 && body[6] === '7')
}
