/** Requests as curl commands: a shell passes on exactly the intended request. */
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { curlOf, type CurlRequest } from '../../src/pages/dashboard/curl.js'

const PLAIN: CurlRequest = { method: 'GET', url: 'http://127.0.0.1:4010/products', headers: {}, body: '' }

/** The arguments that a shell passes to curl. */
function argumentsOf (command: string): string[] {
  const listing = 'curl () { for argument; do printf "%s\\0" "$argument"; done; }'
  return execFileSync('sh', ['-c', `${listing}\n${command}`], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

t.test('writes short commands', async t => {
  t.equal(curlOf(PLAIN), 'curl http://127.0.0.1:4010/products')
  t.equal(curlOf({
    method: 'POST',
    url: 'http://127.0.0.1:4010/payments?expand=a&b=c',
    headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
    body: '{"a":1}'
  }), `curl -X POST 'http://127.0.0.1:4010/payments?expand=a&b=c' \\
  -H 'authorization: Bearer test' \\
  -H 'content-type: application/json' \\
  --data-raw '{"a":1}'`)
  t.equal(curlOf({ ...PLAIN, method: 'HEAD' }), 'curl --head http://127.0.0.1:4010/products')
  t.equal(curlOf({ ...PLAIN, method: 'DELETE' }), 'curl -X DELETE http://127.0.0.1:4010/products')
  t.match(curlOf({ ...PLAIN, body: 'x' }), "-X GET http://127.0.0.1:4010/products \\\n  -H 'content-type:' \\\n  --data-raw x",
    'a body stays a GET’s, and is no form')
})

t.test('survives the parsing of a shell', async t => {
  const hostile = [
    "it's", "'", "''", '$(touch /tmp/never)', '`id`', '$HOME', '"', '\\', '\\\\\'', '!!', '-', '--help', '@/etc/passwd', '~', '*',
    'a\nb', 'a\tb', ' ', '#', ';', '&', '|', '\u0007', 'ü€😀', '{"a": "it\'s $5"}', '{a,b}', '[1-9]'
  ]
  for (const text of hostile) {
    const url = `http://127.0.0.1:4010/${encodeURIComponent(text)}?q=${text.replace(/\s/g, '')}`
    const request = { method: 'PATCH', url, headers: { 'x-tenant': text.replace(/\n/g, '') }, body: text }
    const given = argumentsOf(curlOf(request))
    t.ok(given.includes(request.url), `the URL with ${text}`)
    t.ok(given.includes(`x-tenant: ${request.headers['x-tenant']}`), `the header ${text}`)
    t.equal(given.at(-1), text, `the body ${text}`)
    t.equal(given.at(-2), '--data-raw', 'unchanged')
  }
})

t.test('survives the parsing of curl itself', async t => {
  t.strictSame(argumentsOf(curlOf({ ...PLAIN, url: 'http://h/a[1]' })), ['--globoff', 'http://h/a[1]'], 'no pattern')
  t.strictSame(argumentsOf(curlOf({ ...PLAIN, url: 'http://h/a/../b' })), ['--path-as-is', 'http://h/a/../b'], 'the path unchanged')
  t.strictSame(argumentsOf(curlOf({ ...PLAIN, headers: { 'x-empty': '' } })), [PLAIN.url, '-H', 'x-empty;'], 'an empty header is sent')
})
