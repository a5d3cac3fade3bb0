/** The functions on grants, licence keys and settings, and the settings of grants. */
import DodoPayments from 'dodopayments'
import t from 'tap'
import { start } from '../../src/index.js'

t.test('grants and keys with functions', async t => {
  const emulator = await start()
  t.teardown(() => emulator.close())
  const dodo = new DodoPayments({ baseURL: emulator.url, bearerToken: emulator.apiKey })
  const customer = 'cus_ada'
  const buy = async (productId: string) => {
    const { payment_id: id } = await dodo.payments.create({
      product_cart: [{ product_id: productId, quantity: 1 }], customer: { customer_id: customer }, billing: { country: 'US' }
    })
    return await emulator.pay(id)
  }
  const github = await dodo.entitlements.create({
    name: 'Source', integration_type: 'github', integration_config: { target_id: 'acme/source', permission: 'pull' }
  })
  await dodo.products.update('pdt_ebook', { entitlements: [{ entitlement_id: github.id }] })

  t.same(await emulator.settings({ 'grants.oauth_url': 'at_creation' }), { ...await emulator.settings(), 'grants.oauth_url': 'at_creation' })
  await emulator.snapshot('with settings')
  await buy('pdt_ebook')
  const [grant] = await emulator.grants({ integration_type: 'github' })
  t.match(grant, { status: 'Pending', oauth_url: /^http.*\/entitlements\/oauth\//, oauth_expires_at: String })
  const id = grant?.id ?? ''
  t.match(await emulator.failGrant(id, { error_code: 'github_permission_denied' }), { status: 'Failed', error_code: 'github_permission_denied' })
  t.match(await emulator.acceptGrant(id, { account: 'ada-l' }), { status: 'Delivered' })
  t.match(await emulator.revokeGrant(id), { status: 'Revoked', revocation_reason: 'platform_external' })
  t.match(await emulator.restoreGrant(id), { status: 'Pending', oauth_url: String })
  t.match(await emulator.deliverGrant(id), { status: 'Delivered' })

  await emulator.settings({ 'grants.delivered_event': 'always', 'licenses.limit_status': 409 })
  await buy('pdt_license')
  const [key] = await emulator.licenseKeys({ customer_id: customer })
  const keyGrant = (await emulator.grants({ integration_type: 'license_key' })).at(-1)
  const types = (await emulator.events({ subject_id: keyGrant?.id ?? '' })).map(({ type }) => type)
  t.same(types, ['entitlement_grant.created', 'entitlement_grant.delivered'])
  t.equal(keyGrant?.license_key?.key, key?.key)
  const keyId = key?.id ?? ''
  t.match(await emulator.disableLicenseKey(keyId), { status: 'disabled' })
  t.match(await emulator.enableLicenseKey(keyId), { status: 'active' })
  await dodo.licenseKeys.update(keyId, { activations_limit: 1 })
  await dodo.licenses.activate({ license_key: key?.key ?? '', name: 'one' })
  const refused = await dodo.licenses.activate({ license_key: key?.key ?? '', name: 'two' }).catch((error: unknown) => error)
  t.match(refused, { status: 409, error: { code: 'LICENSE_KEY_LIMIT_REACHED' } })
  const calls = (await emulator.requests({ operation: 'POST /licenses/activate' })).length
  t.equal(calls, 2, 'the client does not retry')
  t.match(await emulator.expireLicenseKey(keyId), { status: 'expired' })
  t.same(await emulator.licenseKeys({ search: 'no such text' }), [])

  await emulator.restore('with settings')
  t.match(await emulator.settings(), { 'grants.oauth_url': 'at_creation', 'grants.delivered_event': 'restored_only', 'licenses.limit_status': 422 })
  await emulator.reset()
  t.match(await emulator.settings(), { 'grants.oauth_url': 'on_accept' })
})

t.test('the delay of grants', async t => {
  const emulator = await start({ clock: { now: '2026-01-31T09:00:00Z', frozen: true } })
  t.teardown(() => emulator.close())
  const dodo = new DodoPayments({ baseURL: emulator.url, bearerToken: emulator.apiKey })
  const figma = await dodo.entitlements.create({ name: 'Design', integration_type: 'figma', integration_config: { figma_file_id: 'f' } })
  await dodo.products.update('pdt_ebook', { entitlements: [{ entitlement_id: figma.id }] })
  const statusAfter = async (delay: number | null, ms: number) => {
    await emulator.settings({ 'grants.delay_ms': delay })
    const { payment_id: id } = await dodo.payments.create({
      product_cart: [{ product_id: 'pdt_ebook', quantity: 1 }], customer: { customer_id: 'cus_ada' }, billing: { country: 'US' }
    })
    await emulator.pay(id)
    if (ms > 0) await emulator.advance(ms)
    return (await emulator.grants({ payment_id: id }))[0]?.status
  }
  t.equal(await statusAfter(0, 0), 'Delivered', 'in the same transaction')
  t.equal(await statusAfter(60_000, 59_999), 'Pending')
  t.equal(await statusAfter(60_000, 60_000), 'Delivered')
  t.equal(await statusAfter(null, 999), 'Pending', '--grant-delay')
  t.equal(await statusAfter(null, 1000), 'Delivered')
  await t.rejects(emulator.settings({ 'grants.delay_ms': -1 }), { code: 'INVALID_REQUEST_BODY' })
})
