import t from 'tap'
import { checkReturnUrl, returnUrlProblem } from '../../src/rules/return-url.js'

t.test('accepts absolute URLs of the web and of apps', async t => {
  const urls = ['https://shop.example/thanks?order=7#top', 'http://localhost:3000', 'myapp://paid', 'intent://x#Intent;end']
  for (const url of urls) t.equal(returnUrlProblem(url), null, url)
})

t.test('refuses', async t => {
  for (const url of ['', '/thanks', 'shop.example', 'https://', '//shop.example']) {
    t.equal(returnUrlProblem(url), 'must be an absolute URL, such as https://example.com/thanks or myapp://paid', url)
  }
  const scripts = ['javascript:alert(1)', 'JavaScript:alert(1)', ' \tjava\nscript:alert(1)', 'data:text/html,x', 'vbscript:x',
    'blob:https://shop.example/1', 'file:///etc/passwd']
  for (const url of scripts) t.match(returnUrlProblem(url), /^must not have the scheme \w+:$/, url)
})

t.test('a refusal names the place of the URL', async t => {
  t.throws(() => { checkReturnUrl('/back', 'cancel_url') }, { code: 'INVALID_REQUEST_BODY', details: [{ path: 'cancel_url' }] })
  t.throws(() => { checkReturnUrl('x') }, { message: /return_url must be an absolute URL/ })
  checkReturnUrl('myapp://paid')
})
