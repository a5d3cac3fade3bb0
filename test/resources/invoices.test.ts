import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { drawInvoice, type InvoiceDocument } from '../../src/pages/invoice.js'
import { english } from '../../src/messages/locale.js'
import { labelsIn } from '../../src/resources/invoices/labels.js'
import { packagePath } from '../../src/root.js'
import { readPdf as read, type Pdf } from './pdf.js'
import { paymentBody, startEmulator, type PaymentBody, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>

/** Fetches a PDF without a key. */
async function fetchPaper (test: Test, { emulator }: TestEmulator, url: string): Promise<Pdf> {
  const { statusCode, headers, rawPayload: bytes, payload } = await emulator.app.inject({ method: 'GET', url })
  test.equal(statusCode, 200, payload.slice(0, 300))
  test.equal(headers['content-type'], 'application/pdf')
  test.equal(headers['content-length'], String(bytes.length))
  test.equal(bytes.subarray(0, 5).toString(), '%PDF-')
  test.equal(bytes.subarray(-6).toString().trim(), '%%EOF')
  return read(bytes)
}

const VISA: Json = { card: '4242424242424242' }

async function paid (emulate: TestEmulator, changes: Partial<PaymentBody>, pay: Json = VISA): Promise<string> {
  const { payment_id: id } = await emulate.pay(paymentBody(changes))
  const { status, text } = await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: pay })
  if (status !== 200) throw new Error(text)
  return id
}

async function invoiceOf (test: Test, emulate: TestEmulator, changes: Partial<PaymentBody>): Promise<Pdf> {
  return fetchPaper(test, emulate, `/invoices/payments/${await paid(emulate, changes)}`)
}

/** The texts occur in this order, possibly with others in between. */
function has (test: Test, { texts }: Pdf, expected: string[]): void {
  let from = 0
  const missing = expected.filter(text => {
    const at = texts.indexOf(text, from)
    if (at >= 0) from = at + 1
    return at < 0
  })
  test.strictSame(missing, [], `in ${JSON.stringify(texts)}`)
}

/** A label and the amount beside it. */
function amountOf ({ texts }: Pdf, label: string): string | undefined {
  const at = texts.indexOf(label)
  return at < 0 ? undefined : texts[at - 1]
}

t.test('an invoice', async t => {
  t.test('shows seller, goods, customer and payment', async t => {
    const emulate = startEmulator(t)
    await emulate.call('POST', '/_emulator/clock', { body: { now: '2027-03-04T23:30:00Z', frozen: true } })
    const { payment_id: id } = await emulate.pay(paymentBody({
      billing: { country: 'DE', street: 'Unter den Linden 7', city: 'Berlin', zipcode: '10117' },
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 2 }],
      discount_codes: ['SAVE10', 'FLAT5']
    }))
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 3_600_000, frozen: true } })
    await emulate.call('POST', `/_emulator/payments/${id}/pay`, { body: { card: '4242424242424242' } })
    const { invoice_id: number, total_amount: total } = await emulate.get(`/payments/${id}`)
    t.equal(total, 9942)
    const paper = await fetchPaper(t, emulate, `/invoices/payments/${id}`)
    t.equal(paper.pages, 1)
    has(t, paper, [
      'Invoice', 'Emulated Store',
      'Invoice number', String(number), 'Invoice date', '4 March 2027', 'Payment', id, 'Paid with', 'Visa •••• 4242',
      'From', 'Emulated Store', '1 Example Street', 'San Francisco, CA 94105', 'United States', 'support@store.example',
      'Billed to', 'Ada Lovelace', 'Unter den Linden 7', 'Berlin, 10117', 'Germany', 'ada@example.com',
      '$99.42 paid on 5 March 2027',
      '1', '$19.99', '$19.99', 'The Patient Debugger',
      '2', '$49.00', '$98.00', 'SQLite in Six Evenings',
      'Issued by an emulator: not a tax document, no money moved', `Invoice ${number} · Page 1 of 1`
    ])
    // 1999 + 9800 − 1960 = 9839; − 200 − 784 = 8855; − 500 = 8355; 19 % by line
    t.strictSame(['Subtotal', 'Product discount', 'Discount SAVE10', 'Discount FLAT5', 'VAT 19%', 'Total (USD)'].map(label =>
      amountOf(paper, label)), ['$117.99', '-$19.60', '-$9.84', '-$5.00', '$15.87', '$99.42'])
  })

  t.test('shows a business, its tax id, and the reverse charge', async t => {
    const emulate = startEmulator(t)
    const business = {
      billing: { country: 'DE' }, tax_id: 'DE136695976', customer_business_name: 'Analytical Engines GmbH'
    } as const
    const paper = await invoiceOf(t, emulate, business)
    has(t, paper, [
      'Analytical Engines GmbH', 'Ada Lovelace', 'Tax ID DE136695976', 'Reverse charge: the customer accounts for the tax.'
    ])
    t.strictSame([amountOf(paper, 'VAT (reverse charge)'), amountOf(paper, 'Total (USD)')], ['$0.00', '$19.99'])
    const free = await invoiceOf(t, emulate, { ...business, discount_code: 'FREE100' })
    t.notOk(free.texts.some(text => text.includes('everse charge')), 'no tax note on an unpaid invoice')
  })

  t.test('shows tax that the price contains, alone and beside added tax', async t => {
    const emulate = startEmulator(t)
    const guide = { product_id: 'pdt_guide_eur', quantity: 1 }
    const alone = await invoiceOf(t, emulate, { billing: { country: 'DE' }, product_cart: [guide] })
    t.strictSame(['Subtotal', 'VAT 19%', 'Total (EUR)', 'Includes VAT 19%'].map(label => amountOf(alone, label)),
      ['€12.50', undefined, '€12.50', '€2.00'])
    has(t, alone, ['Freelancing in Europe', 'The price includes tax'])
    const both = await invoiceOf(t, emulate, {
      billing: { country: 'DE' }, product_cart: [guide, { product_id: 'pdt_ebook', quantity: 1 }]
    })
    const units = (label: string) => Number(amountOf(both, label)?.replace(/\D/g, ''))
    t.equal(units('Subtotal') + units('VAT 19%'), units('Total (EUR)'))
  })

  t.test('formats every currency: without decimals, with three, with signs of other fonts', async t => {
    const emulate = startEmulator(t)
    const of = (product: string, country: 'JP' | 'KW' | 'IN') => invoiceOf(t, emulate, {
      billing: { country }, product_cart: [{ product_id: product, quantity: 3 }]
    })
    has(t, await of('pdt_poster_jpy', 'JP'), ['3', '¥2,500', '¥7,500', 'Kanji Poster', 'Subtotal'])
    has(t, await of('pdt_ticket_kwd', 'KW'), ['3', 'KWD 4.500', 'KWD 13.500', 'Total (KWD)'])
    const rupees = await of('pdt_template_inr', 'IN')
    has(t, rupees, ['3', '₹499.00', '₹1,497.00'])
    t.equal(amountOf(rupees, 'GST 18%'), '₹269.46')
    const converted = await invoiceOf(t, emulate, {
      billing_currency: 'EUR', product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_ebook', quantity: 0 }]
    })
    t.notOk(converted.texts.some(text => text.includes('$')), 'every amount is in the charged currency')
  })

  t.test('shows a free order', async t => {
    const emulate = startEmulator(t)
    const paper = await invoiceOf(t, emulate, { billing: { country: 'DE' }, discount_code: 'FREE100' })
    t.ok(paper.texts.some(text => text.startsWith('Free of charge, completed on ')))
    t.strictSame([amountOf(paper, 'Discount FREE100'), amountOf(paper, 'Total (USD)')], ['-$19.99', '$0.00'])
    t.notOk(paper.texts.includes('Paid with'))
  })

  t.test('spreads a hundred lines over several pages, each with a table header and a page number', async t => {
    const emulate = startEmulator(t)
    const paper = await invoiceOf(t, emulate, {
      product_cart: Array.from({ length: 100 }, (_, index) => ({ product_id: 'pdt_ebook', quantity: index }))
    })
    t.ok(paper.pages >= 3, `${paper.pages} pages`)
    t.equal(paper.texts.filter(text => text === 'Description').length, paper.pages)
    t.equal(paper.texts.filter(text => text === 'The Patient Debugger').length, 100)
    for (let page = 1; page <= paper.pages; page++) {
      t.equal(paper.texts.filter(text => text.endsWith(`Page ${page} of ${paper.pages}`)).length, 1)
    }
    t.equal(amountOf(paper, 'Total (USD)'), '$98,950.50')
  })

  t.test('prints hostile names', async t => {
    const emulate = startEmulator(t)
    const name = 'Łukasz (Dvořák) \\ ) <script>alert(1)</script>'
    const paper = await invoiceOf(t, emulate, { customer: { email: 'a@example.com', name: `${name}\u202e` } })
    t.ok(paper.texts.includes(name), JSON.stringify(paper.texts))
    t.strictSame(paper.embedded.sort(), ['NotoSans-Bold', 'NotoSans-Regular'])
    const western = await invoiceOf(t, emulate, { customer: { email: 'b@example.com', name: 'Zoë d’Été – Straße?' } })
    t.ok(western.texts.includes('Zoë d’Été – Straße?'))
    t.strictSame(western.embedded, [], 'no font is embedded where every viewer has one')
    const long = await invoiceOf(t, emulate, {
      customer: { email: 'c@example.com', name: 'x'.repeat(500) },
      billing: { country: 'FR', street: 'rue '.repeat(2500), city: '\n\t' }
    })
    t.equal(long.pages, 1)
    t.equal(long.texts.filter(text => text.startsWith('xxx')).length, 5)
    t.equal(long.texts.filter(text => text.endsWith('…')).length, 2)
  })

  t.test('never changes, even if the payment does', async t => {
    const emulate = startEmulator(t)
    const id = await paid(emulate, {})
    const first = await fetchPaper(t, emulate, `/invoices/payments/${id}`)
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 86_400_000 } })
    const { json } = await emulate.call('POST', '/refunds', { body: { payment_id: id } })
    await emulate.call('POST', `/_emulator/refunds/${(json as Json)['refund_id']}/settle`, { body: { status: 'succeeded' } })
    const [second, third] = await Promise.all([1, 2].map(() => fetchPaper(t, emulate, `/invoices/payments/${id}`)))
    t.ok(first.bytes.equals(second?.bytes ?? Buffer.alloc(0)))
    t.ok(first.bytes.equals(third?.bytes ?? Buffer.alloc(0)))
    const other = await fetchPaper(t, emulate, `/invoices/payments/${await paid(emulate, {})}`)
    t.notOk(first.bytes.equals(other.bytes))
  })

  t.test('exists once the payment has succeeded', async t => {
    const emulate = startEmulator(t, { settlementDelay: '1h' })
    const { payment_id: open } = await emulate.pay(paymentBody())
    const failed = await paid(emulate, {}, { outcome: 'failed' })
    const processing = await paid(emulate, {}, { outcome: 'processing' })
    for (const id of [open, failed, processing, 'pay_x']) {
      const { status, json } = await emulate.call('GET', `/invoices/payments/${id}`, { key: null })
      t.strictSame([status, (json as Json)['code']], [404, 'NOT_FOUND'])
    }
    await emulate.call('POST', `/_emulator/payments/${open}/pay`, { body: { outcome: 'succeeded' } })
    const { invoice_url: url } = await emulate.get(`/payments/${open}`)
    await fetchPaper(t, emulate, new URL(String(url)).pathname)
  })
})

t.test('a refund receipt is served once the refund has succeeded', async t => {
  const emulate = startEmulator(t, { refundDelay: '1h' })
  const id = await paid(emulate, {
    billing: { country: 'DE' },
    product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }, { product_id: 'pdt_course', quantity: 2 }]
  })
  const { json } = await emulate.call('POST', '/refunds', {
    body: {
      payment_id: id,
      items: [{ item_id: 'pdt_course', amount: 1234 }, { item_id: 'pdt_ebook' }],
      reason: 'Changed (my) mind.\nTwice.'
    }
  })
  const { refund_id: refundId } = json as Json
  const { status } = await emulate.call('GET', `/invoices/refunds/${refundId}`, { key: null })
  t.equal(status, 404, 'not while it is pending')
  await emulate.call('POST', `/_emulator/refunds/${refundId}/settle`, { body: { status: 'succeeded' } })

  const paper = await fetchPaper(t, emulate, `/invoices/refunds/${refundId}`)
  const { invoice_id: number } = await emulate.get(`/payments/${id}`)
  has(t, paper, [
    'Refund receipt', 'Emulated Store', 'Refund number', String(refundId), 'Refund date', 'Status', 'Succeeded',
    'Invoice number', String(number), 'Payment', id, 'Refunded to', 'Visa •••• 4242', 'Ada Lovelace',
    'Description', '$93.30', '$12.34', 'SQLite in Six Evenings', '$23.79', '$23.79', 'The Patient Debugger',
    'Amounts include VAT 19%.', 'Reason: Changed (my) mind. Twice.'
  ])
  t.strictSame([amountOf(paper, 'Payment total'), amountOf(paper, 'Refunded (USD)')], ['$117.09', '$36.13'])
  const again = await fetchPaper(t, emulate, `/invoices/refunds/${refundId}`)
  t.ok(again.bytes.equals(paper.bytes))

  const failed = (await emulate.call('POST', '/refunds', { body: { payment_id: id } })).json as Json
  await emulate.call('POST', `/_emulator/refunds/${failed['refund_id']}/settle`, { body: { status: 'failed' } })
  for (const other of [failed['refund_id'], 'ref_x', id]) {
    const { status, json } = await emulate.call('GET', `/invoices/refunds/${other}`, { key: null })
    t.strictSame([status, (json as Json)['code']], [404, 'NOT_FOUND'])
  }
})

t.test('drawing', async t => {
  const paper: InvoiceDocument = {
    language: 'en',
    labels: labelsIn(english()),
    title: 'Invoice',
    number: 'inv_1',
    createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    issuer: 'Store',
    facts: [['Number', 'inv_1']],
    parties: [{ title: 'From', lines: ['Store'] }, { title: 'Billed to', lines: [] }],
    summary: 'Paid',
    columns: [{ title: 'Description', width: 0 }, { title: 'Amount', width: 90 }],
    rows: [{ cells: ['Thing', '$1.00'], note: 'A note' }],
    totals: [{ label: 'Total', value: '$1.00', kind: 'total' }],
    notes: []
  }
  const draw = async (changes: Partial<InvoiceDocument>) =>
    read(Buffer.from(await drawInvoice({ ...paper, ...changes }, { compress: false })))

  t.test('last-modified is the date of the document', async t => {
    const source = (await draw({})).bytes.toString('latin1')
    const info = (key: string) => {
      const [, id] = new RegExp(`/${key} (\\d+) 0 R`).exec(source) ?? []
      return new RegExp(`\\n${id} 0 obj\\n(.*)\\n`).exec(source)?.[1]
    }
    t.strictSame(['CreationDate', 'ModDate', 'Title'].map(info),
      ['(D:20260102030405Z)', '(D:20260102030405Z)', '(Invoice inv_1)'])
  })

  t.test('wraps between words, and within words wider than the column', async t => {
    const words = 'The quick brown fox jumps over the lazy dog '.repeat(5).trim()
    const { texts } = await draw({ rows: [{ cells: [words, '$1.00'] }, { cells: ['w'.repeat(150), '$2.00'] }] })
    t.equal(texts.slice(texts.indexOf('$1.00') + 1, texts.indexOf('$2.00')).join(' '), words)
    t.equal(texts.slice(texts.indexOf('$2.00') + 1).filter(text => /^w+$/.test(text)).join(''), 'w'.repeat(150))
  })

  t.test('truncates very long text, and continues on the next page', async t => {
    const { texts, pages } = await draw({
      issuer: 'issuer '.repeat(2000),
      summary: 'summary'.repeat(2000),
      parties: [{ title: 'From', lines: Array.from({ length: 8 }, () => 'x'.repeat(10_000)) }],
      rows: Array.from({ length: 9 }, () => ({ cells: ['y'.repeat(10_000), '$1'.padEnd(100, '0')], note: 'z '.repeat(5000) })),
      totals: Array.from({ length: 40 }, (_, n) => ({ label: `t${n} `.repeat(1000), value: '$1', kind: '' as const })),
      notes: ['n '.repeat(10_000), '\u{12000}']
    })
    t.ok(pages > 3 && pages < 12, `${pages} pages`)
    t.equal(texts.filter(text => /^t\d+ t/.test(text)).length, 40 * 3)
    t.ok(texts.some(text => text.startsWith('Boxes stand for')))
    t.equal(texts.filter(text => text.startsWith('Issued by an emulator')).length, pages)
  })
})

t.test('loads pdfkit only for the first document', async t => {
  const { metafile: { inputs } } = await build({
    entryPoints: [packagePath('src', 'emulator.ts')],
    absWorkingDir: packagePath(),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    external: ['*/vendor/stdnum.js', '*/vendor/pdfkit.js', '*/vendor/typography.js', '*/vendor/forge.js', '*/vendor/mcp.js']
  })
  const kinds = Object.values(inputs).flatMap(({ imports }) => imports)
    .flatMap(({ path, kind }) => path.endsWith('/vendor/pdfkit.js') ? [kind] : [])
  t.strictSame(kinds, ['dynamic-import'])
})
