import t from 'tap'
import { isSensitive, mergeHeaders } from '../../src/rules/headers.js'

t.test('a header takes the place of one of the same name, whatever its case', async t => {
  const before = { A: '1', 'X-B': '2' }
  t.strictSame(mergeHeaders(before, { 'x-b': '3', c: '4' }), { A: '1', 'x-b': '3', c: '4' })
  t.strictSame(before, { A: '1', 'X-B': '2' }, 'what was there is not touched')
  t.strictSame(Object.entries(mergeHeaders({}, JSON.parse('{"__proto__":"1"}'))), [['__proto__', '1']], 'a name like any other')
})

t.test('as many as there may be, and one more', async t => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`x-${n}`, '']))
  t.equal(Object.keys(mergeHeaders(many, { 'X-7': 'again' })).length, 50)
  t.throws(() => mergeHeaders(many, { more: '' }), { message: 'headers must hold at most 50 headers, not 51' })
  t.ok(mergeHeaders({ a: 'x'.repeat(8191) }, {}))
  t.throws(() => mergeHeaders({ a: 'x'.repeat(8191) }, { b: '' }), { message: /at most 8192 characters of names and values together, not 8193/ })
})

t.test('credentials go by their names', async t => {
  for (const name of ['Authorization', 'proxy-authorization', 'COOKIE', 'Set-Cookie', 'x-api-key', 'apikey', 'Api-Key', 'X-Auth', 'x-auth-user',
    'X-CSRF-Token', 'my-secret-sauce', 'x-password']) t.equal(isSensitive(name), true, name)
  for (const name of ['x-shop', 'accept', 'x-author', 'x-key', 'traceparent']) t.equal(isSensitive(name), false, name)
})
