/** URLs that do not exist, for browsers and for programs. */
import t from 'tap'
import { visitor } from './dashboard-visitor.js'

t.test('a mistyped URL is a page in a browser, and JSON for programs', async t => {
  const shop = visitor(t)
  for (const path of ['/paymnts-list', '/docs/nothing', '/a/b/c', '/<script>', '/_emulator/nothing']) {
    const page = await shop.visit(encodeURI(path))
    t.match(page, { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' } }, path)
    t.match(page.html, /<h1>Not found<\/h1>[\s\S]*<a href="\/">Go to the dashboard<\/a>/)
    t.notMatch(page.html, '<script>')
    const { status, json } = await shop.call('GET', encodeURI(path))
    t.match({ status, json }, { status: 404, json: { code: 'NOT_FOUND' } }, path)
  }
})
