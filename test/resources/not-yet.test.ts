/** Constants in replies for features that are not emulated yet, and only for those. */
import t from 'tap'
import { contract } from '../../src/contract/load.js'
import { handlers } from '../../src/resources/all.js'
import { NOT_YET } from '../../src/resources/not-yet.js'
import { paymentBody, startEmulator } from '../helper.js'

type Fields = Record<string, unknown>

const entries: Array<[operation: string, fields: Fields]> = Object.entries(NOT_YET)

t.test('no field of an emulated operation is still a constant', async t => {
  const known = new Set<string>(contract().operations.map(({ name }) => name))
  for (const [operation, fields] of entries) {
    t.ok(known.has(operation), `${operation} is an operation of the API`)
    t.notOk(operation in handlers, `${operation} has a handler: fill in ${Object.keys(fields).join(', ')}, and take them out of NOT_YET`)
  }
})

t.test('replies hold the constants, and each constant is in a reply', async t => {
  const { pay, get, call } = startEmulator(t)
  const { payment_id: id } = await pay(paymentBody())
  const { json: brand } = await call('POST', '/brands', { body: { name: 'Cards', statement_descriptor: 'CARDS' } })
  const { json: preview } = await call('POST', '/checkouts/preview', { body: { product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }] } })
  const { json: archived } = await call('POST', `/brands/${(brand as { brand_id: string }).brand_id}/archive`, { body: {} })
  const { json: sold } = await call('POST', '/subscriptions', {
    body: { product_id: 'pdt_pro_monthly', quantity: 1, customer: { customer_id: 'cus_ada' }, billing: { country: 'US' } }
  })
  const { subscription_id: subscriptionId } = sold as { subscription_id: string }
  const { items: [listed] } = await get<{ items: Fields[] }>('/payments')
  const replies = [
    await get<Fields>(`/payments/${id}`), listed, await get<Fields>('/products/pdt_ebook'), preview as Fields,
    (preview as { product_cart: Fields[] }).product_cart[0], archived as Fields,
    await get<Fields>(`/subscriptions/${subscriptionId}`)
  ]
  for (const [operation, fields] of entries) {
    for (const [name, value] of Object.entries(fields)) {
      const found = replies.filter(reply => reply !== undefined && name in reply)
      t.ok(found.length > 0, `${name} (${operation}) is in a reply`)
      for (const reply of found) t.strictSame(reply?.[name], value, name)
    }
  }
})
