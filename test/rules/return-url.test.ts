/** Where a customer may be led afterwards, and what can be an e-mail address. */
import t from 'tap'
import { checkEmail, isEmail } from '../../src/rules/email.js'
import { checkReturnUrl } from '../../src/rules/return-url.js'

t.test('URLs that lead somewhere', async t => {
  for (const url of ['https://shop.example/a?b=1#c', 'http://127.0.0.1:3000', 'myapp://paid']) checkReturnUrl(url)
  t.pass('are accepted')
})

t.test('URLs that do not', async t => {
  for (const url of ['', '/thanks', 'shop.example', 'javascript:alert(1)', 'JAVASCRIPT:x', ' data:text/html,x', 'file:///etc/passwd']) {
    const refusal = { code: 'INVALID_REQUEST_BODY', details: [{ path: 'cancel_url' }] }
    t.throws(() => { checkReturnUrl(url, 'cancel_url') }, refusal, url)
  }
  t.throws(() => { checkReturnUrl('x') }, { message: /return_url must be an absolute URL/ })
})

t.test('addresses', async t => {
  for (const email of ['a@b', 'ada@example.com', 'ä+x@ü.example']) t.ok(isEmail(email), email)
  for (const email of ['', 'a', 'a@', '@b', 'a b@c', 'a@b@c', `${'x'.repeat(65)}@y`, `x@${'y'.repeat(256)}`]) t.notOk(isEmail(email), email)
  t.throws(() => { checkEmail('a', 'customer.email') }, { message: 'customer.email must be an e-mail address' })
})
