/**
 * The mailbox, entitlements, grants and licence keys of the dashboard, and the portal with keys and files, in Chromium, with the
 * findings of axe-core.
 */
import t from 'tap'
import { paymentBody } from '../helper.js'
import { activate } from '../resources/license-calls.js'
import { attach, entitle } from '../resources/grant-calls.js'
import { CHECKED, checkDashboardPage, checkEverywhere, checkViews, skip, skipVariant, surfer } from './chromium.js'

const HOSTILE = '<img src=x onerror=alert(1)> and a name without any end of '.repeat(3)

const { open, started } = surfer()

interface Bought { keyId: string, key: string, grants: Record<string, string>, emails: Record<string, string>, entitlementId: string }

/** A purchase of a key, of files and of access to GitHub. The key is activated twice. */
async function bought (customer = 'cus_ada'): Promise<Bought> {
  const emulate = started()
  const { call, get, pay } = emulate
  const files = await entitle(emulate, 'digital_files', { name: HOSTILE })
  const form = new FormData()
  form.append('file', new File(['<script>alert(1)</script>'], 'page.html', { type: 'text/html' }))
  const encoded = new Response(form)
  await call('POST', `/entitlements/${files.id}/files`, {
    raw: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type') ?? '' }
  })
  await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'license_key')).id, files.id, (await entitle(emulate, 'github')).id)
  const { payment_id: id } = await pay(paymentBody({ customer: { customer_id: customer } }))
  await call('POST', `/_emulator/payments/${id}/pay`, { body: { outcome: 'succeeded' } })
  const { items } = await get<{ items: Array<{ id: string, integration_type: string }> }>(`/_emulator/grants?payment_id=${id}`)
  for (const grant of items) if (grant.integration_type === 'digital_files') await call('POST', `/_emulator/grants/${grant.id}/deliver`)
  const { items: [key] } = await get<{ items: Array<{ id: string, key: string }> }>(`/_emulator/license_keys?payment_id=${id}`)
  for (const name of ['Laptop', HOSTILE.slice(0, 100)]) await activate(emulate, key?.key ?? '', name)
  const { items: mails } = await get<{ items: Array<{ email_id: string, type: string }> }>('/_emulator/emails?page_size=100')
  return {
    keyId: key?.id ?? '',
    key: key?.key ?? '',
    grants: Object.fromEntries(items.map(grant => [grant.integration_type, grant.id])),
    emails: Object.fromEntries(mails.map(mail => [mail.type, mail.email_id])),
    entitlementId: files.id
  }
}

t.test('the mailbox: open an e-mail, follow its link, search, read the text', { skip }, async t => {
  await bought()
  const page = await open(t, '/dashboard/emails')
  await page.locator('[data-testid="message-link"][data-type="entitlement_invite"]').first().click()
  const frame = page.frameLocator('#preview iframe')
  const link = frame.getByRole('link', { name: 'Connect' })
  await link.waitFor()
  // The e-mail was written during an injected request, so its link has no port.
  await page.context().route(/\/entitlements\/oauth\//, route => route.fulfill({ body: 'the accept page' }))
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()])
  await opened.waitForLoadState()
  t.match(opened.url(), /\/entitlements\/oauth\//, 'in a new tab')
  await opened.close()
  await page.getByRole('link', { name: 'Text', exact: true }).click()
  await page.locator('#text', { hasText: 'Connect: http' }).waitFor()
  await page.getByLabel('Search').fill('licence KEY')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.locator('[data-testid="no-message"]').waitFor()
  t.equal(await page.locator('[data-testid="message-link"]:not([data-type="license_key"])').count(), 0)
})

t.test('an e-mail that arrives is listed at once', { skip: skipVariant }, async t => {
  const page = await open(t, '/dashboard/emails?type=portal_link')
  await started().call('POST', '/customers/cus_ada/customer-portal/session?send_email=true')
  await page.locator('[data-testid="message-link"][data-type="portal_link"]').first().waitFor()
  t.ok(await page.locator('[data-testid="no-message"]').isVisible(), 'the page was not reloaded into another view')
})

t.test('disables and enables a key, and frees a place', { skip }, async t => {
  const { keyId } = await bought()
  const page = await open(t, `/dashboard/license-keys/${keyId}`)
  await page.getByRole('row', { name: /Laptop/ }).getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('The instance was deactivated.').waitFor()
  await page.locator('#ask-disable summary').click()
  await page.getByRole('button', { name: 'Disable key' }).click()
  await page.locator('#top [data-status="disabled"]').waitFor()
  const status = async () => (await started().get<{ status: string }>(`/license_keys/${keyId}`)).status
  t.equal(await status(), 'disabled')
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.locator('#top [data-status="active"]').waitFor()
  t.equal(await status(), 'active')
})

t.test('axe-core finds nothing on the pages, and nothing overflows', { skip }, async t => {
  const { keyId, grants, emails, entitlementId } = await bought('cus_grace')
  const page = await open(t, '/dashboard/emails', CHECKED)
  const paths = [
    'emails', `emails/${emails['digital_files'] ?? ''}?view=text`, 'license-keys', 'license-keys/new', `license-keys/${keyId}`, 'grants',
    `grants/${grants['digital_files'] ?? ''}`, `grants/${grants['github'] ?? ''}`, 'entitlements', 'entitlements/new?type=license_key',
    `entitlements/${entitlementId}`
  ]
  for (const path of paths) await checkDashboardPage(t, page, path)
  await page.goto(new URL(`/dashboard/emails/${emails['license_key'] ?? ''}`, page.url()).href)
  await checkViews(t, page, 'an e-mail')
})

t.test('the portal with keys, files and connections', { skip }, async t => {
  await bought()
  const { json } = await started().call('POST', '/customers/cus_ada/customer-portal/session')
  const page = await open(t, new URL((json as { link: string }).link).pathname, CHECKED)
  await checkEverywhere(t, page, 'the portal')
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByTestId('download').first().click()
  ])
  t.equal(download.suggestedFilename(), 'page.html', 'HTML is downloaded, never shown')
  await page.getByTestId('instance').first().getByRole('button', { name: /Deactivate/ }).click()
  await page.locator('#deactivated').waitFor()
})
