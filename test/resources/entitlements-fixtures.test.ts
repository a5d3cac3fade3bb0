/** Entitlements, files and licence keys of fixtures files. */
import { join } from 'node:path'
import t from 'tap'
import { start } from '../../src/index.js'
import { packagePath } from '../../src/root.js'
import { startEmulator, type Refusal } from '../helper.js'
import { isValid } from './license-calls.js'

t.test('the example has a grant of each kind', async t => {
  const emulator = await start({ fixtures: join(packagePath('fixtures'), 'examples', 'licences.yaml'), clock: '2026-06-15T09:00:00Z' })
  t.teardown(() => emulator.close())
  const grants = await emulator.grants()
  t.same(grants.map(({ integration_type: type, status }) => `${type} ${status}`).sort(), [
    'digital_files Delivered', 'feature_flag Delivered', 'github Pending', 'license_key Delivered', 'license_key Pending'
  ])
  const files = grants.find(({ integration_type: type }) => type === 'digital_files')?.digital_product_delivery?.files ?? []
  t.match(files, [{ file_id: 'df_book_pdf', content_type: 'application/pdf' }, { file_id: 'df_notes', filename: 'notes.txt' }])
  t.equal(await (await fetch(files[1]?.download_url ?? '')).text(), 'Corrections: none so far.')
  t.match(await (await fetch(files[0]?.download_url ?? '')).text(), 'book.pdf')
  t.match(await emulator.licenseKeys({ source: 'import' }), [{ id: 'lic_max', instances_count: 1, activations_limit: 2 }])
  t.ok((await emulator.emails({ type: 'license_key' })).length === 1, 'purchases of the scenario send e-mails, imports do not')
})

const ENTITLEMENT = { id: 'ent_a', name: 'A', integration_type: 'digital_files', integration_config: { digital_file_ids: [] } } as const

t.test('loads into a running sandbox, with bytes', async t => {
  const emulate = startEmulator(t)
  const bytes = Buffer.from([0, 255, 10])
  const { status, json, text } = await emulate.call('POST', '/_emulator/load', {
    body: {
      entitlements: [{ ...ENTITLEMENT, files: [{ file_id: 'df_a', filename: 'a.bin', content_base64: bytes.toString('base64') }] }],
      license_keys: [{ key: ' KEY-1 ', customer_id: 'cus_ada', product_id: 'pdt_license', instances: ['one', 'two'] }]
    }
  })
  t.equal(status, 200, text)
  t.match(json, { entitlements: ['ent_a'], license_keys: [/^lic_/] })
  t.strictSame(emulate.emulator.sandbox.uploads.content('df_a'), bytes)
  t.ok(await isValid(emulate, 'KEY-1'))
})

t.test('refuses, and stores nothing', async t => {
  const emulate = startEmulator(t)
  const before = emulate.stored()
  const key = { key: 'K', customer_id: 'cus_ada', product_id: 'pdt_license' }
  for (const [file, path, message] of [
    [{ entitlements: [{ ...ENTITLEMENT, files: [{ filename: 'a', content_base64: '!' }] }] }, 'entitlements[0].files[0].content_base64', 'valid Base64'],
    [{ entitlements: [{ ...ENTITLEMENT, files: [{ filename: 'a', content: 'a', content_base64: 'YQ==' }] }] }, 'entitlements[0].files[0].content_base64', 'one of them'],
    [{ entitlements: [{ ...ENTITLEMENT, integration_type: 'feature_flag', integration_config: { feature_id: 'a', feature_type: 'boolean' }, files: [{ filename: 'a' }] }] }, 'entitlements[0].files', 'digital_files'],
    [{ entitlements: [{ ...ENTITLEMENT, integration_type: 'github' }] }, 'entitlements[0].integration_config.target_id', 'required'],
    [{ entitlements: [ENTITLEMENT, ENTITLEMENT] }, 'entitlements[1].id', ''],
    [{ products: [{ name: 'P', tax_category: 'saas', price: { type: 'one_time_price', currency: 'USD', price: 100 }, entitlements: [{ entitlement_id: 'ent_none' }] }] }, 'products[0].entitlements[0].entitlement_id', 'does not exist'],
    [{ license_keys: [{ ...key, customer_id: 'cus_none' }] }, 'license_keys[0].customer_id', 'does not exist'],
    [{ license_keys: [{ ...key, activations_limit: 1, instances: ['a', 'b'] }] }, 'license_keys[0].instances', 'activations_limit allows 1'],
    [{ license_keys: [key, key] }, 'license_keys[1].key', '']
  ] as Array<[object, string, string]>) {
    const { status, json } = await emulate.call('POST', '/_emulator/load', { body: file })
    t.equal(status, 422, JSON.stringify(json))
    const detail = (json as Refusal).details?.find(({ path: at }) => at === path)
    t.ok(detail?.message.includes(message), `${path}: ${JSON.stringify(json)}`)
    t.strictSame(emulate.stored(), before)
  }
})
