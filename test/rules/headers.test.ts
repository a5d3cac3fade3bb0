import t from 'tap'
import { isSensitive, mergeHeaders } from '../../src/rules/headers.js'

t.test('replaces a header of the same name in any case', async t => {
  const before = { A: '1', 'X-B': '2' }
  t.strictSame(mergeHeaders(before, { 'x-b': '3', c: '4' }), { A: '1', 'x-b': '3', c: '4' })
  t.strictSame(before, { A: '1', 'X-B': '2' }, 'the original is not changed')
  t.strictSame(Object.entries(mergeHeaders({}, JSON.parse('{"__proto__":"1"}'))), [['__proto__', '1']], 'a name like any other')
})

t.test('accepts the maximum number of headers and refuses one more', async t => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`x-${n}`, '']))
  t.equal(Object.keys(mergeHeaders(many, { 'X-7': 'again' })).length, 50)
  t.throws(() => mergeHeaders(many, { more: '' }), { message: 'headers must hold at most 50 headers, not 51' })
  t.ok(mergeHeaders({ a: 'x'.repeat(8191) }, {}))
  t.throws(() => mergeHeaders({ a: 'x'.repeat(8191) }, { b: '' }), { message: /at most 8192 characters of names and values together, not 8193/ })
})

t.test('recognises credentials by their names', async t => {
  for (const name of ['Authorization', 'proxy-authorization', 'COOKIE', 'Set-Cookie', 'x-api-key', 'apikey', 'Api-Key', 'X-Auth', 'x-auth-user',
    'X-CSRF-Token', 'my-secret-sauce', 'x-password']) t.equal(isSensitive(name), true, name)
  for (const name of ['x-shop', 'accept', 'x-author', 'x-key', 'traceparent']) t.equal(isSensitive(name), false, name)
})
