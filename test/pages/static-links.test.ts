/** Static payment links: the page that they open, and the session that they create. */
import t from 'tap'
import { NEW, fieldsOf, link, textOf } from './session-page.js'

t.test('static links', async t => {
  t.test('take every parameter, and create nothing until the form is sent', async t => {
    const query = new URLSearchParams({
      quantity: '2',
      redirect_url: 'https://shop.example/',
      fullName: 'Static Stan',
      email: 'stan@example.com',
      disableEmail: 'true',
      country: 'DE',
      disableCountry: 'true',
      addressLine: 'Street 1',
      city: 'Berlin',
      zipCode: '10117',
      state: 'BE',
      paymentCurrency: 'EUR',
      metadata_source: 'mail',
      metadata_: 'x'
    })
    const opened = await link(t, `/buy/pdt_ebook?${query}`)
    const before = opened.stored()
    const shown = await opened.visit()
    t.equal(shown.status, 200)
    t.equal(textOf(shown, 'amount-due'), '€40.91')
    t.match(shown.text, /id="email"[^>]* value="stan@example\.com"[^>]* readonly/)
    t.strictSame(opened.stored(), before, 'reading stores nothing')
    const sent = await opened.send({ action: 'continue', email: 'other@example.com' })
    t.match(sent, { status: 303, location: /^\/\w{8}$/ })
    const payment = await opened.payment()
    t.match(payment, {
      total_amount: 4091,
      currency: 'EUR',
      metadata: { source: 'mail' },
      customer: { name: 'Static Stan', email: 'stan@example.com' },
      billing: { country: 'DE', street: 'Street 1', city: 'Berlin', zipcode: '10117', state: 'BE' },
      checkout_session_id: /^cks_\w{21}$/
    })
    t.match(await opened.get(`/checkouts/${payment.checkout_session_id}`), { payment_id: payment.payment_id })
    t.equal((await opened.send({ action: 'continue' })).location, sent.location, 'sent twice, it is one payment')
    t.equal(opened.stored()['payments'], 1)
  })

  t.test('ignore invalid parameters', async t => {
    const opened = await link(t, '/buy/pdt_donation?quantity=-3&country=XX&paymentCurrency=XXX&paymentAmount=1&email=ada&disableEmail=true&' +
      'firstName=A&lastName=B&fullName=C&showDiscounts=false&showCurrencySelector=false&city=a&city=b')
    const shown = await opened.visit()
    t.equal(shown.status, 200)
    t.match(fieldsOf(shown.text), { full_name: 'A B', email: 'ada', amount_0: '15.00', city: 'a', country: 'US' })
    t.notMatch(shown.text, /id="discount-code"|id="currency"|readonly/)
    const amount = await link(t, '/buy/pdt_donation?paymentAmount=20&quantity=2')
    t.equal(textOf(await amount.visit(), 'amount-due'), '$40.00')
  })

  t.test('refuse products that cannot be bought', async t => {
    const opened = await link(t, '/buy/pdt_no')
    t.match(await opened.visit(), { status: 404, text: 'Product not found' })
    t.match(await opened.visit('/buy/pdt_retired'), { status: 410, text: 'no longer sold' })
    t.match(await opened.visit('/buy/pdt_ebook?redirect_url=javascript:alert(1)'), { status: 422, text: 'redirect_url' })
    t.match(await opened.visit(`/buy/pdt_ebook?metadata_a=${'x'.repeat(501)}`), { status: 422 })
    t.match(await opened.visit('/buy/%00'), { status: 404 })
  })

  t.test('refuse a form whose link was changed', async t => {
    const opened = await link(t, '/buy/pdt_ebook?quantity=2')
    const { token = '' } = fieldsOf((await opened.visit()).text)
    const { statusCode } = await opened.emulator.app.inject({
      method: 'POST',
      url: '/buy/pdt_ebook',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ ...NEW, token }).toString()
    })
    t.equal(statusCode, 403)
    t.equal(opened.stored()['payments'], 0)
  })
})
