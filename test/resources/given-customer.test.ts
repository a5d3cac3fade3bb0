/**
 * The two forms of a request's `customer`: the first form that matches counts, fields of the other are ignored and noted. Checked
 * for every operation with a customer, found in the contract.
 */
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import type { Operation } from '../../src/contract/load.js'
import { bodyValidator } from '../../src/contract/validate.js'
import { unknownFields } from '../../src/contract/unknown-fields.js'
import { checkDocument } from '../../src/fixtures/check.js'
import { paymentBody, startEmulator, type Refusal } from '../helper.js'

/** The fields that each operation needs beside a customer. */
const BODIES: Record<string, Record<string, unknown>> = {
  'POST /payments': { ...paymentBody() },
  'POST /checkouts': { product_cart: paymentBody().product_cart },
  'POST /checkouts/preview': { product_cart: paymentBody().product_cart },
  'POST /subscriptions': { product_id: 'pdt_pro_monthly', quantity: 1, billing: { country: 'US' } }
}

const BOTH = { customer_id: 'cus_ada', email: 'someone@example.com', name: 'Someone', phone_number: '1' }

interface Given {
  customer: Record<string, unknown>
  /** The expected customer; null for a new one. */
  id: string | null
  ignored: string[]
}

const CASES: Record<string, Given> = {
  'an id and an e-mail address': {
    customer: BOTH, id: 'cus_ada', ignored: ['customer.email', 'customer.name', 'customer.phone_number']
  },
  'an id and contact data that would be refused': {
    customer: { customer_id: 'cus_ada', email: 'nowhere', name: 7 }, id: 'cus_ada', ignored: ['customer.email', 'customer.name']
  },
  'an id and nulls': { customer: { customer_id: 'cus_ada', email: null, name: null }, id: 'cus_ada', ignored: [] },
  'an e-mail address and no id': { customer: { customer_id: null, email: 'new@example.com' }, id: null, ignored: [] },
  'an e-mail address that is known, and no id': { customer: { customer_id: null, email: 'grace@example.com' }, id: 'cus_grace', ignored: [] },
  'an id of the wrong type is no id': {
    customer: { customer_id: 7, email: 'new@example.com' }, id: null, ignored: ['customer.customer_id']
  },
  'what neither form knows': {
    customer: { customer_id: 'cus_ada', nickname: null }, id: 'cus_ada', ignored: ['customer.nickname']
  }
}

function takesCustomer ({ body, document }: Operation): boolean {
  const seen = new Set<string>()
  const reaches = (schema: unknown): boolean => {
    if (typeof schema !== 'object' || schema === null) return false
    return Object.entries(schema).some(([key, value]) => {
      if (key !== '$ref') return reaches(value)
      const name = String(value).slice(String(value).lastIndexOf('/') + 1)
      if (name === 'CustomerRequest') return true
      if (seen.has(name)) return false
      seen.add(name)
      return reaches(document.components.schemas[name])
    })
  }
  return body !== null && reaches(body.schema)
}

const operations = contract().operations.filter(takesCustomer)

t.test('every operation with a customer accepts fields of both forms and notes ignored ones', async t => {
  t.strictSame(operations.map(({ name }) => name as string).sort(), Object.keys(BODIES).sort(), 'these operations take one')
  for (const operation of operations) {
    for (const [what, { customer, ignored }] of Object.entries(CASES)) {
      const body = { ...BODIES[operation.name], customer }
      t.doesNotThrow(() => { bodyValidator(operation)(body) }, `${operation.name}: ${what}`)
      t.strictSame(unknownFields(operation, body), ignored, `${operation.name}: ${what}`)
    }
    for (const customer of [{}, { customer_id: null }, { customer_id: null, email: null }, { name: 'Ada' }, { email: 7 }, []]) {
      t.throws(() => { bodyValidator(operation)({ ...BODIES[operation.name], customer }) }, { code: 'INVALID_REQUEST_BODY' })
    }
  }
})

t.test('the payment or session belongs to the expected customer', async t => {
  const { call, get } = startEmulator(t)
  for (const [what, { customer, id, ignored }] of Object.entries(CASES)) {
    const { json, status, text } = await call('POST', '/payments', { body: { ...BODIES['POST /payments'], customer } })
    t.equal(status, 200, `${what}: ${text}`)
    const paid = json as { customer: Record<string, unknown> }
    if (id === null) t.equal(paid.customer['email'], customer['email'], what)
    else t.equal(paid.customer['customer_id'], id, what)
    const logged = await get<{ items: Array<{ ignored_fields: string[] }> }>('/_emulator/requests?page_size=1')
    t.strictSame(logged.items[0]?.ignored_fields, ignored, what)

    const session = await call('POST', '/checkouts', {
      body: {
        ...BODIES['POST /checkouts'], customer, confirm: true, minimal_address: true, billing_address: { country: 'US', zipcode: '1' }
      }
    })
    t.equal(session.status, 200, `${what}: ${session.text}`)
    const payment = await get<{ customer: Record<string, unknown> }>(`/payments/${(session.json as { payment_id: string }).payment_id}`)
    t.equal(payment.customer['customer_id'], id ?? payment.customer['customer_id'], what)
    t.equal(payment.customer['email'], id === null ? customer['email'] : payment.customer['email'], what)
  }
  const { name } = await get<{ name: string }>('/customers/cus_ada')
  t.not(name, BOTH.name, 'the existing customer keeps its name')
})

t.test('an unknown id is refused with any other fields', async t => {
  const { call, stored } = startEmulator(t)
  const before = stored()
  for (const path of ['/payments', '/checkouts', '/checkouts/preview']) {
    const body = { ...BODIES[`POST ${path}`], customer: { customer_id: 'cus_nobody', email: 'ada@example.com' } }
    const { status, json } = await call('POST', path, { body })
    t.match({ status, ...json as Refusal }, {
      status: 422, message: 'Customer cus_nobody does not exist', details: [{ path: 'customer.customer_id' }]
    }, path)
  }
  t.strictSame(stored(), before, 'nothing was stored')
})

t.test('the served document keeps the union of the contract', async t => {
  t.match(contract().document.components.schemas['CustomerRequest'], {
    oneOf: [{ $ref: /AttachExistingCustomer$/ }, { $ref: /NewCustomer$/ }]
  })
})

t.test('a fixtures file accepts both forms, too', async t => {
  for (const customer of [BOTH, { customer_id: null, email: 'new@example.com' }]) {
    t.strictSame(checkDocument({ document: { payments: [{ ...paymentBody(), customer }] } }).violations, [], JSON.stringify(customer))
  }
  t.equal(checkDocument({ document: { payments: [{ ...paymentBody(), customer: { ...BOTH, nickname: 'A' } }] } }).violations.length, 1)
})
