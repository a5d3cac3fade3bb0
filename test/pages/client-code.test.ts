/**
 * The generated curl commands and programs, run by a shell, by the official client against a listening emulator, and by
 * Python if it is installed. The received request equals the intended one, for any names and metadata.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { start } from '../../src/index.js'
import type { JsonObject, SampleCall } from '../../src/pages/dashboard/code/call.js'
import { javascriptProgram, pythonProgram } from '../../src/pages/dashboard/code/dynamic.js'
import { curlCommand, PROGRAMS } from '../../src/pages/dashboard/code/programs.js'
import { packagePath } from '../../src/root.js'
import { temporaryFolder } from '../processes.js'

const run = promisify(execFile)

async function isThere (command: string): Promise<boolean> {
  return await run(command, ['--version']).then(() => true, () => false)
}

const curlMissing = await isThere('curl') ? false : 'there is no curl'
const pythonMissing = await isThere('python3') ? false : 'there is no python3'

const HOSTILE = [
  "it's", '"quoted"', '$(touch pwned)', '`touch pwned`', '$' + '{HOME} $HOME %HOME%', 'a\nb\r\nc\td', '\\', '\\\\', "\\'", '\\"', "'; touch pwned; '",
  '!history !!', '# comment', '*/ // <!-- --> </script>', '@/etc/passwd', '-d', '[1-3]{a,b}', '{{x}} %s {0} f"{x}"', '🙂👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '\u2028\u2029\u0085\u007f', '\u202eevil\u202c', 'ß é ﷽ 漢字', "'''", '"""', '`', '\u001b[31m', '__proto__', 'null', '', ' ', '&amp; <b>',
  'line\\nbreak \\u0041 \\x41 \\N{BULLET}'
]

const body = (): JsonObject => ({
  billing: { country: 'US', street: HOSTILE.join(' ') },
  customer: { email: 'hostile@example.com', name: `O'Brien "the $(shell)" \`whoami\` 🙂\n${HOSTILE.join(' | ')}`.slice(0, 480) },
  product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_donation', quantity: 1, amount: 1500 }],
  discount_codes: ['SAVE10'],
  payment_link: true,
  return_url: "https://shop.example/thanks?a='b'&c=$(d)",
  metadata: { ...Object.fromEntries(HOSTILE.map((value, index) => [`key ${index} ${value}`.slice(0, 40), value])), constructor: 'x' }
})

const call = (given: Partial<SampleCall> = {}): SampleCall => ({
  baseUrl: 'http://127.0.0.1:4010',
  apiKey: 'test',
  path: '/payments',
  resource: 'payments',
  result: 'payment',
  prints: ['payment_id', 'payment_link'],
  body: body(),
  ...given
})

/** The request that the payment was made from, as far as it shows. */
async function checkPayment (test: Test, url: string, id: string, sent: JsonObject): Promise<void> {
  const response = await fetch(`${url}/payments/${id}`, { headers: { authorization: 'Bearer test' } })
  const payment = await response.json() as Record<string, Record<string, unknown>>
  test.strictSame(payment['metadata'], sent['metadata'])
  test.match(payment['billing'], sent['billing'] as object)
  test.equal(payment['customer']?.['name'], (sent['customer'] as { name: string }).name)
  test.equal(payment['total_amount'], 2 * 1799 + 1350)
}

t.test('generates readable code', async t => {
  const simple = call({
    body: { billing: { country: 'DE' }, product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], payment_link: true, tax_id: undefined, x: null }
  })
  t.equal(curlCommand(simple), `curl -X POST http://127.0.0.1:4010/payments \\
  -H 'Authorization: Bearer test' \\
  -H 'Content-Type: application/json' \\
  --data-raw '{
  "billing": {
    "country": "DE"
  },
  "product_cart": [
    {
      "product_id": "pdt_ebook",
      "quantity": 1
    }
  ],
  "payment_link": true,
  "x": null
}'`)
  t.equal(javascriptProgram(simple), `import DodoPayments from 'dodopayments'

const client = new DodoPayments({
  baseURL: 'http://127.0.0.1:4010',
  bearerToken: 'test'
})

const payment = await client.payments.create({
  billing: { country: 'DE' },
  product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
  payment_link: true,
  x: null
})

console.log(payment.payment_id, payment.payment_link)
`)
  t.equal(pythonProgram(simple), `from dodopayments import DodoPayments

client = DodoPayments(
    base_url='http://127.0.0.1:4010',
    bearer_token='test',
)

payment = client.payments.create(
    billing={'country': 'DE'},
    product_cart=[{'product_id': 'pdt_ebook', 'quantity': 1}],
    payment_link=True,
    x=None,
)

print(payment.payment_id, payment.payment_link)
`)
})

t.test('escapes invisible characters', async t => {
  const spelt = call({ body: { name: 'a\u202eb\u2028c\u{e0067}', seen: 'é 漢 🙂' } })
  t.match(curlCommand(spelt), '"a\\u202eb\\u2028c\\udb40\\udc67"')
  t.match(javascriptProgram(spelt), "'a\\u202eb\\u2028c\\udb40\\udc67'")
  t.match(pythonProgram(spelt), "'a\\u202eb\\u2028c\\U000e0067'")
  for (const text of [curlCommand(spelt), javascriptProgram(spelt), pythonProgram(spelt)]) t.match(text, 'é 漢 🙂')
})

/** How compiled languages, Ruby and PHP read a text literal: escapes by character, and what must not be there without one. */
const LITERALS: Record<string, { named: string, point: RegExp, interpolation: RegExp | null }> = {
  go: { named: '\\"', point: /\\u([\da-f]{4})|\\U([\da-f]{8})/g, interpolation: null },
  java: { named: '\\"', point: /\\u([\da-f]{4})/g, interpolation: null },
  kotlin: { named: '\\"$', point: /\\u([\da-f]{4})/g, interpolation: /\$/ },
  csharp: { named: '\\"', point: /\\u([\da-f]{4})|\\U([\da-f]{8})/g, interpolation: null },
  php: { named: '\\"$', point: /\\u\{([\da-f]+)\}/g, interpolation: /\$/ },
  ruby: { named: '\\"#', point: /\\u\{([\da-f]+)\}/g, interpolation: /#[{$@]/ }
}
const CONTROLS: Record<string, string> = { n: '\n', r: '\r', t: '\t' }

function readLiteral (literal: string, { named, point, interpolation }: NonNullable<typeof LITERALS[string]>): string {
  const inner = literal.slice(1, -1)
  // Between single quotes, which only PHP has here, there are two escapes.
  if (literal.startsWith("'")) return inner.replace(/\\([\\'])/g, '$1')
  const raw = inner.replace(/\\./gsu, '')
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(raw) || interpolation?.test(raw) === true) return `unescaped: ${literal}`
  return inner.replace(new RegExp(`${point.source}|\\\\.`, 'gsu'), escape => {
    const [, digits] = /^\\[uU]\{?([\da-f]+)\}?$/.exec(escape) ?? []
    const letter = escape.slice(1)
    if (digits !== undefined) return String.fromCodePoint(parseInt(digits, 16))
    return CONTROLS[letter] ?? (named.includes(letter) ? letter : `unknown escape ${letter}`)
  })
}

t.test('escapes texts in every language', async t => {
  const texts = [...HOSTILE, '#{1+1} #$x #@y', '{$x}', '$$', 'e\\', '?>', '"#', '\ufeff\u00ad\v\b\f', '\\u{41} \\$x']
  const sent = call({ body: { metadata: Object.fromEntries(texts.map((text, index) => [`k${index}`, text])) } })
  for (const [language, style] of Object.entries(LITERALS)) {
    const source = PROGRAMS.find(({ id }) => id === language)?.write(sent) ?? ''
    const literals = source.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gu)
    const found = new Set(Array.from(literals, ([literal]) => readLiteral(literal, style)))
    t.strictSame(texts.filter(text => !found.has(text)), [], language)
  }
  const rust = PROGRAMS.find(({ id }) => id === 'rust')?.write(sent) ?? ''
  const [, marks = '', json = ''] = /from_str\(r(#+)"([\s\S]*)"\1\)/.exec(rust) ?? []
  t.notMatch(json, `"${marks}`, 'the raw string of Rust ends once')
  t.strictSame(JSON.parse(json), sent.body)
})

t.test('writes large integers and null so that each language compiles them', async t => {
  const sent = call({ body: { product_cart: [{ product_id: 'p', quantity: 1, amount: 4294967296 }], later: [null, { a: null, b: -2147483649 }] } })
  const written = Object.fromEntries(PROGRAMS.map(({ id, write }) => [id, write(sent)]))
  t.match(written['java'], '.amount(4294967296L)')
  t.match(written['java'], 'List.of(JsonValue.from(null), Map.ofEntries(Map.entry("a", JsonValue.from(null)), Map.entry("b", -2147483649L)))')
  t.match(written['kotlin'], '.amount(4294967296L)')
  t.match(written['go'], 'int64(4294967296)')
  t.match(written['csharp'], 'Amount = 4294967296,')
  const odd = call({ body: { metadata: { list: [1], none: null, deep: { a: 'b' } } } })
  t.match(PROGRAMS.find(({ id }) => id === 'go')?.write(odd), '"deep": shared.UnionString("{\\"a\\":\\"b\\"}")', 'refused by the API, but it compiles')
  t.match(PROGRAMS.find(({ id }) => id === 'csharp')?.write(odd), '{ "deep", "{\\"a\\":\\"b\\"}" }')
})

t.test('generates curl commands that a shell runs', { skip: curlMissing }, async t => {
  const emulator = await start()
  t.teardown(emulator.close)
  const sent = body()
  const folder = temporaryFolder(t)
  const { stdout } = await run('sh', ['-c', `${curlCommand(call({ baseUrl: emulator.url, body: sent }))} -sS --fail-with-body --noproxy '*'`], { cwd: folder })
  const { payment_id: id } = JSON.parse(stdout) as { payment_id: string }
  await checkPayment(t, emulator.url, id, sent)
  await t.rejects(run('ls', [join(folder, 'pwned')]), 'nothing else was run')
})

t.test('generates JavaScript that the official client runs', async t => {
  const emulator = await start()
  t.teardown(emulator.close)
  const sent = body()
  const folder = temporaryFolder(t)
  symlinkSync(packagePath('node_modules'), join(folder, 'node_modules'), 'junction')
  writeFileSync(join(folder, 'program.mjs'), javascriptProgram(call({ baseUrl: emulator.url, body: sent })))
  const { stdout } = await run(process.execPath, [join(folder, 'program.mjs')], { env: { PATH: process.env['PATH'] } })
  const [id = '', link = ''] = stdout.trim().split(' ')
  t.ok(link.startsWith(`${emulator.url}/`), 'with its link')
  await checkPayment(t, emulator.url, id, sent)
})

/** A stand-in for the official Python client, which is not installed for tests: it prints its arguments. */
const PYTHON_CLIENT = `
import json
class DodoPayments:
    def __init__(self, **options): self.payments = self; self.options = options
    def create(self, **body): self.body = body; return self
    def __getattr__(self, name): return json.dumps([name, self.options, self.body])
`

t.test('generates Python that compiles and runs', { skip: pythonMissing }, async t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'dodopayments'))
  writeFileSync(join(folder, 'dodopayments', '__init__.py'), PYTHON_CLIENT)
  const sent = body()
  writeFileSync(join(folder, 'program.py'), pythonProgram(call({ body: sent, prints: ['payment_id'] })))
  const { stdout } = await run('python3', [join(folder, 'program.py')], { env: { PATH: process.env['PATH'], PYTHONUTF8: '1' } })
  t.strictSame(JSON.parse(stdout), ['payment_id', { base_url: 'http://127.0.0.1:4010', bearer_token: 'test' }, sent])
})

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE))
  .filter(text => !text.includes('\0') && text.isWellFormed())
const anyBody = fc.record({ a: anyText, b: fc.array(anyText), c: fc.dictionary(anyText, anyText), d: fc.oneof(fc.boolean(), fc.integer()) })

t.test('handles any text', async t => {
  t.test('in JavaScript', async t => {
    const Program = Object.getPrototypeOf(async () => {}).constructor as new (...source: string[]) => (...given: unknown[]) => Promise<void>
    await fc.assert(fc.asyncProperty(anyBody, async sent => {
      const heard: unknown[] = []
      const Client = function () { return { payments: { create: (given: unknown) => { heard.push(given); return {} } } } }
      const [, source = ''] = javascriptProgram(call({ body: sent })).split("'dodopayments'\n", 2)
      await new Program('DodoPayments', 'console', source)(Client, { log () {} })
      return JSON.stringify(heard[0]) === JSON.stringify(sent)
    }))
    t.pass('arrive as they were')
  })

  t.test('in a shell', async t => {
    const sent = fc.sample(anyBody, { numRuns: 200, seed: 42 }) // // a failure would not show its seed
    const folder = temporaryFolder(t)
    const commands = sent.map(given => curlCommand(call({ body: given })))
    writeFileSync(join(folder, 'all.sh'), `curl () { printf '%s\\0' "$#" "$9"; }\n${commands.join('\n')}\n`)
    const { stdout } = await run('sh', [join(folder, 'all.sh')], { cwd: folder, maxBuffer: 2 ** 26 })
    const heard = stdout.split('\0')
    t.equal(heard.length, 2 * sent.length + 1)
    sent.forEach((given, index) => {
      t.equal(heard[2 * index], '9', 'the same number of arguments')
      t.strictSame(JSON.parse(heard[2 * index + 1] ?? ''), JSON.parse(JSON.stringify(given)))
    })
  })
})
