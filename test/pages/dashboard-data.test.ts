/** Data and sandboxes in the controls of the dashboard. */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { CLOCK, FAULTS, DATA, SANDBOXES, HOSTILE, clockOf, faultsOf, sandboxesOf } from './controls-visitor.js'
import { linksOf, partOf, problemOf, visitor } from './dashboard-visitor.js'

t.test('data', async t => {
  t.test('are reset, and pages of deleted items link to their list', async t => {
    const shop = visitor(t)
    const { payment_id: id } = await shop.pay(paymentBody())
    await shop.follow(CLOCK, 'set', { now: '2040-01-01T00:00' })
    await shop.follow(FAULTS, 'preset', { preset: 'down' })
    t.match(partOf(await shop.visit(DATA), 'ask-reset'), 'Delete all changes')
    const reset = await shop.follow(DATA, 'reset')
    t.match(partOf(reset, 'done'), 'The sandbox was reset')
    t.strictSame(await faultsOf(shop), [])
    t.notMatch((await clockOf(shop)).now, /^2040/)
    const gone = await shop.visit(`/dashboard/payments/${id}`)
    t.equal(gone.status, 404)
    t.match(gone.html, 'id="not-found"')
    t.match(partOf(gone, 'not-found'), 'Go to the overview')
  })

  t.test('are kept in snapshots, which are taken, restored, exported and deleted', async t => {
    const shop = visitor(t)
    t.match(partOf(await shop.visit(DATA), 'snapshots'), 'No snapshots yet')
    const { payment_id: first } = await shop.pay(paymentBody())
    const taken = await shop.follow(DATA, 'take', { name: 'before' })
    t.match(partOf(taken, 'snapshots'), 'before')
    t.match(partOf(taken, 'start-command'), '--from-snapshot before.db')
    const { payment_id: second } = await shop.pay(paymentBody())
    t.match(partOf(await shop.follow(DATA, 'restore', { name: 'before' }), 'done'), 'The snapshot was restored')
    t.equal((await shop.call('GET', `/payments/${first}`)).status, 200)
    t.equal((await shop.call('GET', `/payments/${second}`)).status, 404)

    const { rawPayload, headers, statusCode } = await shop.emulator.app.inject({
      url: `${DATA}/snapshot.db?name=before`, headers: { accept: 'text/html' }
    })
    t.equal(statusCode, 200)
    t.match(headers, { 'content-type': 'application/vnd.sqlite3', 'content-disposition': 'attachment; filename="before.db"' })
    t.equal(rawPayload.subarray(0, 15).toString(), 'SQLite format 3')

    t.match(partOf(await shop.follow(DATA, 'delete', { name: 'before' }), 'snapshots'), 'No snapshots yet')
    for (const action of ['restore', 'delete']) {
      const refused = await shop.send(DATA, action, { name: 'before' })
      t.equal(refused.status, 422)
      t.match(partOf(refused, 'error-summary'), 'there is no snapshot before')
    }
    const missing = await shop.visit(`${DATA}/snapshot.db?name=before`)
    t.equal(missing.status, 404)
    t.match(partOf(missing, 'not-found'), 'Go to the overview')
  })

  t.test('are kept in snapshots with any name', async t => {
    const shop = visitor(t)
    for (const name of ['..', 'a/b', 'ä ö&=?#', HOSTILE]) {
      const page = await shop.follow(DATA, 'take', { name })
      t.match(partOf(page, 'snapshots'), name.replaceAll(/\s+/g, ' ').slice(0, 2))
      t.notMatch(page.html, '<script>alert')
      const file = await shop.visit(`${DATA}/snapshot.db?name=${encodeURIComponent(name)}`)
      t.equal(file.status, 200, name)
      t.match(file.headers['content-disposition'], /^attachment; filename="[\w.-]+\.db"$/)
      await shop.follow(DATA, 'delete', { name })
    }
    for (const name of ['', 'x'.repeat(101)]) {
      const refused = await shop.send(DATA, 'take', { name })
      t.equal(refused.status, 422)
      t.not(problemOf(refused, 'take-name'), null)
    }
  })

  const YAML = `
products:
  - product_id: pdt_mug
    name: Mug
    tax_category: digital_products
    price: { type: one_time_price, currency: EUR, price: 1800, discount: 0, purchasing_power_parity: false }
customers:
  - { customer_id: cus_mia, name: Mia Sommer, email: mia@example.com }
payments:
  - at: -3d
    customer: { customer_id: cus_mia }
    billing: { country: DE }
    product_cart: [{ product_id: pdt_mug, quantity: 2 }]
    outcome: succeeded
`

  t.test('are added from fixtures, pasted or uploaded', async t => {
    const shop = visitor(t)
    const pasted = await shop.upload(DATA, 'load', { document: YAML, file: new File([], '') })
    t.equal(pasted.status, 303, pasted.text)
    t.equal(partOf(await shop.visit(pasted.location), 'done'), 'Added: 1 product, 1 customer, 1 payment.')
    t.equal((await shop.get<{ name: string }>('/products/pdt_mug')).name, 'Mug')
    const json = JSON.stringify({ customers: [{ customer_id: 'cus_max', name: 'Max Grün', email: 'max@example.com' }] })
    const file = await shop.upload(DATA, 'load', { document: '', file: new File([json], 'shop.json') })
    t.equal(file.status, 303, file.text)
    t.equal((await shop.get<{ name: string }>('/customers/cus_max')).name, 'Max Grün')
    const plainForm = await shop.follow(DATA, 'load', { document: '{"brands": []}' })
    t.match(partOf(plainForm, 'done'), 'nothing, because the document is empty')
  })

  t.test('the example of the page is valid', async t => {
    const shop = visitor(t)
    const example = /id="load-example-text"><pre[^>]*><code>([^]*?)<\/code>/.exec((await shop.visit(DATA)).text)?.[1] ?? ''
    const added = await shop.upload(DATA, 'load', { document: example })
    t.equal(partOf(await shop.visit(added.location), 'done'), 'Added: 1 product, 1 customer, 1 discount, 1 payment.')
  })

  t.test('are refused with path and line, and nothing is added', async t => {
    const shop = visitor(t)
    const before = shop.stored()
    const wrong = await shop.upload(DATA, 'load', {
      document: YAML.replace('currency', 'curency').replace('pdt_mug, quantity', 'pdt_mugs, quantity') + HOSTILE.replace('"', '# "')
    })
    t.equal(wrong.status, 422)
    t.match(partOf(wrong, 'error-summary'), /products\[0\]\.price\.curency .*\(line 6\)/)
    t.match(wrong.text, 'curency: EUR', 'the typed text can be corrected')
    t.notMatch(wrong.html, '<script>alert')
    const rules = await shop.upload(DATA, 'load', { document: '', file: new File([YAML.replace('pdt_mug, q', 'pdt_none, q')], 'a.yaml') })
    t.match(partOf(rules, 'error-summary'), /payments\[0\]\.product_cart.*pdt_none does not exist \(line 13\)/)
    for (const [document, problem] of [
      ['', /Paste a document, or choose a file/], ['   ', /Paste a document/], ['{"products": [', /not valid JSON/],
      ['products: [', /not valid YAML/], ['just words', /object/], ['- 1', /object/], ['a: &a [*a]', /./], ['\uFFFD', /UTF-8/]
    ] as const) {
      const refused = await shop.upload(DATA, 'load', { document })
      t.equal(refused.status, 422, document)
      t.match(partOf(refused, 'error-summary'), problem, document)
    }
    t.strictSame(shop.stored(), before)
  })

  t.test('are refused as malformed or too large', async t => {
    const shop = visitor(t)
    const headers = { accept: 'text/html' }
    const { app } = shop.emulator
    const noForm = await app.inject({
      method: 'POST', url: DATA, headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' }, payload: 'nonsense'
    })
    t.equal(noForm.statusCode, 422)
    const large = await shop.upload(CLOCK, 'freeze', { filler: 'x'.repeat(300_000) })
    t.equal(large.status, 413, 'other pages accept no files')
    const forged = await app.inject({
      method: 'POST',
      url: DATA,
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
      payload: '--x\r\ncontent-disposition: form-data; name="action"\r\n\r\nreset\r\n--x--\r\n'
    })
    t.match(forged.headers.location, /\?form=/, 'a form with files needs a token, too')
  })
})

t.test('sandboxes', async t => {
  t.test('are created, opened and deleted', async t => {
    const shop = visitor(t)
    t.match(partOf(await shop.visit(SANDBOXES), 'row-default'), /default current any other key .* memory open/)
    const made = await shop.follow(SANDBOXES, 'create', { name: 'alice' })
    t.match(partOf(made, 'done'), 'was created')
    t.match(partOf(made, 'row-alice'), /alice sandbox_alice .*\/~alice .*open Switch/)
    t.match(made.html, 'href="/~alice/"')
    t.match(partOf(await shop.follow(SANDBOXES, 'create', { name: 'alice' }), 'done'), 'A sandbox of this name already exists')

    const hers = await shop.visit(`/~alice${SANDBOXES}`)
    t.equal(hers.status, 200)
    t.match(partOf(hers, 'row-alice'), 'current')
    t.match(hers.html, 'href="/"', 'the way to the default sandbox')
    const self = await shop.send(`/~alice${SANDBOXES}`, 'delete', { name: 'alice' })
    t.equal(self.status, 422)
    t.match(partOf(self, 'error-summary'), "A sandbox can't delete itself")

    const deleted = await shop.follow(SANDBOXES, 'delete', { name: 'alice' })
    t.match(partOf(deleted, 'done'), 'all its data were deleted')
    t.strictSame(await sandboxesOf(shop), ['default'])
    const gone = await shop.visit(`/~alice${CLOCK}`)
    t.equal(gone.status, 404)
    t.match(gone.html, 'href="/"', 'with a link to the overview')
  })

  t.test('refuse invalid names, and deletion of the default sandbox', async t => {
    const shop = visitor(t)
    for (const name of ['', 'a b', '../x', '-a', 'x'.repeat(64), HOSTILE]) {
      const refused = await shop.send(SANDBOXES, 'create', { name })
      t.equal(refused.status, 422, name)
      t.match(problemOf(refused, 'create-sandbox') ?? '', 'letters, digits', name)
      t.notMatch(refused.html, '<script>alert')
    }
    const main = await shop.send(SANDBOXES, 'delete', { name: 'default' })
    t.match(partOf(main, 'error-summary'), "default sandbox can't be deleted")
    t.equal((await shop.send(SANDBOXES, 'delete', { name: 'missing' })).status, 422)
    t.strictSame(await sandboxesOf(shop), ['default'])
  })

  t.test('have their own controls, and every link and form stays in them', async t => {
    const shop = visitor(t)
    await shop.follow(SANDBOXES, 'create', { name: 'bob' })
    await shop.follow(`/~bob${CLOCK}`, 'set', { now: '2040-01-01T00:00', frozen: 'yes' })
    await shop.follow(`/~bob${FAULTS}`, 'preset', { preset: 'down' })
    await shop.follow(`/~bob${DATA}`, 'take', { name: 'his' })
    t.notMatch((await clockOf(shop)).now, /^2040/)
    t.strictSame(await faultsOf(shop), [])
    t.match(partOf(await shop.visit(DATA), 'snapshots'), 'No snapshots yet')
    for (const path of [CLOCK, FAULTS, DATA]) {
      const { html } = await shop.visit(`/~bob${path}`)
      const targets = linksOf({ html }).filter(target => target.startsWith('/'))
      t.ok(targets.length > 10)
      t.strictSame(targets.filter(target => !target.startsWith('/~bob')), [], path)
    }
    t.equal((await shop.visit(`/~bob${DATA}/snapshot.db?name=his`)).status, 200)
    t.equal((await shop.visit(`${DATA}/snapshot.db?name=his`)).status, 404)
  })
})
