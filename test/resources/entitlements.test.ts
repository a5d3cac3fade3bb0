/** Entitlements, and products that grant them. */
import t from 'tap'
import type { Refusal } from '../helper.js'
import { startEmulator } from '../helper.js'
import { CONFIGS, attach, entitle, type Entitlement } from './grant-calls.js'

t.test('answers', async t => {
  t.test('creates an entitlement of every type', async t => {
    const emulate = startEmulator(t)
    for (const type of Object.keys(CONFIGS) as Array<keyof typeof CONFIGS>) {
      const made = await entitle(emulate, type, { metadata: { tier: 'gold' }, description: 'What it is' })
      t.match(made, { id: /^ent_[0-9A-Za-z]{21}$/, integration_type: type, is_active: true, metadata: { tier: 'gold' }, description: 'What it is' })
      const { digital_file_ids: _, ...expected } = CONFIGS[type] as Record<string, unknown>
      t.match(made.integration_config, type === 'digital_files' ? { digital_files: { files: [], ...expected } } : expected)
      if (type !== 'digital_files') t.strictSame(await emulate.get(`/entitlements/${made.id}`), made)
    }
    const { items } = await emulate.get<{ items: Entitlement[] }>('/entitlements?page_size=100')
    t.strictSame(items.map(item => item.integration_type).slice(0, 9), Object.keys(CONFIGS).reverse(), 'newest first')
    t.match(items.slice(9).map(({ integration_type: type }) => type).sort(), ['digital_files', 'feature_flag', 'github', 'license_key'],
      'and those of the fixtures')
    const { items: flags } = await emulate.get<{ items: Entitlement[] }>('/entitlements?integration_type=feature_flag')
    t.equal(flags.length, 2)
    t.equal((await emulate.get<{ items: Entitlement[] }>('/entitlements?page_size=2&page_number=1')).items.length, 2)
  })

  t.test('creates a licence key entitlement without optional fields', async t => {
    const { integration_config: config } = await entitle(startEmulator(t), 'license_key', { integration_config: {} })
    t.strictSame(config, {
      activation_message: null, activations_limit: null, duration_count: null, duration_interval: null, fulfillment_mode: 'auto'
    })
  })

  t.test('replaces the config as a whole, and changes other given fields', async t => {
    const emulate = startEmulator(t)
    const { id } = await entitle(emulate, 'license_key', { description: 'Old' })
    const change = async (body: object) => (await emulate.call('PATCH', `/entitlements/${id}`, { body })).json as Entitlement
    t.match(await change({ name: ' New ', description: null }), { name: 'New', description: 'Old' })
    t.match(await change({ integration_config: { activations_limit: 7 } }), {
      name: 'New', integration_config: { activations_limit: 7, duration_count: null, activation_message: null }
    })
    t.match(await change({ integration_config: null, metadata: { a: 'b' } }), { integration_config: { activations_limit: 7 }, metadata: { a: 'b' } })
  })

  t.test('deletes an entitlement once', async t => {
    const emulate = startEmulator(t)
    const { id } = await entitle(emulate, 'feature_flag')
    await attach(emulate, 'pdt_ebook', id)
    const { status, text } = await emulate.call('DELETE', `/entitlements/${id}`)
    t.strictSame([status, text], [200, ''])
    for (const method of ['GET', 'DELETE'] as const) t.equal((await emulate.call(method, `/entitlements/${id}`)).status, 404)
    const { items } = await emulate.get<{ items: Entitlement[] }>('/entitlements')
    t.notOk(items.some(item => item.id === id))
    t.match(await emulate.get('/products/pdt_ebook'), { entitlements: [] })
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { id } = await entitle(emulate, 'license_key')
  const { id: github } = await entitle(emulate, 'github')
  const make = (type: string, config: object, more: object = {}) => ({ name: 'N', integration_type: type, integration_config: config, ...more })
  const cases: Array<[name: string, method: 'POST' | 'PATCH', url: string, body: object, code: string, message: RegExp]> = [
    ['a config of another type', 'POST', '/entitlements', make('github', { guild_id: '1' }), 'INVALID_REQUEST_BODY', /integration_config\.target_id is required/],
    ['a config that fits a licence key alone', 'POST', '/entitlements', make('discord', {}), 'INVALID_REQUEST_BODY', /guild_id is required/],
    ['an unknown permission', 'POST', '/entitlements', make('github', { target_id: 'a', permission: 'own' }), 'INVALID_REQUEST_BODY', /permission must be one of pull, push/],
    ['a number for a text', 'POST', '/entitlements', make('telegram', { chat_id: 5 }), 'INVALID_REQUEST_BODY', /chat_id must be string/],
    ['an empty text', 'POST', '/entitlements', make('notion', { notion_template_id: ' ' }), 'INVALID_REQUEST_PARAMETERS', /notion_template_id must not be empty/],
    ['a limit of 0', 'POST', '/entitlements', make('license_key', { activations_limit: 0 }), 'INVALID_REQUEST_PARAMETERS', /activations_limit must be at least 1/],
    ['half a duration', 'POST', '/entitlements', make('license_key', { duration_count: 1 }), 'INVALID_REQUEST_PARAMETERS', /give both or neither/],
    ['the other half', 'POST', '/entitlements', make('license_key', { duration_interval: 'Day' }), 'INVALID_REQUEST_PARAMETERS', /give both or neither/],
    ['a long message', 'POST', '/entitlements', make('license_key', { activation_message: 'x'.repeat(2501) }), 'INVALID_REQUEST_PARAMETERS', /at most 2500/],
    ['an http URL', 'POST', '/entitlements', make('digital_files', { digital_file_ids: [], external_url: 'http://a.example' }), 'INVALID_REQUEST_PARAMETERS', /absolute https URL/],
    ['an unknown file', 'POST', '/entitlements', make('digital_files', { digital_file_ids: ['df_x'] }), 'INVALID_REQUEST_PARAMETERS', /File df_x does not exist/],
    ['an unknown type', 'POST', '/entitlements', make('slack', {}), 'INVALID_REQUEST_BODY', /integration_type/],
    ['an empty name', 'POST', '/entitlements', make('license_key', {}, { name: ' ' }), 'INVALID_REQUEST_PARAMETERS', /name must not be empty/],
    ['a long name', 'POST', '/entitlements', make('license_key', {}, { name: 'x'.repeat(256) }), 'INVALID_REQUEST_PARAMETERS', /at most 255/],
    ['a config of another type in a change', 'PATCH', `/entitlements/${github}`, { integration_config: CONFIGS.figma }, 'INVALID_REQUEST_BODY', /target_id/],
    ['an unknown entitlement of a product', 'PATCH', '/products/pdt_ebook', { entitlements: [{ entitlement_id: 'ent_x' }] }, 'INVALID_REQUEST_PARAMETERS', /Entitlement ent_x does not exist/],
    ['the same one twice', 'PATCH', '/products/pdt_ebook', { entitlements: [{ entitlement_id: id }, { entitlement_id: id }] }, 'INVALID_REQUEST_PARAMETERS', /twice/],
    ['too many', 'PATCH', '/products/pdt_ebook', { entitlements: Array.from({ length: 51 }, () => ({ entitlement_id: id })) }, 'INVALID_REQUEST_PARAMETERS', /at most 50/]
  ]
  for (const [name, method, url, body, code, message] of cases) {
    t.test(name, async t => {
      const before = emulate.stored()
      const answer = await emulate.call(method, url, { body })
      const refusal = answer.json as Refusal
      t.strictSame([answer.status, refusal.code], [422, code], answer.text)
      t.match(refusal.message, message)
      t.strictSame(emulate.stored(), before, 'nothing was stored')
    })
  }
})

t.test('products refer to entitlements', async t => {
  const product = async ({ get }: ReturnType<typeof startEmulator>, id: string) => await get<{
    license_key_enabled: boolean, license_key_activations_limit: number, entitlements: Entitlement[]
  }>(`/products/${id}`)

  t.test('in the order of the request; a change replaces all of them', async t => {
    const emulate = startEmulator(t)
    const one = await entitle(emulate, 'feature_flag')
    const two = await entitle(emulate, 'license_key')
    await attach(emulate, 'pdt_ebook', two.id, one.id)
    const shown = await product(emulate, 'pdt_ebook')
    t.strictSame(shown.entitlements.map(({ id }) => id), [two.id, one.id])
    t.match(shown, { license_key_enabled: true, license_key_activations_limit: 3 }, 'the older fields show the key')
    const { items } = await emulate.get<{ items: Array<{ product_id: string, entitlements: Entitlement[] }> }>('/products?page_size=100')
    t.equal(items.find(item => item.product_id === 'pdt_ebook')?.entitlements.length, 2)
    await emulate.call('PATCH', '/products/pdt_ebook', { body: { name: 'Renamed' } })
    t.equal((await product(emulate, 'pdt_ebook')).entitlements.length, 2, 'absent keeps them')
    await attach(emulate, 'pdt_ebook')
    t.match(await product(emulate, 'pdt_ebook'), { entitlements: [], license_key_enabled: false })
  })

  t.test('license_key_enabled adds an entitlement that belongs to the product', async t => {
    const emulate = startEmulator(t)
    const change = async (body: object) => await emulate.call('PATCH', '/products/pdt_ebook', { body })
    await change({ license_key_enabled: true, license_key_activations_limit: 4, license_key_duration: { count: 2, interval: 'Month' } })
    const { entitlements: [own] } = await product(emulate, 'pdt_ebook')
    t.match(own, { integration_type: 'license_key', integration_config: { activations_limit: 4, duration_count: 2, duration_interval: 'Month' } })
    await change({ license_key_activations_limit: 5 })
    t.match((await product(emulate, 'pdt_ebook')).entitlements, [{ id: own?.id, integration_config: { activations_limit: 5 } }])
    await emulate.call('PATCH', `/entitlements/${own?.id}`, { body: { integration_config: { activations_limit: 6 } } })
    t.match(await product(emulate, 'pdt_ebook'), { license_key_activations_limit: 6, license_key_duration: null })
    await change({ license_key_enabled: false })
    t.match(await product(emulate, 'pdt_ebook'), { license_key_enabled: false, entitlements: [] })
    await change({ license_key_enabled: true })
    t.match((await product(emulate, 'pdt_ebook')).entitlements, [{ id: own?.id }], 'once per product')
    await attach(emulate, 'pdt_ebook')
    t.match(await product(emulate, 'pdt_ebook'), { license_key_enabled: false, entitlements: [] })
    await change({ license_key_enabled: true })
    await emulate.call('DELETE', `/entitlements/${own?.id}`)
    t.match(await product(emulate, 'pdt_ebook'), { license_key_enabled: false, entitlements: [] })
  })

  t.test('a given entitlement overrides the licence key fields of the product', async t => {
    const emulate = startEmulator(t)
    const named = await entitle(emulate, 'license_key', { integration_config: { activations_limit: 9 } })
    await emulate.call('PATCH', '/products/pdt_ebook', { body: { license_key_enabled: true, license_key_activations_limit: 1 } })
    await attach(emulate, 'pdt_ebook', named.id)
    t.match(await product(emulate, 'pdt_ebook'), { license_key_activations_limit: 9, entitlements: [{ id: named.id }] })
  })

  t.test('a product with digital files', async t => {
    const emulate = startEmulator(t)
    const { json } = await emulate.call('POST', '/products', {
      body: {
        name: 'Files',
        price: { type: 'one_time_price', currency: 'USD', price: 500 },
        tax_category: 'digital_products',
        digital_product_delivery: { external_url: 'https://a.example/x', instructions: 'Read it.' }
      }
    })
    t.match(json, { entitlements: [{ integration_type: 'digital_files', integration_config: { digital_files: { instructions: 'Read it.' } } }] })
  })
})
