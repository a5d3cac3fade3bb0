import { rmSync, mkdirSync, copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { drawInvoice, type InvoiceDocument } from '../../src/pages/invoice.js'
import { fontsFor, pathOf } from '../../src/pages/typesetting/fonts.js'
import { wrap } from '../../src/pages/typesetting/wrap.js'
import { packagePath } from '../../src/root.js'
import { numRuns } from '../effort.js'
import { readPdf, type Pdf } from '../resources/pdf.js'

const PAPER: InvoiceDocument = {
  language: 'en',
  title: 'Invoice',
  number: 'inv_1',
  createdAt: 0,
  issuer: 'Store',
  facts: [],
  parties: [{ title: 'Billed to', lines: [] }],
  summary: 'Paid',
  columns: [{ title: 'Description', width: 0 }, { title: 'Amount', width: 90 }],
  rows: [],
  totals: [],
  notes: [],
  labels: { emulated: 'Emulated', replaced: 'Boxes.', page: (page, count) => `Page ${page} of ${count}` }
}

async function draw (changes: Partial<InvoiceDocument>): Promise<Pdf> {
  return readPdf(Buffer.from(await drawInvoice({ ...PAPER, ...changes })))
}

/** Draws each text as a row, and returns the text of each row from left to right. */
async function rowsOf (texts: readonly string[], changes: Partial<InvoiceDocument> = {}) {
  const paper = await draw({ rows: texts.map((text, index) => ({ cells: [text, `#${index}`] })), ...changes })
  const rows = texts.map((_, index) => {
    const mark = paper.runs.find(({ text }) => text === `#${index}`)
    const runs = paper.runs.filter(run => run !== mark && Math.abs(run.y - (mark?.y ?? 0)) < 0.01)
    return { text: runs.sort((a, b) => a.x - b.x).map(({ text }) => text).join(''), hasBox: runs.some(({ hasBox }) => hasBox) }
  })
  return { paper, rows }
}

// Each has what its script makes difficult: joined letters, marks, vowels that are written before their consonant.
const LEFT_TO_RIGHT: Record<string, string> = {
  Latin: 'Łukasz Żółć, Nguyễn Văn Ấn',
  Greek: 'Γιώργος Παπαδόπουλος',
  Cyrillic: 'Дмитрий Шостакович, Київ',
  Armenian: 'Արամ Խաչատրյան',
  Georgian: 'შოთა რუსთაველი',
  Devanagari: 'राजेश शर्मा क्षत्रिय हिन्दी',
  Bengali: 'রবীন্দ্রনাথ ঠাকুর',
  Gurmukhi: 'ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ',
  Gujarati: 'નરસિંહ મહેતા',
  Oriya: 'ଫକୀରମୋହନ ସେନାପତି',
  Tamil: 'கோவிந்தராஜன்',
  Telugu: 'శ్రీనివాస్',
  Kannada: 'ಶ್ರೀನಿವಾಸ',
  Malayalam: 'ശ്രീനിവാസൻ',
  Sinhala: 'ශ්‍රී ලංකා',
  Thai: 'สมชาย ใจดี น้ำดื่ม',
  Lao: 'ສົມສັກ ນໍ້າ',
  Khmer: 'ខ្មែរ ស្រី',
  Myanmar: 'မြန်မာ ကျွန်ုပ်',
  Tibetan: 'བོད་སྐད',
  Ethiopic: 'ሰላም አማርኛ',
  Japanese: '山田 太郎（サンプル）。',
  Korean: '김철수 주식회사',
  'simplified Chinese': '张伟 有限公司',
  'traditional Chinese': '陳大文 台北市',
  currencies: '₹499 ₽ ₺ ₪ ₩ ₫ ฿ ₴ ₦ ₾ ₸ ₱ ₲ ₡ ₵ ৳ ֏ ៛ ؋',
  symbols: '✓ → ★ ① ½ ™',
  emoji: '🎉 Pro 👩‍👩‍👧 🇩🇪 👍🏽'
}

t.test('every script is drawn in real glyphs, and copied as it was written', async t => {
  const { rows, paper } = await rowsOf(Object.values(LEFT_TO_RIGHT))
  Object.entries(LEFT_TO_RIGHT).forEach(([script, text], index) => {
    t.strictSame(rows[index], { text: text.normalize('NFC'), hasBox: false }, script)
  })
  t.ok(paper.bytes.length < 200_000, `${paper.bytes.length} bytes with ${paper.embedded.length} fonts`)
})

t.test('text from right to left, with numbers and Latin words in it', async t => {
  // From left to right, as they are on the page.
  const cases: Array<[text: string, shown: string]> = [
    ['שלום', 'םולש'],
    ['محمد', 'دمحم'],
    ['ישראל 2024', '2024 לארשי'],
    ['(שלום)', '(םולש)'],
    ['abc שלום def', 'abc םולש def'],
    ['שלום abc 12', 'abc 12 םולש'],
    ['٣٤ عدد', 'ددع ٣٤'],
    ['ދިވެހި', 'ިހެވިދ']
  ]
  const { rows } = await rowsOf(cases.map(([text]) => text))
  cases.forEach(([text, shown], index) => { t.strictSame(rows[index], { text: shown, hasBox: false }, text) })
})

t.test('a character that no font has is drawn in its simpler form, if it has one', async t => {
  const { rows } = await rowsOf(['㈱山田', '㍿ ㎏'])
  t.strictSame(rows, ['(株)山田', '株式会社 kg'].map(text => ({ text, hasBox: false })))
})

t.test('Arabic letters are joined', async t => {
  const { paper } = await rowsOf(['بيت', 'ب ي ت'])
  const glyphs = paper.runs.filter(({ text }) => /[بيت]/.test(text))
  t.ok(glyphs.length >= 2)
  t.not(glyphs[0]?.codes, glyphs[1]?.codes)
})

t.test('a document in a language from right to left is mirrored', async t => {
  const left = await draw({ rows: [{ cells: ['One', '$1'] }] })
  const right = await draw({ rows: [{ cells: ['One', '$1'] }], language: 'ar-EG' })
  const xOf = ({ runs }: Pdf, text: string) => runs.find(run => run.text === text)?.x ?? NaN
  t.ok(xOf(left, 'One') < xOf(left, '$1'))
  t.ok(xOf(right, 'One') > xOf(right, '$1'))
})

t.test('loads and embeds only the fonts that a document needs', async t => {
  t.strictSame((await draw({ issuer: 'Zoë’s Café – €5' })).embedded, [])
  t.strictSame((await draw({ issuer: 'Café Łódź' })).embedded.sort(), ['NotoSans-Bold', 'NotoSans-Regular'])
  const greek = await draw({ parties: [{ title: 'Ελλάδα', lines: [] }] })
  t.ok(greek.bytes.length < 25_000, `${greek.bytes.length} bytes`)
  const thai = await draw({ issuer: 'ไทย' })
  t.strictSame(thai.embedded.filter(name => !name.startsWith('NotoSans-')), ['NotoSansThai-Regular'])
})

t.test('the same document gives the same bytes, after any other', async t => {
  const document = { issuer: 'سلام 日本', rows: [{ cells: ['हिन्दी', '₹1'] }] }
  const first = await draw(document)
  await draw({ issuer: 'مسلسل 本日', rows: [{ cells: ['दिन', '₹2'] }] })
  t.ok(first.bytes.equals((await draw(document)).bytes))
})

t.test('ideographs have the form of the country', t => {
  const first = (text: string, country: string | undefined, language: string) =>
    fontsFor('直', text, { country, language })[0]?.name
  t.strictSame([
    first('直', 'JP', 'en'), first('直', 'CN', 'en'), first('直', 'TW', 'en'), first('直', 'KR', 'en'), first('直', 'DE', 'ja'),
    first('直', 'DE', 'zh-TW'), first('直', 'US', 'zh'), first('直しました', 'CN', 'zh'), first('直 김', 'US', 'en')
  ], ['jp', 'sc', 'tc', 'kr', 'jp', 'tc', 'sc', 'jp', 'kr'].map(form => `noto-sans-${form}.woff`))
  t.end()
})

t.test('characters without a font are boxes, and a note names the packages that have them', async t => {
  const { rows, paper } = await rowsOf(['a \u{12000} b', 'Ꮳ', 'ok', '\u{20bb7}', '∑'], { language: 'ja' })
  t.strictSame(rows.map(({ hasBox }) => hasBox), [true, true, false, true, true])
  t.equal(rows[0]?.text, 'a \u{12000} b', 'copied as it was written')
  const note = paper.texts.join('').replaceAll(' ', '')
  t.match(note, ['Boxes.npminstall@embedpdf/fonts-jp', '@expo-google-fonts/noto-sans-math', '@fontsource/noto-sans-cherokee',
    '@fontsource/noto-sans-cuneiform'].join(''))
  t.notMatch((await draw({ issuer: '日本' })).texts.join(''), 'Boxes')
})

t.test('a package with a font is found in the project that runs the emulator', t => {
  const project = mkdtempSync(join(tmpdir(), 'fonts-'))
  const home = process.cwd()
  t.teardown(() => {
    process.chdir(home)
    rmSync(project, { recursive: true })
  })
  const [font] = fontsFor('Ꮳ', 'Ꮳ', { language: 'en', country: undefined })
  if (font?.from === undefined) throw new Error('no package has it')
  t.equal(pathOf(font), undefined)
  const path = join(project, 'node_modules', font.from.package, font.from.path)
  mkdirSync(join(path, '..'), { recursive: true })
  copyFileSync(packagePath('fonts', 'noto-sans-thai.woff'), path)
  process.chdir(project)
  t.equal(pathOf(font), path.replace(project, process.cwd()))
  t.end()
})

t.test('lines end where the language allows it', async t => {
  const linesOf = async (text: string) => {
    const { runs } = await draw({ parties: [{ title: 'A', lines: ['x', text] }, { title: 'B', lines: [] }] })
    const rows = new Map<number, string>()
    for (const run of runs) rows.set(run.y, (rows.get(run.y) ?? '') + run.text)
    return [...rows.values()].filter(row => text.startsWith(row.slice(0, 1)) || text.includes(row))
  }
  const japanese = 'これは改行の試験である、句読点、行頭に来てはならない。'.repeat(2)
  const lines = await linesOf(japanese)
  t.equal(lines.join(''), japanese)
  t.ok(lines.length > 1)
  t.notOk(lines.some(line => /^[、。]/.test(line)), lines.join(' | '))
  const thai = 'ภาษาไทยเป็นภาษาที่ไม่มีการเว้นวรรคระหว่างคำจึงต้องใช้พจนานุกรมในการตัดคำให้ถูกต้อง'
  const words = [...new Intl.Segmenter('th', { granularity: 'word' }).segment(thai)].map(({ index }) => index)
  const [first = ''] = await linesOf(thai)
  t.ok(first.length < thai.length && words.includes(first.length), `${first} ends with a word`)
})

t.test('any text can be drawn', async t => {
  const hostile = [
    'ก'.repeat(900), '日'.repeat(900), 'ا'.repeat(900), 'क्'.repeat(500), `a${'\u0301'.repeat(900)}`, '\ud800', '\u202e\u2066\u200f',
    '👩‍'.repeat(200), ' '.repeat(5000), '\u1031\u103c', '\u0e33', '\u17d2', '\u094d\u093f', '\ufe0f', '\u200d'
  ]
  await t.resolves(draw({ issuer: 'Ω', rows: hostile.map(text => ({ cells: [text, text], note: text })), facts: [['\u{1f1e9}', 'x']] }))
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme' }), async (a, b) => {
    await draw({ issuer: a, notes: [b, 'Ω'] })
  }), { numRuns: numRuns(10) })
})

t.test('wraps within the width, and loses nothing', t => {
  const measure = {
    widthOf: (text: string) => text.length,
    parts: (text: string) => text.match(/[^ ]* ?/g) ?? [],
    characters: (text: string) => [...text]
  }
  fc.assert(fc.property(fc.stringMatching(/^[a-c ]{0,80}$/), fc.integer({ min: 1, max: 20 }), (text, width) => {
    const lines = wrap(text, width, 100, measure)
    return lines.every(line => line.length <= width) && lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '')
  }))
  t.strictSame(wrap('one two three', 5, 2, measure), ['one', 'two…'])
  t.end()
})
