/** Documents and e-mails are in the language of the checkout, and documents stay so. Later payments of the customer keep it. */
import t from 'tap'
import { LANGUAGES } from '../../src/messages/languages.js'
import { paymentBody } from '../helper.js'
import { start } from '../control/checkout-sessions.js'
import { host } from '../pages/hosted-page.js'
import { readPdf } from './pdf.js'

const shop = start(t, { clock: '2027-03-04T12:00:00Z', clockFrozen: 'on' })
const { app } = shop.emulator

async function bytesOf (url: string, language = 'en'): Promise<Buffer> {
  const { statusCode, rawPayload } = await app.inject({ url, headers: { 'accept-language': language } })
  t.equal(statusCode, 200, url)
  return rawPayload
}

const invoiceOf = async (id: string) => readPdf(await bytesOf(`/invoices/payments/${id}`))
const languageOf = ({ bytes }: { bytes: Buffer }) => /\/Lang \(([^)]*)\)/.exec(bytes.toString('latin1'))?.[1]

async function payForced (language: string, email: string): Promise<string> {
  const id = await shop.open({ customer: { email, name: 'Nina New' }, customization: { force_language: language } })
  return (await shop.done(id, 'pay')).payment_id
}

t.test('every language has an invoice in real glyphs, regardless of the request', async t => {
  const titles = new Set<string | undefined>()
  for (const language of LANGUAGES) {
    const id = await payForced(language, `${language}@example.com`)
    const invoice = await invoiceOf(id)
    t.equal(languageOf(invoice), language)
    t.notOk(invoice.runs.some(({ hasBox }) => hasBox), language)
    if (language === 'de') t.strictSame(await bytesOf(`/invoices/payments/${id}`, 'ar'), invoice.bytes, 'the same bytes for every visitor')
    titles.add(invoice.texts[0])
  }
  t.ok(titles.size > LANGUAGES.length / 2)
})

t.test('a language that the pages do not have is English', async t => {
  t.equal(languageOf(await invoiceOf(await payForced('tlh', 'worf@example.com'))), 'en')
})

t.test('the customer chooses the language on the page, for later payments and refunds too', async t => {
  const HEDI = { customer: { email: 'hedi@example.com', name: 'Hedi' }, billing: { country: 'CH' } } as const
  const payOnPage = async (language: string) => {
    const { paymentId, path, visit } = await host(t, HEDI, {}, shop)
    const token = /name="token" value="(\w+)"/.exec((await visit()).text)?.[1] ?? ''
    await app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': language },
      payload: new URLSearchParams({
        token, action: 'pay', method: 'card', number: '4242424242424242', expiry: '06/99', cvc: '123', name: 'Hedi'
      }).toString()
    })
    return paymentId
  }
  const first = await payOnPage('en')
  t.equal(languageOf(await invoiceOf(first)), 'en')

  const second = await payOnPage('de-CH, en;q=0.5')
  const invoice = await invoiceOf(second)
  t.equal(languageOf(invoice), 'de-CH')
  const line = invoice.texts.join(' | ')
  for (const part of ['Rechnung', '4. März 2027', 'Schweiz', '$ 19.99']) t.ok(line.includes(part), `${part} in ${line}`)
  t.equal(languageOf(await invoiceOf(first)), 'en', 'an earlier document stays')

  const { json } = await shop.call('POST', '/refunds', { body: { payment_id: second } })
  const { refund_id: refund } = json as { refund_id: string }
  await shop.call('POST', `/_emulator/refunds/${refund}/settle`, { body: { status: 'succeeded' } })
  t.equal(languageOf(readPdf(await bytesOf(`/invoices/refunds/${refund}`))), 'de-CH')

  const { payment_id: later } = await shop.pay(paymentBody(HEDI))
  await shop.call('POST', `/_emulator/payments/${later}/pay`, { body: { card: '4242424242424242' } })
  t.equal(languageOf(await invoiceOf(later)), 'de-CH')
})

interface Email { email_id: string, subject: string, text: string, html: string }

async function latestEmail (query: string): Promise<Email> {
  const { items } = await shop.get<{ items: Email[] }>(`/_emulator/emails?${query}`)
  return await shop.get<Email>(`/_emulator/emails/${items[0]?.email_id}`)
}

async function subscribe (language: string, email: string): Promise<{ subscription: string, customer: string }> {
  const id = await shop.open({
    product_cart: [{ product_id: 'pdt_pro_monthly', quantity: 1 }],
    customer: { email, name: 'Yuki' },
    customization: { force_language: language }
  })
  const { subscription_id: subscription, customer: { customer_id: customer } } = await shop.done(id, 'pay')
  return { subscription: subscription ?? '', customer }
}

t.test('renewals are in the language of the subscription\'s checkout', async t => {
  const { subscription } = await subscribe('ja', 'yuki@example.com')
  await shop.call('POST', `/_emulator/subscriptions/${subscription}/renew`)
  const { items } = await shop.get<{ items: Array<{ payment_id: string }> }>(`/payments?subscription_id=${subscription}`)
  t.equal(items.length, 2)
  for (const { payment_id: payment } of items) {
    t.equal(languageOf(await invoiceOf(payment)), 'ja')
    t.match((await latestEmail(`payment_id=${payment}`)).html, '<html lang="ja" dir="ltr">')
  }
})

t.test('e-mails are in every language, with its direction, dates and amounts', async t => {
  const subjects = new Set<string>()
  for (const language of LANGUAGES) {
    const { subject, html } = await latestEmail(`to=${language}@example.com`)
    const direction = language === 'ar' || language === 'he' ? 'rtl' : 'ltr'
    t.match(html, `<html lang="${language}" dir="${direction}">`)
    subjects.add(subject)
  }
  t.equal(subjects.size, LANGUAGES.length)
  t.match((await latestEmail('to=de@example.com')).text, /Zahlung.*19,99\s\$/)
  for (const [language, shown] of [['he', '\u2068Enter this key under Settings, Licence.\u2069'], ['de', '\n\nEnter this key under Settings, Licence.']] as const) {
    const id = await shop.open({
      product_cart: [{ product_id: 'pdt_license', quantity: 1 }], customer: { email: `key-${language}@example.com`, name: 'Nina' }, customization: { force_language: language }
    })
    await shop.done(id, 'pay')
    const { text } = await latestEmail(`to=key-${language}@example.com&type=license_key`)
    t.match(text, shown, 'a text of the store keeps its direction')
  }
})

t.test('e-mails about subscriptions and the portal are in the language of the latest checkout', async t => {
  const { subscription, customer } = await subscribe('de', 'karl@example.com')
  await shop.call('POST', `/_emulator/subscriptions/${subscription}/decline-next`, { body: { error_code: 'FRAUDULENT' } })
  await shop.call('POST', `/_emulator/subscriptions/${subscription}/renew`)
  const failed = await latestEmail('to=karl@example.com&type=payment_failed')
  t.match(failed.html, '<html lang="de" dir="ltr">')
  t.match(failed.text, 'Ihre Karte wurde abgelehnt.')
  t.notMatch(failed.text, /fraud|betrug/i, 'the reason is for the merchant only')
  t.match((await latestEmail('to=karl@example.com&type=subscription_on_hold')).html, 'lang="de"')
  await shop.call('POST', `/customers/${customer}/customer-portal/session?send_email=true`)
  t.match((await latestEmail('to=karl@example.com&type=portal_link')).html, 'lang="de"')
})
