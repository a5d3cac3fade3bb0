/** The language of hosted pages: of the session, the visitor's choice, the browser. Every text of a page is translated. */
import t from 'tap'
import { LANGUAGES } from '../../src/messages/languages.js'
import { startEmulator } from '../helper.js'

const { call, emulator: { app } } = startEmulator(t)

async function visit (path: string, headers: Record<string, string> = {}, form?: Record<string, string>) {
  const { statusCode: status, payload: text, headers: answered } = await app.inject({
    method: form === undefined ? 'GET' : 'POST',
    url: path,
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() })
  })
  return { status, text, cookie: String(answered['set-cookie']), location: String(answered.location ?? '') }
}

const sessionPath = async (customization: object = {}): Promise<string> => {
  const { json } = await call('POST', '/checkouts', {
    body: { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customization }
  })
  return new URL((json as { checkout_url: string }).checkout_url).pathname
}

const tokenOf = ({ text }: { text: string }) => /name="token" value="([^"]+)"/.exec(text)?.[1] ?? ''

const langOf = ({ text }: { text: string }) => /<html lang="([^"]*)" dir="([^"]*)"/.exec(text)?.slice(1).join(' ')

t.test('the language comes from the session, the choice and the browser, in this order', async t => {
  const free = await sessionPath()
  const forced = await sessionPath({ force_language: 'ar' })
  const unknown = await sessionPath({ force_language: 'tlh' })
  const german = { 'accept-language': 'tlh, de-AT;q=0.9, en;q=0.5' }
  const chosen = { ...german, cookie: 'a=b; dodo_emulator_language=ar' }
  t.equal(langOf(await visit(free)), 'en ltr')
  t.equal(langOf(await visit(free, german)), 'de-AT ltr')
  t.equal(langOf(await visit(free, chosen)), 'ar rtl')
  t.equal(langOf(await visit(`${free}?language=en`, chosen)), 'en ltr')
  t.equal(langOf(await visit(`${forced}?language=de`, chosen)), 'ar rtl')
  t.equal(langOf(await visit(unknown, german)), 'de-AT ltr')
  t.notMatch((await visit(forced)).text, 'language-picker', 'a language that the session sets cannot be changed')
  t.match((await visit(unknown)).text, 'id="language-picker"')
  for (const odd of ['?language=__proto__', '?language=de&language=ar', '?language=%00', `?language=${'x'.repeat(3000)}`]) {
    t.equal(langOf(await visit(free + odd)), 'en ltr', odd.slice(0, 40))
  }
})

t.test('a choice keeps what was typed, and stays for the next pages', async t => {
  const path = await sessionPath()
  const page = await visit(path)
  const token = tokenOf(page)
  const sent = await visit(path, {}, { token, full_name: 'Ada King', email: 'ada@', language: 'de' })
  t.equal(sent.status, 303)
  t.match(sent.cookie, /^dodo_emulator_language=de; Path=\/;.*HttpOnly; SameSite=Lax$/)
  const shown = await visit(sent.location, { cookie: 'dodo_emulator_language=de' })
  t.equal(langOf(shown), 'de ltr')
  t.match(shown.text, 'value="Ada King"')
  t.match(shown.text, 'value="ada@"')
  t.notMatch(shown.text, 'error-summary')
  const refused = await visit(path, { cookie: 'dodo_emulator_language=de' }, { token, action: 'pay', email: 'ada@' })
  const again = await visit(refused.location, { cookie: 'dodo_emulator_language=de' })
  t.match(again.text, 'Geben Sie eine E-Mail-Adresse ein')
  t.match(again.text, '<title>Fehler: ')
  const inIframe = await visit(`/overlay${path}?language=ar`)
  t.equal(langOf(inIframe), 'ar rtl')
  const embedded = await visit(`/overlay${path}?language=ar`, {}, { token: tokenOf(inIframe), language: 'de' })
  t.match(embedded.location, /[?&]language=de(?:&|$)/, 'an iframe keeps it in the query')
  t.notMatch(embedded.location, 'language=ar')
})

t.test('an amount is shown and read as it is written in the language', async t => {
  const { json } = await call('POST', '/checkouts', { body: { product_cart: [{ product_id: 'pdt_donation', quantity: 1 }] } })
  const path = new URL((json as { checkout_url: string }).checkout_url).pathname
  const german = { cookie: 'dodo_emulator_language=de' }
  t.match((await visit(path)).text, 'name="amount_0" value="15.00"')
  const page = await visit(path, german)
  t.match(page.text, 'name="amount_0" value="15,00"')
  const sent = await visit(path, german, { token: tokenOf(page), action: 'reprice', amount_0: '7,25' })
  t.match((await visit(sent.location, german)).text, /data-testid="amount-due">7,25\s\$/)
})

t.test('the mistakes of a card are in the language of the page, on one page and on its own', async t => {
  const german = { cookie: 'dodo_emulator_language=de' }
  const path = await sessionPath()
  const card = { method: 'card', number: '4242', expiry: '01/20', cvc: '1', name: 'x'.repeat(121) }
  const address = { full_name: 'Ada', email: 'ada@example.com', country: 'DE', street: 'a', city: 'b', zipcode: '1', state: 'c' }
  const total = /name="shown_total" value="([^"]+)"/
  const { location } = await visit(path, german, { token: tokenOf(await visit(path)), action: 'reprice', ...address })
  const page = await visit(location, german)
  const single = await visit(path, german, { token: tokenOf(page), action: 'pay', shown_total: total.exec(page.text)?.[1] ?? '', ...address, ...card })
  const { json } = await call('POST', '/payments', {
    body: {
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customer: { customer_id: 'cus_ada' }, billing: { country: 'DE' }, payment_link: true
    }
  })
  const own = new URL((json as { payment_link: string }).payment_link).pathname
  const alone = await visit(own, german, { token: tokenOf(await visit(own)), action: 'pay', ...card })
  for (const sent of [single, alone]) {
    const { text } = await visit(sent.location, german)
    for (const message of ['Diese Kartennummer ist ungültig', 'Die Prüfziffer hat drei Stellen', 'höchstens 120 Zeichen']) t.match(text, message)
    t.notMatch(text, 'This ')
  }
})

t.test('the portal follows the browser and the choice, with its dates, refusals and messages', async t => {
  const { json } = await call('POST', '/customers/cus_grace/customer-portal/session')
  const path = new URL((json as { link: string }).link).pathname
  const german = { cookie: 'dodo_emulator_language=de' }
  t.equal(langOf(await visit(path)), 'en ltr')
  t.equal(langOf(await visit(path, { 'accept-language': 'he' })), 'he rtl')
  const page = await visit(path, { ...german, 'accept-language': 'he' })
  t.equal(langOf(page), 'de ltr')
  t.match(page.text, 'id="language-picker"')
  t.match((await visit(`${path}?language=de`)).cookie, /^dodo_emulator_language=de;/)
  const refused = await visit(path, german, { token: tokenOf(page), action: 'remove', payment_method_id: 'pm_none' })
  const shown = await visit(refused.location, german)
  t.match(shown.text, '<title>Fehler: ')
  t.notMatch(shown.text, 'Nothing was removed')
  const unknown = await visit(path, german, { token: tokenOf(page), action: 'dance' })
  t.notMatch((await visit(unknown.location, german)).text, 'no known action', 'a message of a rule is translated, too')
  const foreign = await visit(path, german, { token: 'x' })
  t.equal(foreign.status, 403)
  t.notMatch(foreign.text, 'Nothing was changed')
  t.equal(langOf(await visit('/portal/session/unknown', german)), 'de ltr')
  t.equal(langOf(await visit('/entitlements/oauth/unknown', german)), 'de ltr')
})

t.test('every language has a page', async t => {
  const path = await sessionPath()
  const titles = new Set<string | undefined>()
  for (const language of LANGUAGES) {
    const { status, text } = await visit(`${path}?language=${language}`)
    t.equal(status, 200, language)
    titles.add(/<label for="card-number">([^<]*)</.exec(text)?.[1])
  }
  t.ok(titles.size > LANGUAGES.length / 2, 'in different words')
})
