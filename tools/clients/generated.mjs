// Writes the code that the dashboard generates for a payment, a checkout session and a subscription, and checks that the emulator
// receives these requests.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importSource } from '../generate/source.mjs'

const FILES = {
  python: name => `${name}.py`,
  go: name => `${name}.go`,
  rust: name => join('src', 'bin', `${name}.rs`)
}

const HOSTILE = 'O\'Brien "the $(shell)" `x` #{y} $z {0} \\ \u{1f642} \u202e\u2028 \t line\nline "#" "##'
const METADATA = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key ${index}`, HOSTILE.slice(index)]))

const COMMON = {
  allowed_payment_method_types: ['credit', 'debit'],
  billing_currency: 'EUR',
  return_url: "https://shop.example/thanks?a='b'&c=$(d)",
  force_3ds: true,
  short_link: true,
  show_saved_payment_methods: true,
  metadata: METADATA
}

const CALLS = [
  {
    name: 'payment',
    call: { path: '/payments', resource: 'payments', result: 'payment', prints: ['payment_id', 'payment_link'] },
    body: {
      product_cart: [{ product_id: 'pdt_ebook', quantity: 2 }, { product_id: 'pdt_donation', quantity: 1, amount: 1500 }],
      customer: { email: 'hostile@example.com', name: HOSTILE },
      billing: { country: 'DE', street: HOSTILE, city: 'Berlin' },
      ...COMMON,
      discount_codes: ['SAVE10'],
      payment_link: true,
      redirect_immediately: true,
      require_phone_number: true,
      adaptive_currency_fees_inclusive: false
    }
  },
  {
    name: 'session',
    call: {
      path: '/checkouts',
      resource: 'checkout_sessions',
      model: 'CheckoutSessionRequest',
      result: 'session',
      prints: ['session_id', 'checkout_url']
    },
    body: {
      product_cart: [{ product_id: 'pdt_pro_monthly', quantity: 1 }, { product_id: 'pdt_ebook', quantity: 1 }],
      customer: { customer_id: 'cus_ada' },
      billing_address: { country: 'US', zipcode: '94107' },
      ...COMMON,
      discount_codes: ['SAVE10'],
      cancel_url: 'https://shop.example/back',
      minimal_address: true,
      customization: {
        theme: 'dark',
        force_language: 'de',
        show_order_details: false,
        theme_config: { radius: '8px', font_size: 'md', light: { bg_primary: '#fff' } }
      },
      feature_flags: { allow_tax_id: false, require_phone_number: true, require_tax_id: false },
      subscription_data: { trial_period_days: 14 },
      custom_fields: [{ key: 'size', label: 'Company size', field_type: 'dropdown', options: ['Small', 'Large'], required: true }]
    }
  },
  {
    name: 'subscription',
    call: { path: '/subscriptions', resource: 'subscriptions', result: 'subscription', prints: ['subscription_id', 'payment_link'] },
    body: {
      product_id: 'pdt_pro_monthly',
      quantity: 1,
      customer: { customer_id: 'cus_ada' },
      billing: { country: 'US' },
      ...COMMON,
      on_demand: { mandate_only: false, product_price: 2500, product_currency: 'USD', product_description: HOSTILE },
      payment_link: true
    }
  }
]

/** Writes the programs of a client, one for each request. */
export async function writePrograms (client, folder, baseUrl) {
  const { PROGRAMS } = await importSource('src/pages/dashboard/code/programs.ts')
  const { write } = PROGRAMS.find(({ id }) => id === client)
  await mkdir(join(folder, 'src', 'bin'), { recursive: true })
  if (client === 'rust') {
    const project = await readFile(join('examples', 'clients', 'rust', 'Cargo.toml'), 'utf8')
    await writeFile(join(folder, 'Cargo.toml'), project.replace(/\[\[bin\]\]\n(?:.+\n)+\n/g, ''))
  }
  return await Promise.all(CALLS.map(async ({ name, call, body }) => {
    const file = join(folder, FILES[client](name))
    await writeFile(file, write({ ...call, baseUrl, apiKey: 'test', body }))
    return { name, folder, file, check: () => checkReceived(call.path, body, baseUrl) }
  }))
}

/** Compares the newest request of an operation with the intended one. */
async function checkReceived (path, body, baseUrl) {
  const operation = encodeURIComponent(`POST ${path}`)
  const { items: [call] } = await (await fetch(`${baseUrl}/_emulator/requests?operation=${operation}`)).json()
  assert.equal(call.status, 200)
  assert.deepEqual(comparable(call.request_body.json), comparable(body))
}

/** Without null, which the models of Rust send for what is missing, and without keys, which the log masks. */
function comparable (value) {
  if (Array.isArray(value)) return value.map(comparable)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).filter(([name, member]) => name !== 'key' && member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, comparable(member)]))
}
