/** The mailbox in the dashboard: list, search, the views of an e-mail, and its iframe. */
import t from 'tap'
import { attach, buy, entitle } from '../resources/grant-calls.js'
import { visitor, type Visitor } from './dashboard-visitor.js'

interface Item { email_id: string, type: string }

const emails = async ({ get }: Visitor) => (await get<{ items: Item[] }>('/_emulator/emails?page_size=100')).items

t.test('lists e-mails, and finds parts of words', async t => {
  const dashboard = visitor(t)
  t.match((await dashboard.visit('/dashboard/emails')).text, 'No e-mails yet')
  const paymentId = await buy(dashboard, { pdt_ebook: 1 })
  const [receipt] = await emails(dashboard)
  const has = async (query: string) => (await dashboard.visit(`/dashboard/emails?${query}`)).html.includes(`row-${receipt?.email_id}`)
  t.ok(await has(''))
  for (const query of ['search=RECEIPT', 'search=ada@', 'type=payment_receipt', `payment_id=${paymentId}`, 'to=ADA@example.com']) {
    t.ok(await has(query), query)
  }
  for (const query of ['search=%25', 'search=gone', 'type=refund_receipt', 'page=2']) t.notOk(await has(query), query)
  for (const page of [`payments/${paymentId}`, 'customers/cus_ada']) {
    t.match((await dashboard.visit(`/dashboard/${page}`)).html, `/dashboard/emails/${receipt?.email_id}`)
  }
})

t.test('shows an e-mail as HTML in a sandboxed iframe, as text and as source', async t => {
  const dashboard = visitor(t)
  await attach(dashboard, 'pdt_ebook', (await entitle(dashboard, 'github', { name: '<script>alert(1)</script>' })).id)
  await buy(dashboard, { pdt_ebook: 1 })
  const invite = (await emails(dashboard)).find(({ type }) => type === 'entitlement_invite')
  const url = `/dashboard/emails/${invite?.email_id}`
  const { html, text } = await dashboard.visit(`${url}?type=entitlement_invite`)
  t.match(html, `<iframe src="${url}/preview"`)
  t.match(html, 'sandbox="allow-popups allow-popups-to-escape-sandbox"', 'without scripts, forms and the origin')
  t.match(text, `${url}?type=entitlement_invite&view=text`, 'the filter is kept')
  t.notMatch(html, '<script>alert')
  t.match((await dashboard.visit(`${url}?view=text`)).text, /Connect: http:\/\/localhost/)
  const source = await dashboard.visit(`${url}?view=source`)
  t.match(source.text, /Message-ID: <eml_[^]*<!doctype html>/)
  t.match(source.html, `href="${url}/source.eml"`)
  const file = await dashboard.visit(`${url}/source.eml`)
  t.match(file.headers, { 'content-type': 'message/rfc822', 'content-disposition': `attachment; filename="${invite?.email_id}.eml"` })
  t.match(file.html, /^From: Emulated Store <no-reply@dodo-emulator\.invalid>\r\n/)

  const preview = await dashboard.visit(`${url}/preview`)
  t.match(preview.headers, {
    'content-security-policy': /^default-src 'none';.*sandbox allow-popups/, 'x-frame-options': 'SAMEORIGIN', 'x-content-type-options': 'nosniff'
  })
  t.notMatch(String(preview.headers['content-security-policy']), /allow-(scripts|same-origin|forms)/)
  t.match(preview.html, '<base target="_blank">')
  t.notMatch(preview.html, '<script>alert')
  t.equal((await dashboard.visit('/dashboard/emails/eml_gone')).status, 404)
  t.equal((await dashboard.visit('/dashboard/emails/eml_gone/preview')).status, 404)
})

t.test('the iframe asks to sign in if there is a control key', async t => {
  const dashboard = visitor(t, { controlKey: 'secret' })
  const preview = await dashboard.visit('/dashboard/emails/eml_1/preview')
  t.equal(preview.status, 303)
  t.equal(preview.location, '/dashboard/emails')
})
