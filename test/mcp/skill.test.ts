/** The skill for agents: every command in it succeeds, and its front matter is what agents read. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { run } from '../command-runs.js'
import { paymentBody, startEmulator } from '../helper.js'
import { packagePath } from '../../src/root.js'

const skill = readFileSync(packagePath('skills', 'dodo-emulator', 'SKILL.md'), 'utf8')

t.test('it says what it is for', async t => {
  const [, front = ''] = skill.split('---\n')
  const { name, description, ...rest } = parse(front) as Record<string, string>
  t.equal(name, 'dodo-emulator')
  t.ok(description !== undefined && description.length > 50 && description.length < 1024)
  t.strictSame(rest, {})
})

t.test('every command in it succeeds', async t => {
  const { emulator, call, pay } = startEmulator(t, { refundDelay: '1h' })
  const { address } = await emulator.listen()
  const { session_id: session } = (await call('POST', '/checkouts', {
    body: {
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }],
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'US', street: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' }
    }
  })).json as { session_id: string }
  const { payment_id: paid } = await pay(paymentBody())
  await call('POST', `/_emulator/payments/${paid}/pay`, { body: { outcome: 'succeeded' } })
  await call('POST', '/webhooks', { body: { url: 'http://127.0.0.1:9/webhooks' } })
  const { refund_id: refund } = (await call('POST', '/refunds', { body: { payment_id: paid } })).json as { refund_id: string }
  const { payment_id: payment } = await pay(paymentBody())
  const env = { DODO_PAYMENTS_EMULATOR_URL: address, DODO_PAYMENTS_BASE_URL: address, DODO_PAYMENTS_API_KEY: 'test' }

  const lines = [...skill.matchAll(/^npx dodo-emulator (.*?)(?: {2,}#.*)?$/gm)].map(([, line = '']) => line.trim())
  t.ok(lines.length > 12, 'the commands are found')
  for (const line of lines.filter(line => !line.startsWith('webhooks listen'))) { // which runs until it is ended
    const args = line.replace('cks_…', session).replace('pay_…', payment).replace('ref_…', refund).split(' ')
    const { code, stderr } = await run(args, { env })
    t.equal(code, 0, `${line}: ${stderr}`)
  }
  for (const [, name = ''] of skill.matchAll(/`npx dodo-emulator ([a-z]+)`/g)) t.equal((await run([name, '--help'])).code, 0, name)
  for (const id of ['pdt_ebook', 'pdt_pro_monthly']) t.equal((await call('GET', `/products/${id}`)).status, 200, id)
})
