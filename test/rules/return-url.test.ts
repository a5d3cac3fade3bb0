import t from 'tap'
import { checkReturnUrl, missingScheme, returnUrlProblem } from '../../src/rules/return-url.js'

t.test('accepts absolute URLs of websites and apps', async t => {
  const urls = ['https://shop.example/thanks?order=7#top', 'http://localhost:3000', 'myapp://paid', 'intent://x#Intent;end']
  for (const url of urls) t.equal(returnUrlProblem(url), null, url)
})

t.test('refuses relative, unsafe and malformed URLs', async t => {
  for (const url of ['', '/thanks', 'thanks', 'https://', '//shop.example', '...', 'a b.c']) {
    t.equal(returnUrlProblem(url), 'must be an absolute URL, such as https://example.com/thanks or myapp://paid', url)
  }
  for (const url of ['shop.example', 'shop.example/thanks', '127.0.0.1:3000/thanks', '127.0.0.1', 'www.shop.example?a=1', '1:3000']) {
    t.equal(returnUrlProblem(url), 'must be an absolute URL: http:// or https:// is missing', url)
  }
  const scripts = ['javascript:alert(1)', 'JavaScript:alert(1)', ' \tjava\nscript:alert(1)', 'data:text/html,x', 'vbscript:x',
    'blob:https://shop.example/1', 'file:///etc/passwd']
  for (const url of scripts) t.match(returnUrlProblem(url), /^must not have the scheme \w+:$/, url)
})

t.test('names the field of the URL in a refusal', async t => {
  t.throws(() => { checkReturnUrl('/back', 'cancel_url') }, { code: 'INVALID_REQUEST_BODY', details: [{ path: 'cancel_url' }] })
  t.throws(() => { checkReturnUrl('x') }, { message: /return_url must be an absolute URL/ })
  checkReturnUrl('myapp://paid')
})

t.test('suggests a missing scheme where a host was read as one', async t => {
  const hosts = ['localhost:3000/x', 'localhost:3000', 'LOCALHOST:3000?a=1', 'localhost:/thanks', 'shop.example:8080/thanks', 'web:3000/a/b', 'a-b.c:1#x']
  for (const url of hosts) {
    t.equal(returnUrlProblem(url), null, `${url} is accepted`)
    t.match(missingScheme(url), /^http:\/\/ is missing: no browser can follow a URL of the scheme [\w.-]+:$/, url)
  }
  for (const url of [
    '', 'localhost', 'https://shop.example', 'http://localhost:3000', 'myapp://paid', 'myapp:paid', 'com.example.app:/paid', 'tel:112', 'sms:5551234',
    'mailto:ada@example.com', 'myapp:123456', 'intent://x#Intent;end', '/thanks'
  ]) t.equal(missingScheme(url), null, url)
})
