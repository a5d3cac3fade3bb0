/** Entitlements, grants and licence keys in the dashboard: lists, pages, forms and actions. */
import t from 'tap'
import { activate, importKey, isValid } from '../resources/license-calls.js'
import { attach, buy, entitle, grantsOf, type Grant } from '../resources/grant-calls.js'
import { partOf, problemOf, visitor, type Visitor } from './dashboard-visitor.js'

const open = (test: Parameters<typeof visitor>[0]) =>
  visitor(test, { clock: '2026-01-31T09:00:00Z', clockFrozen: 'on', grantDelay: '0s' })

async function grantOf (dashboard: Visitor, type: Parameters<typeof entitle>[1]): Promise<Grant> {
  await attach(dashboard, 'pdt_ebook', (await entitle(dashboard, type)).id)
  await buy(dashboard, { pdt_ebook: 1 })
  const [grant] = await grantsOf(dashboard)
  if (grant === undefined) throw new Error('no grant')
  return grant
}

t.test('entitlements: list, form of each type, page, edit, delete', async t => {
  const dashboard = open(t)
  const list = '/dashboard/entitlements'
  for (const [type, fields] of [
    ['license_key', { activations_limit: '3', duration_count: '1', duration_interval: 'Year', fulfillment_mode: 'manual' }],
    ['digital_files', { external_url: 'https://files.example/', instructions: 'Unzip it.' }],
    ['feature_flag', { feature_id: 'pro' }],
    ['github', { target_id: 'acme/source', permission: 'push' }],
    ['discord', { guild_id: '1', role_id: '' }]
  ] as const) {
    const { text, html } = await dashboard.follow(`${list}/new?type=${type}`, 'save', { name: `My ${type}`, ...fields, metadata: 'a=1' })
    t.match(text, 'The entitlement was created.')
    for (const value of Object.values(fields)) t.ok(html.includes(value), value)
  }
  const refused = await dashboard.send(`${list}/new?type=github`, 'save', { name: 'x', permission: 'push' })
  t.equal(refused.status, 422)
  t.match(problemOf(refused, 'save-integration_config-target_id'), 'is required')
  t.match((await dashboard.visit(`${list}?integration_type=github`)).text, 'My github')
  t.match((await dashboard.visit(`${list}?integration_type=figma`)).text, 'No entitlements of this type')

  const { items: [newest] } = await dashboard.get<{ items: Array<{ id: string }> }>('/entitlements?integration_type=license_key')
  const url = `${list}/${newest?.id}`
  await dashboard.follow(`${url}/edit`, 'save', { name: 'Renamed', activations_limit: '5', fulfillment_mode: 'auto' })
  t.match(await dashboard.get(`/entitlements/${newest?.id}`), { name: 'Renamed', integration_config: { activations_limit: 5, duration_count: null } })
  t.match((await dashboard.follow(url, 'delete')).text, 'The entitlement was deleted.')
  t.equal((await dashboard.visit(url)).status, 404)
})

t.test('files are uploaded as they are, listed, downloaded and removed', async t => {
  const dashboard = open(t)
  const { id } = await entitle(dashboard, 'digital_files')
  const url = `/dashboard/entitlements/${id}`
  const bytes = Buffer.from([0, 255, 254, 10, 13])
  t.equal((await dashboard.upload(url, 'upload', { file: new File([bytes], 'guide.pdf') })).status, 303)
  const { html } = await dashboard.visit(url)
  const link = /data-testid="download"[^>]*href="([^"]+)"/.exec(html)?.[1]?.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))) ?? ''
  const { rawPayload, headers } = await dashboard.emulator.app.inject({ url: link.slice(link.indexOf('/files/')) })
  t.strictSame(rawPayload, bytes)
  t.match(headers['content-disposition'], 'guide.pdf')
  const none = await dashboard.upload(url, 'upload', { file: new File([], '') })
  t.equal(none.status, 422)
  t.match(none.text, 'Choose a file.')
  await dashboard.follow(url, 'remove', { file_id: /data-file-id="([^"]+)"/.exec(html)?.[1] ?? '' })
  t.match((await dashboard.visit(url)).text, 'There are no files yet.')
})

t.test('products are attached and detached', async t => {
  const dashboard = open(t)
  const { id } = await entitle(dashboard, 'feature_flag')
  const url = `/dashboard/entitlements/${id}`
  const attached = async () => (await dashboard.get<{ entitlements: Array<{ id: string }> }>('/products/pdt_ebook')).entitlements
  const before = await attached()
  await dashboard.follow(url, 'attach', { product_id: 'pdt_ebook' })
  t.strictSame((await attached()).map(({ id }) => id), [...before.map(({ id }) => id), id])
  t.match((await dashboard.visit('/dashboard/products/pdt_ebook')).html, url)
  await dashboard.follow(url, 'detach', { product_id: 'pdt_ebook' })
  t.strictSame(await attached(), before)
})

t.test('grants: list, related cards, and every action', async t => {
  const dashboard = open(t)
  t.match((await dashboard.visit('/dashboard/grants')).text, 'No grants yet')
  const { id, payment_id: paymentId } = await grantOf(dashboard, 'github')
  const url = `/dashboard/grants/${id}`
  const status = async () => (await grantsOf(dashboard))[0]?.status
  t.match((await dashboard.visit('/dashboard/grants?status=Pending&integration_type=github')).html, `id="row-${id}"`)
  t.match((await dashboard.visit('/dashboard/grants?status=Revoked')).text, 'No matching grants')
  for (const page of ['customers/cus_ada', `payments/${paymentId}`]) t.match((await dashboard.visit(`/dashboard/${page}`)).html, url)
  const { html } = await dashboard.visit(url)
  t.match(html, /id="accept-link" href="\/entitlements\/oauth\//)
  await dashboard.follow(url, 'fail', { error_code: 'no_seat', error_message: 'No seat is left.' })
  t.match((await dashboard.visit(url)).text, 'No seat is left.')
  t.notMatch((await dashboard.visit(url)).html, 'id="fail"', 'a failed grant does not fail')
  await dashboard.follow(url, 'accept', { account: 'ada-l' })
  t.match(partOf(await dashboard.visit(url), 'facts'), 'ada-l')
  t.equal(await status(), 'Delivered')
  await dashboard.follow(url, 'revoke', { reason: 'refund' })
  t.match(await grantsOf(dashboard), [{ status: 'Revoked', revocation_reason: 'refund' }])
  await dashboard.follow(url, 'restore')
  t.equal(await status(), 'Pending')
  await dashboard.follow(url, 'deliver')
  t.equal(await status(), 'Delivered')
  t.match(partOf(await dashboard.visit(url), 'events'), 'entitlement_grant.revoked')
  t.ok((await dashboard.visit('/dashboard/webhooks/events')).html.includes(`href="${url}"`), 'events link to it')
  t.equal((await dashboard.visit('/dashboard/grants/entg_gone')).status, 404)
  t.equal((await dashboard.send(url, 'restore')).status, 422, 'refused by the lifecycle')
})

t.test('licence keys: search, instances, disable and enable, limits, expiry', async t => {
  const dashboard = open(t)
  t.match((await dashboard.visit('/dashboard/license-keys')).text, 'No licence keys yet')
  const grant = await grantOf(dashboard, 'license_key')
  const { key = '', id: keyId = '' } = grant.license_key ?? {}
  const url = `/dashboard/license-keys/${keyId}`
  const found = async (query: string) => (await dashboard.visit(`/dashboard/license-keys?${query}`)).html.includes(`row-${keyId}`)
  t.ok(await found(`search=${key.slice(3, 12).toUpperCase()}`), 'by a part, in any case')
  t.ok(await found('status=active&source=auto&customer_id=cus_ada'))
  t.notOk(await found('search=%25'), 'no wildcards')
  t.notOk(await found('status=disabled'))
  for (const page of [`grants/${grant.id}`, 'customers/cus_ada', 'products/pdt_ebook']) {
    t.match((await dashboard.visit(`/dashboard/${page}`)).html, url)
  }

  const { id: instanceId } = await activate(dashboard, key, 'Ada’s <b>laptop</b>')
  t.match((await dashboard.visit(url)).html, 'Ada’s &#60;b&#62;laptop')
  await dashboard.follow(url, 'disable')
  t.notOk(await isValid(dashboard, key))
  await dashboard.follow(url, 'enable')
  t.ok(await isValid(dashboard, key, instanceId))
  t.equal((await dashboard.send(url, 'limits', { activations_limit: '0', expires_at: '' })).status, 422)
  await dashboard.follow(url, 'limits', { activations_limit: '', expires_at: '2026-02-01T00:00' })
  t.match(await dashboard.get(`/license_keys/${keyId}`), { activations_limit: null, expires_at: /^2026-02-01T00:00:00/ })
  await dashboard.follow(url, 'expire')
  t.notOk(await isValid(dashboard, key))
  await dashboard.follow(url, 'deactivate', { instance_id: instanceId })
  t.match(partOf(await dashboard.visit(url), 'instances'), 'No activations')
})

t.test('a key is imported, and refused if its text is taken', async t => {
  const dashboard = open(t)
  const url = '/dashboard/license-keys/new'
  const fields = { key: 'AAAA-1', customer_id: 'cus_ada', product_id: 'pdt_license', activations_limit: '2' }
  t.match((await dashboard.follow(url, 'import', fields)).text, 'The licence key was imported.')
  const again = await dashboard.send(url, 'import', fields)
  t.match(problemOf(again, 'import-key'), 'another license key')
  await importKey(dashboard, { key: 'BBBB-1' })
  t.match((await dashboard.visit('/dashboard/license-keys?source=import')).text, 'BBBB-1')
})
