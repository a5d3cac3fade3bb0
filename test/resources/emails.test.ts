/** The mailbox: which e-mails are sent and when, their contents, and hostile names. */
import t from 'tap'
import { startEmulator, type TestEmulator } from '../helper.js'
import { advance, attach, buy, control, entitle, grantsOf } from './grant-calls.js'

const FROZEN = { clockFrozen: 'on' }

interface Email { email_id: string, type: string, to: string, subject: string, text: string, html: string }

async function emails ({ get }: TestEmulator, query = ''): Promise<Email[]> {
  const { items } = await get<{ items: Email[] }>(`/_emulator/emails?page_size=100&${query}`)
  return items.reverse()
}

async function latest (emulate: TestEmulator, query = ''): Promise<Email> {
  return await emulate.get<Email>(`/_emulator/emails/${(await emails(emulate, query)).at(-1)?.email_id}`)
}

t.test('answers', async t => {
  t.test('a receipt and a key for a purchase, a receipt for a refund', async t => {
    const emulate = startEmulator(t, FROZEN)
    await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'license_key')).id)
    const id = await buy(emulate, { pdt_ebook: 2 })
    t.strictSame((await emails(emulate)).map(({ type }) => type).sort(), ['license_key', 'license_key', 'payment_receipt'])
    const [grant] = await grantsOf(emulate)
    const mail = await latest(emulate, `grant_id=${grant?.id}`)
    for (const part of [mail.text, mail.html]) {
      t.ok(part.includes(grant?.license_key?.key ?? '-'))
      t.ok(part.includes('Enter it under Settings.'))
    }
    t.match(await latest(emulate, 'type=payment_receipt'), { subject: 'Your receipt for $39.98', text: /2 × / })
    await emulate.call('POST', '/refunds', { body: { payment_id: id } })
    await advance(emulate, 1000)
    t.match((await emails(emulate)).map(({ type }) => type).slice(3).sort(), ['entitlement_revoked', 'entitlement_revoked', 'refund_receipt'])
  })

  t.test('files with download links, an invitation with a link to accept it, and a failed invitation', async t => {
    const emulate = startEmulator(t, FROZEN)
    await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'digital_files')).id, (await entitle(emulate, 'github')).id)
    await buy(emulate, { pdt_ebook: 1 })
    const { text } = await latest(emulate, 'type=entitlement_invite')
    const path = /\/entitlements\/oauth\/\w+/.exec(text)?.[0] ?? ''
    t.equal((await emulate.emulator.app.inject({ url: path })).statusCode, 200, 'its link works')
    t.strictSame(await emails(emulate, 'type=digital_files'), [])
    await advance(emulate, 1000)
    t.match(await latest(emulate, 'type=digital_files'), { text: /Unzip it\.[\s\S]*https:\/\/files\.example\/start/ })
    const github = (await grantsOf(emulate)).find(({ integration_type: type }) => type === 'github')
    await control(emulate, github?.id, 'fail', { error_message: 'The bot is gone.' })
    t.match(await latest(emulate, 'type=entitlement_failed'), { text: /The bot is gone\./ })
  })

  t.test('a portal link, if send_email is set', async t => {
    const emulate = startEmulator(t)
    await emulate.call('POST', '/customers/cus_ada/customer-portal/session')
    t.strictSame(await emails(emulate), [])
    const { json } = await emulate.call('POST', '/customers/cus_ada/customer-portal/session?send_email=true')
    t.ok((await latest(emulate, 'to=ADA@example.com')).text.includes((json as { link: string }).link))
  })

  t.test('lists the e-mails of a customer in the API', async t => {
    const emulate = startEmulator(t, FROZEN)
    const id = await buy(emulate, { pdt_ebook: 1 })
    const { items: [item] } = await emulate.get<{ items: Array<{ email_log_id: string }> }>('/customers/cus_ada/emails')
    t.match(item, { status: 'sent', email_type: 'payment_receipt', category: 'payments', recipient: 'ada@example.com', has_preview: true })
    t.match(await emulate.get(`/customers/cus_ada/emails/${item?.email_log_id}/body`), { merchant_authored: false, text: new RegExp(id) })
    t.equal((await emulate.call('GET', `/customers/cus_grace/emails/${item?.email_log_id}/body`)).status, 404)
    t.equal((await emulate.call('GET', '/customers/cus_x/emails')).status, 404)
    t.equal((await emulate.call('GET', '/_emulator/emails/eml_x')).status, 404)
    t.equal((await emulate.call('GET', '/_emulator/emails?type=x')).status, 422)
    await advance(emulate, 181 * 86_400_000)
    t.strictSame((await emulate.get<{ items: unknown[] }>('/customers/cus_ada/emails')).items, [], 'of the last 180 days')
  })
})

t.test('what follows', async t => {
  t.test('names cannot break the subject or the HTML', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'license_key', { name: 'A\r\nBcc: all@example.com <script>alert(1)</script>' })
    await attach(emulate, 'pdt_ebook', id)
    await buy(emulate, { pdt_ebook: 1 })
    const { subject, html } = await latest(emulate, 'type=license_key')
    t.notMatch(subject, /[\r\n]/)
    t.notMatch(html, /<script/)
    t.match(html, /&#60;script&#62;/)
  })

  t.test('keeps the last 500 e-mails', async t => {
    const emulate = startEmulator(t, FROZEN)
    await buy(emulate, { pdt_license: 600 })
    const pages = await Promise.all([0, 1, 2, 3, 4, 5].map(page =>
      emulate.get<{ items: Array<{ email_id: string }> }>(`/_emulator/emails?page_size=100&page_number=${page}`)))
    const shown = pages.flatMap(({ items }) => items)
    t.equal(shown.length, 500)
    t.match(await emulate.get(`/_emulator/emails/${shown.at(-1)?.email_id}`), { email_id: shown.at(-1)?.email_id })
    t.ok((emulate.stored()['emails'] ?? 0) < 550, 'older ones are deleted')
    t.equal(emulate.stored()['license_keys'], 600)
  })
})
