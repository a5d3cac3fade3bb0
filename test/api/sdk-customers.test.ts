/** Customers, their payment methods, wallets and portal, through the official client over HTTP. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('the official client can', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const client = new DodoPayments({ bearerToken: emulator.apiKey, baseURL: emulator.url })

  t.test('create, read, change and list customers', async t => {
    const created = await client.customers.create({ name: 'Joan Clarke', email: 'joan@example.com', metadata: { a: '1' } })
    t.strictSame(await client.customers.retrieve(created.customer_id), created)
    const changed = await client.customers.update(created.customer_id, { name: 'Joan Murray', phone_number: '+44 20 7946 0000' })
    t.strictSame(changed, { ...created, name: 'Joan Murray', phone_number: '+44 20 7946 0000' })
    await client.customers.create({ name: 'Another', email: 'joan@example.com' })
    const names: string[] = []
    for await (const { name } of client.customers.list({ email: 'JOAN@', page_number: 0, page_size: 1 })) names.push(name)
    t.strictSame(names, ['Another', 'Joan Murray'])
    const refused = await client.customers.create({ name: 'X', email: 'nowhere' }).catch(error => error)
    t.ok(refused instanceof DodoPayments.UnprocessableEntityError)
    t.match(refused, { error: { code: 'INVALID_REQUEST_PARAMETERS', message: 'email must be an e-mail address' } })
    const missing = await client.customers.retrieve('cus_nobody').catch(error => error)
    t.ok(missing instanceof DodoPayments.NotFoundError)
  })

  t.test('credit, debit and list wallets', async t => {
    const { ledgerEntries } = client.customers.wallets
    const credit = { amount: 500, currency: 'USD', entry_type: 'credit', idempotency_key: 'welcome' } as const
    t.equal((await ledgerEntries.create('cus_ada', credit)).balance, 500)
    t.equal((await ledgerEntries.create('cus_ada', credit)).balance, 500)
    const refused = await ledgerEntries.create('cus_ada', { amount: 501, currency: 'USD', entry_type: 'debit' }).catch(error => error)
    t.ok(refused instanceof DodoPayments.BadRequestError)
    t.match(refused, { error: { code: 'INSUFFICIENT_WALLET_FUNDS' } })
    await ledgerEntries.create('cus_ada', { amount: 200, currency: 'USD', entry_type: 'debit', reason: 'spent' })
    const { items, total_balance_usd: total } = await client.customers.wallets.list('cus_ada')
    t.strictSame([items.map(({ currency, balance }) => [currency, balance]), total], [[['USD', 300], ['INR', 0]], 300])
    const booked: Array<[number, number, number]> = []
    for await (const entry of ledgerEntries.list('cus_ada', { currency: 'USD', page_number: 0 })) {
      booked.push([entry.amount, entry.before_balance, entry.after_balance])
    }
    t.strictSame(booked, [[200, 500, 300], [500, 0, 500]])
  })

  t.test('open the portal, and remove a saved method', async t => {
    const { link } = await client.customers.customerPortal.create('cus_grace', { send_email: true, return_url: 'https://shop.example/' })
    t.ok(link.startsWith(`${emulator.url}/portal/session/`))
    const page = await fetch(link)
    t.equal(page.status, 200)
    t.match(await page.text(), 'Visa •••• 4242')
    const { items } = await client.customers.retrievePaymentMethods('cus_grace')
    const [method] = items
    t.match(items, [{ payment_method: 'card', card: { last4_digits: '4242' } }])
    const parameters = { customer_id: 'cus_grace' }
    for (const time of ['first', 'second']) {
      t.equal(await client.customers.deletePaymentMethod(method?.payment_method_id ?? '', parameters) ?? null, null, time)
    }
    t.strictSame((await client.customers.retrievePaymentMethods('cus_grace')).items, [])
    t.match(await (await fetch(link)).text(), 'You have no saved payment methods.')
  })
})
