/** The exports of the dashboard's lists. */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { visitor } from './dashboard-visitor.js'

t.test('lists are exported as CSV and JSON, with their filters', async t => {
  const shop = visitor(t)
  const hostile = '=HYPERLINK("http://evil.example")'
  for (let index = 0; index < 101; index++) {
    await shop.call('POST', '/customers', { body: { name: index === 0 ? hostile : `Customer ${index}, "C"`, email: `c${index}@example.com` } })
  }
  const { headers, html: csv, status } = await shop.visit('/dashboard/customers/export.csv?email=c')
  t.equal(status, 200)
  t.match(headers, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="customers.csv"' })
  const [head = '', ...lines] = csv.trimEnd().split('\r\n')
  t.match(head, /\bcustomer_id,.*\bemail,/)
  t.equal(lines.filter(line => line.includes('@example.com')).length, lines.length)
  t.match(csv, '"\'=HYPERLINK(""http://evil.example"")"', 'no cell is a formula')
  t.match(csv, '"Customer 1, ""C"""')
  const json = JSON.parse((await shop.visit('/dashboard/customers/export.json?email=c1')).html) as Array<{ email: string }>
  t.equal(json.length, 12, 'c1, c10 to c19 and c100')
  t.strictSame(JSON.parse((await shop.visit('/dashboard/customers/export.json?email=unknown')).html), [])
  const all = JSON.parse((await shop.visit('/dashboard/customers/export.json?page=4')).html) as unknown[]
  t.ok(all.length > 101, 'more than a page of the API')

  const { payment_id: id } = await shop.pay(paymentBody())
  for (const query of [`q=${id}`, `q=${id.slice(0, 12)}`, 'status=requires_payment_method']) {
    t.match((await shop.visit(`/dashboard/payments/export.csv?${query}`)).html, id, query)
  }
  t.notMatch((await shop.visit('/dashboard/payments/export.csv?status=succeeded')).html, id)
  t.match((await shop.visit('/dashboard/payments/export.csv')).html, 'customer.email')
  t.match((await shop.visit('/dashboard/payments?status=failed')).html, 'href="/dashboard/payments/export.csv?status&#61;failed" download')
})

t.test('exports are refused as their pages', async t => {
  const shop = visitor(t)
  t.equal((await shop.visit('/dashboard/payments/export.csv?status=lost')).status, 422)
  t.equal((await shop.visit('/dashboard/payments/new/export.csv')).status, 404, 'a form has no list')
  t.equal((await shop.visit('/dashboard/payments/export.csv', { host: 'evil.example' })).status, 403)
  const locked = visitor(t, { controlKey: 'secret' })
  t.match(await locked.visit('/dashboard/customers/export.json'), { status: 303, html: '' })
})
