/** Verification of calls: patterns, counts, the closest calls, and hostile patterns. */
import t from 'tap'
import type { components } from '../../src/contract/control-types.gen.js'
import { compilePattern, type Difference } from '../../src/requests/match.js'
import { paymentBody, startEmulator, type TestEmulator } from '../helper.js'

type Verified = components['schemas']['Verified']

async function verify ({ call }: TestEmulator, question: object): Promise<Verified> {
  const { status, json, text } = await call('POST', '/_emulator/verify', { body: question })
  if (status !== 200) throw new Error(text)
  return json as Verified
}

const CART = [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_course', quantity: 1 }]

t.test('describes an invalid pattern in one sentence', async t => {
  const { status, json } = await startEmulator(t).call('POST', '/_emulator/verify', { body: { body: { a: { $like: 1 } } } })
  const message = 'has the unknown operator $like: use $any, $regex or $contains'
  t.equal(status, 422)
  t.match(json, { message: `body.a ${message}`, details: [{ path: 'body.a', message }] })
})

t.test('refuses an unknown operation, which no call could match', async t => {
  const emulator = startEmulator(t)
  for (const [operation, meant] of [
    ['POST /payment', 'POST /payments'], ['post /payments', 'POST /payments'], ['POST /payments/', 'POST /payments'],
    ['GET /payments/{id}', 'GET /payments/{payment_id}'], ['POST /paymnets', 'POST /payments']
  ] as const) {
    const { status, json } = await emulator.call('POST', '/_emulator/verify', { body: { operation, count: 0 } })
    t.equal(status, 422)
    t.match(json, { code: 'INVALID_REQUEST_PARAMETERS', message: `operation ${operation} does not exist: did you mean ${meant}?` })
  }
  for (const page of ['POST /{link}', 'POST /session/{session_id}', 'POST /portal/session/{token}/payments']) {
    t.match(await verify(emulator, { operation: page, count: 0 }), { verified: true }, 'one operation of a page')
  }
})

t.test('answers', async t => {
  t.test('matching calls', async t => {
    const emulator = startEmulator(t)
    await emulator.call('POST', '/payments', {
      body: paymentBody({ product_cart: CART, metadata: { order: 'A-17' } }), headers: { 'idempotency-key': 'k1' }
    })
    await emulator.call('POST', '/payments', { body: paymentBody({ product_cart: [] }) })
    await emulator.get('/payments?page_size=5')
    const yes = async (question: object, count = 1) => {
      const verdict = await verify(emulator, question)
      t.match(verdict, { verified: true, count, near_misses: [] }, JSON.stringify(question))
      t.equal(verdict.requests.length, count)
      t.match(verdict.message, /, as expected$/)
    }
    await yes({}, 3)
    await yes({ operation: 'POST /payments' }, 2)
    await yes({ method: 'post', path: '/payments' }, 2)
    await yes({ path: '/payments' }, 3)
    await yes({ path: '/payments?page_size=5' })
    await yes({ path: { $regex: '^/pay' } }, 3)
    await yes({ status: 422 })
    await yes({ status: '2xx' }, 2)
    await yes({ headers: { 'Idempotency-Key': 'k1', authorization: { $any: true } } })
    await yes({ body: { product_cart: CART } })
    await yes({ body: { product_cart: [{ quantity: 2 }, { product_id: { $any: true } }] } })
    await yes({ body: { product_cart: { $contains: { product_id: 'pdt_course' } }, metadata: { order: { $regex: '^A-\\d+$' } } } })
    await yes({ body: { metadata: { order: { $contains: '-17' } } } })
    await yes({ body: { product_cart: [] } })
    await yes({ operation: 'POST /refunds', count: 0 }, 0)
    await yes({ operation: 'POST /payments', count: 2 }, 2)
    await yes({ operation: 'POST /payments', count: { min: 1, max: 2 } }, 2)
    await yes({ operation: 'POST /refunds', count: { max: 1 } }, 0)
  })

  t.test('the closest calls, and exactly why they do not match', async t => {
    const emulator = startEmulator(t)
    for (const quantity of [1, 2, 3, 4, 5, 6, 7]) {
      await emulator.call('POST', '/payments', { body: paymentBody({ product_cart: [{ product_id: 'pdt_ebook', quantity }] }) })
    }
    await emulator.call('POST', '/payments', { body: paymentBody({ product_cart: [{ product_id: 'pdt_course', quantity: 9 }], metadata: { order: 'B' } }) })
    await emulator.get('/payments')
    const question = { operation: 'POST /payments', body: { product_cart: [{ product_id: 'pdt_course', quantity: 2 }], metadata: { order: 'B' } } }
    const verdict = await verify(emulator, question)
    t.match(verdict, { verified: false, count: 0, requests: [] })
    t.equal(verdict.near_misses.length, 5)
    t.strictSame(verdict.near_misses[0]?.differences, [{ path: 'body.product_cart[0].quantity', expected: '2', actual: '9' }])
    const closest = verdict.near_misses[0]?.request_id ?? ''
    t.match(await emulator.get(`/_emulator/requests/${closest}`), { request_body: { json: { metadata: { order: 'B' } } } })
    t.equal(verdict.message, 'Expected POST /payments with this body at least once, found 0 times in 9 calls. ' +
      `The closest, ${closest}, differs in body.product_cart[0].quantity: expected 2, was 9`)
    t.equal(verdict.near_misses.at(-1)?.differences.some(({ path }) => path === 'operation'), false, 'other operations come last')

    const since = (await emulator.get<{ items: Array<{ request_id: string }> }>('/_emulator/requests')).items[1]?.request_id
    t.match(await verify(emulator, { operation: 'POST /payments', since }), {
      verified: false, near_misses: [{ differences: [{ path: 'operation', actual: '"GET /payments"' }] }]
    })
    const tooMany = await verify(emulator, { operation: 'POST /payments', count: { max: 2 } })
    t.match(tooMany, { verified: false, count: 8, near_misses: [] })
    t.match(tooMany.message, 'Expected POST /payments at most 2 times, found 8 times in 9 calls')
    t.match((await verify(emulator, { path: '/nowhere', status: 200, headers: { a: 'b' } })).message,
      'Expected /nowhere with these headers and status 200 at least once')
    await emulator.call('DELETE', '/_emulator/requests')
    t.match(await verify(emulator, {}), { verified: false, near_misses: [], message: 'Expected a call at least once, found 0 times in 0 calls' })
  })

  t.test('for each kind of pattern', async t => {
    const differences = (pattern: unknown, actual: unknown): Difference[] => {
      const found: Difference[] = []
      compilePattern(pattern, 'body')(actual, 'body', found)
      return found
    }
    const actual = { a: 1, b: null, list: [1, { x: 'y' }], text: 'hello' }
    for (const pattern of [
      {}, { a: 1 }, { b: null }, { b: { $any: true } }, { list: { $contains: { x: 'y' } } }, { list: [1, {}] }, { text: { $regex: 'l{2}' } },
      { a: { $regex: '^1$' } }, { $any: true }
    ]) t.strictSame(differences(pattern, actual), [], JSON.stringify(pattern))
    for (const [pattern, path, expected, was] of [
      [{ a: '1' }, 'body.a', '"1"', '1'], [{ c: null }, 'body.c', 'null', 'nothing'], [{ c: { $any: true } }, 'body.c', 'any value', 'nothing'],
      [{ list: {} }, 'body.list', 'an object', 'a list of 2'], [{ list: [1] }, 'body.list', 'a list of 1', 'a list of 2'],
      [{ list: { $contains: 3 } }, 'body.list', 'a list with an item that matches 3', 'a list of 2'],
      [{ text: { $regex: '^H' } }, 'body.text', 'text that matches /^H/', '"hello"'], [{ toString: { $any: true } }, 'body.toString', 'any value', 'nothing'],
      [[], 'body', 'a list of 0', 'an object with a, b, list, text']
    ] as const) t.strictSame(differences(pattern, actual), [{ path, expected, actual: was }], JSON.stringify(pattern))
  })
})

t.test('refuses invalid patterns', async t => {
  const emulator = startEmulator(t)
  await emulator.pay(paymentBody())
  let deep: unknown = 1
  for (let level = 0; level < 40; level++) deep = { a: deep }
  for (const [question, code, path] of [
    [{ bodi: {} }, 'INVALID_REQUEST_BODY', undefined],
    [{ status: 'nope' }, 'INVALID_REQUEST_BODY', undefined],
    [{ count: -1 }, 'INVALID_REQUEST_BODY', undefined],
    [{ count: { min: 3, max: 2 } }, 'INVALID_REQUEST_PARAMETERS', 'count'],
    [{ since: 'tomorrow' }, 'INVALID_REQUEST_PARAMETERS', 'since'],
    [{ body: { a: { $like: 'b' } } }, 'INVALID_REQUEST_PARAMETERS', 'body.a'],
    [{ body: { a: { $any: true, b: 1 } } }, 'INVALID_REQUEST_PARAMETERS', 'body.a'],
    [{ body: { $any: false } }, 'INVALID_REQUEST_PARAMETERS', 'body.$any'],
    [{ body: { a: { $regex: '(' } } }, 'INVALID_REQUEST_PARAMETERS', 'body.a.$regex'],
    [{ body: { a: { $regex: 1 } } }, 'INVALID_REQUEST_PARAMETERS', 'body.a.$regex'],
    [{ body: { a: { $regex: 'a'.repeat(201) } } }, 'INVALID_REQUEST_PARAMETERS', 'body.a.$regex'],
    [{ headers: { 'x-a': { $regex: '[' } } }, 'INVALID_REQUEST_PARAMETERS', 'headers.x-a.$regex'],
    [{ body: Array.from({ length: 1001 }, () => 1) }, 'INVALID_REQUEST_PARAMETERS', 'body'],
    [{ body: deep }, 'INVALID_REQUEST_PARAMETERS', `body${'.a'.repeat(33)}`]
  ] as const) {
    const { status, json } = await emulator.call('POST', '/_emulator/verify', { body: question })
    t.equal(status, 422)
    t.match(json, { code, ...(path === undefined ? {} : { details: [{ path }] }) }, JSON.stringify(question).slice(0, 80))
  }
  t.match((await emulator.call('POST', '/_emulator/verify', { raw: '' })).json, { code: 'INVALID_REQUEST_BODY' })

  const off = startEmulator(t, { requestLog: '0' })
  t.match((await off.call('POST', '/_emulator/verify', { body: {} })).json, { message: /The request log is off/ })
})

t.test('limits hostile patterns', async t => {
  t.test('stops an expression that never ends', async t => {
    const emulator = startEmulator(t)
    for (let count = 0; count < 10; count++) await emulator.call('POST', '/payments', { body: { metadata: { a: 'a'.repeat(5000) } } })
    const started = Date.now()
    for (const $regex of ['^(a+)+$b', '(a*)*(a*)*c', '^(?:a|a)*$b']) {
      const { status, json } = await emulator.call('POST', '/_emulator/verify', { body: { body: { metadata: { a: { $regex } } } } })
      t.equal(status, 422, $regex)
      t.match(json, { code: 'INVALID_REQUEST_PARAMETERS', message: /took longer than 1000 ms and was stopped/ })
    }
    t.ok(Date.now() - started < 60_000)
    t.match(await verify(emulator, { body: { metadata: { a: { $regex: '^a+$' } } } }), { verified: true, count: 10 }, 'other expressions still work')
  })

  t.test('compares large and deep bodies, but not secrets', async t => {
    const emulator = startEmulator(t)
    await emulator.call('POST', '/payments', { body: paymentBody({ metadata: { order: 'A' } }), key: 'sk_live_0123456789abcdef' })
    await emulator.call('POST', '/payments', { body: { ...paymentBody(), note: 'n'.repeat(1_000_000), metadata: { order: 'B' } } })
    await emulator.call('POST', '/payments', { raw: `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)},"order":"C"}` })
    t.match(await verify(emulator, { body: { metadata: { order: 'B' } } }), { verified: true, count: 1 }, 'beyond the part that is shown')
    t.match(await verify(emulator, { body: { order: 'C' } }), { verified: true, count: 1 })
    t.match(await verify(emulator, { body: { order: 'C', deep: [] } }), { near_misses: [{ differences: [{ path: 'body.deep' }] }] })
    const guess = await verify(emulator, { headers: { authorization: 'Bearer sk_live_0123456789abcdef' } })
    t.equal(guess.verified, false, 'a key cannot be guessed')
    t.notOk(JSON.stringify(guess.near_misses.map(({ differences }) => differences.map(({ actual }) => actual))).includes('89abcdef'))
  })
})
