import t from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { attempt, savedInstrument } from '../../src/resources/payments/lifecycle.js'
import { paymentBody, startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Customer = Required<Schemas['CustomerResponse']>
type Method = Required<Schemas['CustomerPaymentMethodItem']>

const METADATA_51 = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`key${n}`, 'value']))

async function create (emulate: TestEmulator, body: object): Promise<Customer> {
  const { status, json, text } = await emulate.call('POST', '/customers', { body })
  if (status !== 200) throw new Error(text)
  return json as Customer
}

const change = async (emulate: TestEmulator, id: string, body: object) =>
  (await emulate.call('PATCH', `/customers/${id}`, { body })).json as Customer

const list = async (emulate: TestEmulator, query: string) =>
  (await emulate.get<{ items: Customer[] }>(`/customers?${query}`)).items

const methods = async (emulate: TestEmulator, id: string) =>
  (await emulate.get<{ items: Method[] }>(`/customers/${id}/payment-methods`)).items

const GRACE = '/customers/cus_grace/payment-methods/pm_visa_grace'

t.test('answers', async t => {
  t.test('creates a customer, and reads it', async t => {
    const emulate = startEmulator(t)
    const created = await create(emulate, {
      name: ' Joan Clarke ', email: 'joan@example.com', phone_number: '+442079460000', metadata: { tier: 'gold' }, nonsense: 1
    })
    t.match(created, {
      customer_id: /^cus_[0-9A-Za-z]{21}$/,
      business_id: 'bus_emulator',
      name: 'Joan Clarke',
      email: 'joan@example.com',
      phone_number: '+442079460000',
      metadata: { tier: 'gold' }
    })
    t.strictSame(await emulate.get(`/customers/${created.customer_id}`), created)
    const bare = await create(emulate, { name: 'J', email: 'joan@example.com', phone_number: '' })
    t.match(bare, { phone_number: null, metadata: {} })
    t.not(bare.customer_id, created.customer_id, 'the same address is another customer')
  })

  t.test('changes fields: absent and null fields stay, metadata is replaced, an empty phone number removes it', async t => {
    const emulate = startEmulator(t)
    const before = await emulate.get<Customer>('/customers/cus_ada')
    t.strictSame(await change(emulate, 'cus_ada', {}), before)
    t.strictSame(await change(emulate, 'cus_ada', { name: null, email: null, phone_number: null, metadata: null }), before)
    t.strictSame(await change(emulate, 'cus_ada', { metadata: { a: '1', b: '2' } }), { ...before, metadata: { a: '1', b: '2' } })
    const after = { ...before, name: 'Ada King', email: 'ada@king.example', phone_number: null, metadata: { c: '3' } }
    const body = { name: 'Ada King ', email: 'ada@king.example', phone_number: '', metadata: { c: '3' } }
    t.strictSame(await change(emulate, 'cus_ada', body), after)
    t.strictSame(await emulate.get('/customers/cus_ada'), after)
    t.strictSame(await change(emulate, 'cus_ada', { metadata: {} }), { ...after, metadata: {} })
  })

  t.test('lists customers newest first, with every filter', async t => {
    const emulate = startEmulator(t)
    const names = async (query: string) => (await list(emulate, query)).map(({ name }) => name)
    t.strictSame(await names(''), ['Asha Rao', 'Grace Hopper', 'Ada Lovelace', 'Sample Customer'])
    t.strictSame(await names('page_size=1&page_number=1'), ['Grace Hopper'])
    t.strictSame(await names('page_number=9'), [])
    t.strictSame(await names('page_size=0'), [])
    t.strictSame(await names('name=lOVE'), ['Ada Lovelace'])
    t.strictSame(await names('email=EXAMPLE.com'), ['Grace Hopper', 'Ada Lovelace', 'Sample Customer'])
    t.strictSame(await names('email=example.com&name=a'), ['Grace Hopper', 'Ada Lovelace', 'Sample Customer'])
    t.strictSame(await names('email=example.com&name=ad'), ['Ada Lovelace'])
    t.strictSame(await names('name='), await names(''))
    t.strictSame(await names('created_at_gte=2026-01-01T00:02:00Z'), ['Asha Rao', 'Grace Hopper'])
    t.strictSame(await names('created_at_lte=2026-01-01T00:01:00Z'), ['Ada Lovelace', 'Sample Customer'])
    t.strictSame(await names('created_at_gte=2026-01-01T00:01:00Z&created_at_lte=2026-01-01T00:01:00Z'), ['Ada Lovelace'])
  })

  t.test('filters without regard to case in every alphabet, and without wildcards', async t => {
    const emulate = startEmulator(t)
    const odd = ['Élodie ßtraße', '100 % [sure]', 'a*b?c', 'under_score', '^caret', 'ДАША', 'İpek', '𐐀deseret', 'xÁ*b?[y', 'back\\slash']
    for (const [index, name] of odd.entries()) await create(emulate, { name, email: `odd${index}@test` })
    const found = async (part: string) => (await list(emulate, `email=odd&name=${encodeURIComponent(part)}`)).map(({ name }) => name)
    const cases: Array<[string, string]> = [['éLODIE', 'Élodie ßtraße'], ['ßTRA', 'Élodie ßtraße'], ['% [', '100 % [sure]'], ['E]', '100 % [sure]'],
      ['a*', 'a*b?c'], ['?c', 'a*b?c'], ['_', 'under_score'], ['^C', '^caret'], ['даша', 'ДАША'], ['İp', 'İpek'], ['𐐨', '𐐀deseret'],
      ['á*B?', 'xÁ*b?[y'], ['Á*b?[Y', 'xÁ*b?[y'], ['%', '100 % [sure]'], ['\\', 'back\\slash']]
    for (const [part, name] of cases) t.strictSame(await found(part), [name], part)
    for (const part of ['a?b', '[^x]', '100*', 'ss', '-', "'", 'á?', 'á*y', 'a%b']) t.strictSame(await found(part), [], part)
  })

  t.test('keeps the order under a frozen clock', async t => {
    const emulate = startEmulator(t)
    await emulate.call('POST', '/_emulator/clock', { body: { frozen: true } })
    for (const name of ['one', 'two', 'three']) await create(emulate, { name, email: 'same@example.com' })
    t.strictSame((await list(emulate, 'email=same')).map(({ name }) => name), ['three', 'two', 'one'])
    t.strictSame((await list(emulate, 'email=same&page_size=1&page_number=1')).map(({ name }) => name), ['two'])
  })

  t.test('lists saved payment methods; the list can be empty', async t => {
    const emulate = startEmulator(t)
    t.match(await methods(emulate, 'cus_grace'), [{
      payment_method_id: 'pm_visa_grace',
      payment_method: 'card',
      payment_method_type: 'credit',
      card: { last4_digits: '4242', card_network: 'visa', expiry_month: '12', expiry_year: '2034' },
      last_used_at: null,
      recurring_enabled: true
    }])
    t.strictSame(await methods(emulate, 'cus_ada'), [])
  })

  t.test('removes a payment method once', async t => {
    const emulate = startEmulator(t)
    for (const time of ['first', 'second']) t.equal((await emulate.call('DELETE', GRACE)).status, 204, time)
    t.strictSame(await methods(emulate, 'cus_grace'), [])
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { emulator, call, stored } = emulate
  const name = 'X'
  const email = 'x@example.com'
  type Case = [what: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body: unknown, status: number, code: string, message: RegExp, path?: string]
  const cases: Case[] = [
    ['no body', 'POST', '/customers', undefined, 422, 'INVALID_REQUEST_BODY', /no body/],
    ['neither name nor e-mail', 'POST', '/customers', {}, 422, 'INVALID_REQUEST_BODY', /name .*; email/],
    ['a name of null', 'POST', '/customers', { name: null, email }, 422, 'INVALID_REQUEST_BODY', /name must be string/, 'name'],
    ['an e-mail that is an object', 'POST', '/customers', { name, email: {} }, 422, 'INVALID_REQUEST_BODY', /email/, 'email'],
    ['a number for a phone', 'POST', '/customers', { name, email, phone_number: 1 }, 422, 'INVALID_REQUEST_BODY', /phone_number/, 'phone_number'],
    ['metadata that is a list', 'POST', '/customers', { name, email, metadata: { a: [1] } }, 422, 'INVALID_REQUEST_BODY', /metadata\.a/, 'metadata.a'],
    ['metadata of null', 'POST', '/customers', { name, email, metadata: null }, 422, 'INVALID_REQUEST_BODY', /metadata/, 'metadata'],
    ['an empty name', 'POST', '/customers', { name: '  ', email }, 422, 'INVALID_REQUEST_PARAMETERS', /^name must not be empty$/, 'name'],
    ['a long name', 'POST', '/customers', { name: 'x'.repeat(100_000), email }, 422, 'INVALID_REQUEST_PARAMETERS', /^name must not be longer than 500/, 'name'],
    ['no e-mail address', 'POST', '/customers', { name, email: 'x' }, 422, 'INVALID_REQUEST_PARAMETERS', /^email must be an e-mail address$/, 'email'],
    ['a long phone number', 'POST', '/customers', { name, email, phone_number: '1'.repeat(51) }, 422, 'INVALID_REQUEST_PARAMETERS', /^phone_number must not/, 'phone_number'],
    ['51 pairs of metadata', 'POST', '/customers', { name, email, metadata: METADATA_51 }, 422, 'MAXIMUM_KEYS_REACHED', /51 pairs/, 'metadata'],
    ['a change to an empty name', 'PATCH', '/customers/cus_ada', { name: '' }, 422, 'INVALID_REQUEST_PARAMETERS', /^name must not be empty$/, 'name'],
    ['a change to no e-mail address', 'PATCH', '/customers/cus_ada', { email: 'ada@' }, 422, 'INVALID_REQUEST_PARAMETERS', /^email must be/, 'email'],
    ['a change to long metadata', 'PATCH', '/customers/cus_ada', { metadata: { k: 'v'.repeat(501) } }, 422, 'INVALID_REQUEST_PARAMETERS', /^metadata\.k: value is longer/, 'metadata.k'],
    ['a change that is a list', 'PATCH', '/customers/cus_ada', [], 422, 'INVALID_REQUEST_BODY', /must be object/],
    ['an unknown customer', 'GET', '/customers/cus_nobody', undefined, 404, 'NOT_FOUND', /^Item not found \(there is no customer cus_nobody\)$/, 'customer_id'],
    ['a change to an unknown customer', 'PATCH', '/customers/cus_nobody', {}, 404, 'NOT_FOUND', /cus_nobody/, 'customer_id'],
    ['methods of an unknown customer', 'GET', '/customers/cus_nobody/payment-methods', undefined, 404, 'NOT_FOUND', /cus_nobody/, 'customer_id'],
    ['a method of an unknown customer', 'DELETE', '/customers/cus_nobody/payment-methods/pm_visa_grace', undefined, 404, 'NOT_FOUND', /cus_nobody/, 'customer_id'],
    ['an unknown method', 'DELETE', '/customers/cus_grace/payment-methods/pm_nothing', undefined, 404, 'NOT_FOUND', /customer cus_grace has no payment method pm_nothing/, 'payment_method_id'],
    ["another customer's method", 'DELETE', '/customers/cus_ada/payment-methods/pm_visa_grace', undefined, 404, 'NOT_FOUND', /customer cus_ada has no payment method pm_visa_grace/, 'payment_method_id'],
    ['a page of 101', 'GET', '/customers?page_size=101', undefined, 422, 'INVALID_QUERY_PARAMS', /page_size must be at most 100/, 'page_size'],
    ['an invalid time', 'GET', '/customers?created_at_gte=yesterday', undefined, 422, 'INVALID_QUERY_PARAMS', /created_at_gte/, 'created_at_gte'],
    ['a filter twice', 'GET', '/customers?email=a&email=b', undefined, 422, 'INVALID_QUERY_PARAMS', /email must be string/, 'email'],
    ['a long filter', 'GET', `/customers?name=${'x'.repeat(501)}`, undefined, 422, 'INVALID_QUERY_PARAMS', /name must not be longer than 500/, 'name'],
    ['a filter with a NUL character', 'GET', '/customers?email=%00', undefined, 422, 'INVALID_QUERY_PARAMS', /email must not contain a NUL/, 'email']
  ]
  for (const [what, method, url, body, status, code, message, path] of cases) {
    t.test(what, async t => {
      const before = stored()
      const answer = await call(method, url, body === undefined ? {} : { body })
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code], [status, code], refusal.message)
      t.match(refusal.message, message)
      if (path !== undefined) t.equal(refusal.details?.[0]?.path, path)
      t.strictSame(stored(), before, 'nothing was stored')
    })
  }

  t.test('refused requests change nothing', async t => {
    t.match(emulator.sandbox.customers.find('cus_ada'), { name: 'Ada Lovelace', email: 'ada@example.com', metadata: {} })
    t.equal((await methods(emulate, 'cus_grace')).length, 1)
  })

  t.test('a read-only key', async t => {
    const { call } = startEmulator(t, { readOnlyApiKeys: 'reader' })
    t.equal((await call('GET', '/customers', { key: 'reader' })).status, 200)
    t.equal((await call('POST', '/customers', { key: 'reader', body: { name, email } })).status, 403)
    t.equal((await call('DELETE', GRACE, { key: 'reader' })).status, 403)
    t.equal((await call('GET', '/customers', { key: null })).status, 401)
  })
})

t.test('keeps customers consistent', async t => {
  t.test("payments show the customer's current data", async t => {
    const emulate = startEmulator(t)
    const { payment_id: id } = await emulate.pay(paymentBody())
    await change(emulate, 'cus_ada', { name: 'Ada King', email: 'ada@king.example', metadata: { a: '1' } })
    t.match(await emulate.get(`/payments/${id}`), { customer: { name: 'Ada King', email: 'ada@king.example', metadata: { a: '1' } } })
    t.match(await emulate.pay(paymentBody()), { customer: { name: 'Ada King' } })
    await change(emulate, 'cus_ada', { name: 'Ada Again' })
    t.match(await emulate.pay(paymentBody()), { customer: { name: 'Ada Again' } }, 'the cached customer is forgotten')
  })

  t.test("payments by e-mail find the address's current customer, the newest of several", async t => {
    const emulate = startEmulator(t)
    const payer = async (email: string) => (await emulate.pay(paymentBody({ customer: { email } }))).customer.customer_id
    t.equal(await payer('ada@example.com'), 'cus_ada')
    await change(emulate, 'cus_ada', { email: 'new@example.com' })
    t.equal(await payer('new@example.com'), 'cus_ada')
    const other = await payer('ada@example.com')
    t.match(other, /^cus_[0-9A-Za-z]{21}$/, 'the old address is free')
    const { customer_id: newest } = await create(emulate, { name: 'N', email: 'new@example.com' })
    t.equal(await payer('new@example.com'), newest)
    await change(emulate, newest, { email: 'elsewhere@example.com' })
    t.equal(await payer('new@example.com'), 'cus_ada')
    await change(emulate, other, { email: 'new@example.com' })
    t.equal(await payer('new@example.com'), other)
    await change(emulate, other, { name: 'Renamed' })
    t.match(await emulate.pay(paymentBody({ customer: { email: 'new@example.com' } })), { customer: { name: 'Renamed' } })
  })

  t.test('a removed method cannot pay; a payment that it made is unchanged', async t => {
    const emulate = startEmulator(t)
    const body = paymentBody({ customer: { customer_id: 'cus_grace' }, payment_method_id: 'pm_visa_grace' })
    const { payment_id: id } = await emulate.pay(body)
    t.match((await methods(emulate, 'cus_grace'))[0]?.last_used_at, /^20\d\d-.*Z$/, 'the use was noted')
    await emulate.call('DELETE', GRACE)
    const refusal = await emulate.refuse(body)
    t.match(refusal, { status: 422, code: 'INVALID_REQUEST_PARAMETERS', message: 'Payment method pm_visa_grace does not exist for customer cus_grace' })
    t.match(await emulate.get(`/payments/${id}`), { status: 'succeeded', payment_method_id: 'pm_visa_grace', card_last_four: '4242' })
  })

  t.test('a charge in progress continues when its method is removed', async t => {
    const emulate = startEmulator(t)
    const { sandbox } = emulate.emulator
    const { payment_id: id } = await emulate.pay(paymentBody({ customer: { customer_id: 'cus_grace' } }))
    const payment = sandbox.payments.find(id)
    const method = sandbox.paymentMethods.find('pm_visa_grace', 'cus_grace')
    if (payment === undefined || method === undefined) throw new Error(id)
    const context = { sandbox, baseUrl: 'http://localhost', now: sandbox.clock.now() }
    attempt(payment, { ...savedInstrument(method, context), outcome: { status: 'processing' } }, context)
    await emulate.call('DELETE', GRACE)
    await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: 60_000 } })
    t.match(await emulate.get(`/payments/${id}`), { status: 'succeeded', payment_method_id: 'pm_visa_grace' })
    t.strictSame(await methods(emulate, 'cus_grace'), [], 'and the method stays removed')
  })

  t.test('a removed method of another customer stays unknown', async t => {
    const { call } = startEmulator(t)
    await call('DELETE', GRACE)
    t.equal((await call('DELETE', '/customers/cus_ada/payment-methods/pm_visa_grace')).status, 404)
  })

  t.test('two simultaneous changes and two simultaneous removals', async t => {
    const emulate = startEmulator(t)
    const answers = await Promise.all([
      emulate.call('PATCH', '/customers/cus_ada', { body: { name: 'One' } }),
      emulate.call('PATCH', '/customers/cus_ada', { body: { phone_number: '2' } }),
      emulate.call('PATCH', '/customers/cus_ada', { body: { email: 'broken' } }),
      emulate.call('DELETE', GRACE),
      emulate.call('DELETE', GRACE)
    ])
    t.strictSame(answers.map(({ status }) => status), [200, 200, 422, 204, 204])
    t.match(await emulate.get('/customers/cus_ada'), { name: 'One', phone_number: '2', email: 'ada@example.com' })
    t.equal(emulate.stored()['removed_payment_methods'], 1)
  })

  t.test('changes that were rolled back with their batch are not cached', async t => {
    const emulate = startEmulator(t)
    const { sandbox } = emulate.emulator
    const ada = sandbox.customers.find('cus_ada')
    if (ada === undefined) throw new Error('no cus_ada')
    await new Promise<void>(resolve => {
      sandbox.batch.run(() => {
        sandbox.customers.update(ada, { ...ada, email: 'gone@example.com' })
        t.equal(sandbox.customers.findByEmail('gone@example.com')?.customer_id, 'cus_ada')
        throw new Error('too late')
      }, () => { resolve() })
    })
    t.equal(sandbox.customers.find('cus_ada')?.email, 'ada@example.com')
    t.equal(sandbox.customers.findByEmail('gone@example.com'), undefined)
    t.equal(sandbox.customers.findByEmail('ada@example.com')?.customer_id, 'cus_ada')
  })

  t.test('pages use an index with every filter', async t => {
    const { emulator: { sandbox } } = startEmulator(t)
    const start = sandbox.clock.now()
    await new Promise<void>((resolve, reject) => {
      sandbox.batch.run(() => {
        for (let n = 0; n < 20_000; n++) {
          const id = sandbox.ids.next('cus', start + n)
          sandbox.customers.insert({ customer_id: id, email: `many${n}@example.com`, name: `Many ${n}`, phone_number: null, metadata: {}, created_at: start + n })
        }
      }, error => { error === undefined ? resolve() : reject(error) })
    })
    t.strictSame(sandbox.customers.list({ email: 'MANY77@' }, 10, 0).map(({ name }) => name), ['Many 77'])
    t.strictSame(sandbox.customers.list({ name: 'many 1999' }, 2, 0).map(({ name }) => name), ['Many 19999', 'Many 19998'])
    t.strictSame(sandbox.customers.list({ created_at_gte: start + 19_998 }, 10, 1).map(({ name }) => name), ['Many 19998'])
  })
})
