/** The keys, files and connections that customers see on the status page, in the portal and on the accept page. */
import t, { type Test } from 'tap'
import { linkId } from '../../src/rules/links.js'
import { startEmulator, type TestEmulator } from '../helper.js'
import { advance, attach, buy, entitle, eventTypes, grantsOf } from '../resources/grant-calls.js'
import { activate } from '../resources/license-calls.js'
import { injectForm } from './refilled.js'

const FROZEN = { clockFrozen: 'on' }
const RETURN = { return_url: 'https://shop.example/thanks?order=7' }

interface Page { status: number, text: string, location: string }

async function visit ({ emulator }: TestEmulator, url: string, form?: Record<string, string>): Promise<Page> {
  const { statusCode: status, body: text, headers } = await injectForm(emulator.app, {
    method: form === undefined ? 'GET' : 'POST',
    url,
    headers: { accept: 'text/html', ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() })
  })
  return { status, text, location: String(headers['location'] ?? '') }
}

const tokenIn = (text: string): string => /name="token" value="(\w+)"/.exec(text)?.[1] ?? ''

async function statusPage (emulate: TestEmulator, paymentId: string): Promise<string> {
  const { sandbox } = emulate.emulator
  const link = linkId(sandbox.payments.find(paymentId)?.seq ?? 0, sandbox.business.link_salt)
  return (await visit(emulate, `/status/${link}/succeeded`)).text
}

async function portal (emulate: TestEmulator): Promise<string> {
  const { json } = await emulate.call('POST', '/customers/cus_ada/customer-portal/session')
  return new URL((json as { link: string }).link).pathname
}

/** The path of the accept page, as the portal links to it. */
const acceptPath = (text: string): string => /href="[^"]*(\/entitlements\/oauth\/\w+)"/.exec(text)?.[1] ?? ''

t.test('the status page shows the keys, and return_url contains them', async t => {
  const emulate = startEmulator(t, FROZEN)
  await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'license_key', { integration_config: { activation_message: '<b>Type</b> it in' } })).id)
  const id = await buy(emulate, { pdt_ebook: 2 }, { payment_link: true, ...RETURN })
  const keys = (await grantsOf(emulate)).map(({ license_key: key }) => key?.key ?? '')
  const text = await statusPage(emulate, id)
  for (const key of keys) t.ok(text.includes(`<code data-testid="license-key">${key}</code>`))
  t.match(text, /&#60;b&#62;Type&#60;\/b&#62; it in/)
  const back = new URL((/id="return-link" href="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&#38;', '&').replaceAll('&#61;', '='))
  t.strictSame([...back.searchParams.keys()], ['order', 'payment_id', 'status', 'email', 'license_key'])
  t.strictSame(back.searchParams.get('license_key')?.split(','), keys)
  t.equal(back.searchParams.get('email'), 'ada@example.com')
})

t.test('return_url is unchanged without a key; with redirect_immediately it contains the key', async t => {
  const emulate = startEmulator(t, FROZEN)
  const plain = await buy(emulate, { pdt_ebook: 1 }, { payment_link: true, ...RETURN })
  const text = await statusPage(emulate, plain)
  t.notMatch(text, /license_key/)
  t.notMatch(text, /id="access"/)
})

t.test('files can be downloaded from the status page and the portal', async t => {
  const emulate = startEmulator(t, { ...FROZEN, grantDelay: '0s' })
  const { json } = await emulate.call('PUT', '/products/pdt_ebook/files', { body: { file_name: 'book.epub' } })
  const { file_id: fileId, url } = json as { file_id: string, url: string }
  await emulate.call('PUT', new URL(url).pathname, { raw: 'bytes', headers: { 'content-type': 'application/epub+zip' } })
  await emulate.call('PATCH', '/products/pdt_ebook', { body: { digital_product_delivery: { files: [fileId], instructions: 'Read <it>.', external_url: 'https://a.example/x' } } })
  const id = await buy(emulate, { pdt_ebook: 1 }, { payment_link: true })
  for (const text of [await statusPage(emulate, id), (await visit(emulate, await portal(emulate))).text]) {
    t.match(text, /Read &#60;it&#62;\./)
    t.match(text, /data-testid="external-url" href="https:\/\/a\.example\/x"/)
    const link = new RegExp(`data-file-id="${fileId}" href="([^"]*)"`).exec(text)?.[1] ?? ''
    const { pathname, search } = new URL(link.replaceAll('&#38;', '&').replaceAll('&#61;', '='))
    t.equal((await visit(emulate, pathname + search)).text, 'bytes')
  }
  t.match(await emulate.get(`/payments/${id}`), { digital_products_delivered: true })
})

t.test('the portal lists activations and deactivates them', async t => {
  const emulate = startEmulator(t, FROZEN)
  await buy(emulate, { pdt_license: 1 })
  const [{ license_key: key = null } = {}] = await grantsOf(emulate)
  const { id: instance } = await activate(emulate, key?.key ?? '', '<laptop>')
  const path = await portal(emulate)
  const { text } = await visit(emulate, path)
  t.match(text, /1 of 3 activations/)
  t.match(text, /&#60;laptop&#62;/)
  t.match(await visit(emulate, path, { token: 'x', action: 'deactivate', instance_id: instance }), { status: 403 })
  const form = { token: tokenIn(text), action: 'deactivate', instance_id: instance }
  t.match(await visit(emulate, path, form), { status: 303, location: `${path}?deactivated=yes` })
  t.match(await emulate.get(`/license_keys/${key?.id}`), { instances_count: 0 })
  t.match(await visit(emulate, path, form), { status: 422, text: /none of your keys is activated on this device/ })
  const other = await emulate.call('POST', '/customers/cus_grace/customer-portal/session')
  const { id: second } = await activate(emulate, key?.key ?? '')
  const foreign = new URL((other.json as { link: string }).link).pathname
  const theirs = { ...form, instance_id: second, token: tokenIn((await visit(emulate, foreign)).text) }
  t.equal((await visit(emulate, foreign, theirs)).status, theirs.token === '' ? 403 : 422, 'not of another customer')
  t.match(await emulate.get(`/license_keys/${key?.id}`), { instances_count: 1 })
})

t.test('the portal delivers failed files again', async t => {
  const emulate = startEmulator(t, FROZEN)
  await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'digital_files')).id)
  await buy(emulate, { pdt_ebook: 1 })
  const [grant] = await grantsOf(emulate)
  const path = await portal(emulate)
  await emulate.call('POST', `/_emulator/grants/${grant?.id}/fail`, { body: { error_message: 'The storage is full.' } })
  const { text } = await visit(emulate, path)
  t.match(text, /The storage is full\.[^]*data-testid="retry"/)
  const form = { token: tokenIn(text), action: 'retry', grant_id: grant?.id ?? '' }
  const foreign = new URL(((await emulate.call('POST', '/customers/cus_grace/customer-portal/session')).json as { link: string }).link).pathname
  t.not((await visit(emulate, foreign, { ...form, token: tokenIn((await visit(emulate, foreign)).text) })).status, 303)
  t.match(await visit(emulate, path, form), { status: 303, location: `${path}?retried=yes` })
  t.match(await visit(emulate, path, form), { status: 422, text: /none of your deliveries has failed/ })
  t.match(await grantsOf(emulate), [{ status: 'Delivered', error_code: null }])
  t.match((await visit(emulate, `${path}?retried=yes`)).text, /id="retried"[^]*Unzip it\./)
})

async function waiting (t: Test): Promise<{ emulate: TestEmulator, path: string }> {
  const emulate = startEmulator(t, FROZEN)
  await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'github')).id)
  const id = await buy(emulate, { pdt_ebook: 1 }, { payment_link: true })
  return { emulate, path: acceptPath(await statusPage(emulate, id)) }
}

t.test('the accept page opens, refuses, fails and accepts', async t => {
  const { emulate, path } = await waiting(t)
  t.match(await grantsOf(emulate), [{ status: 'Pending', oauth_url: null, oauth_expires_at: null }], 'nothing is shown before it is opened')
  const page = await visit(emulate, path)
  t.match(page, { status: 200, text: /id="accept-page" data-status="Pending"/ })
  const [opened] = await grantsOf(emulate)
  t.match(opened?.oauth_url, new RegExp(`${path}$`))
  t.equal(Date.parse(opened?.oauth_expires_at ?? '') - Date.parse(opened?.updated_at ?? ''), 7 * 86_400_000)
  const token = tokenIn(page.text)
  t.match(await visit(emulate, path, { token: 'x', outcome: 'accept', account: 'ada' }), { status: 403 })
  t.match(await visit(emulate, path, { token, outcome: 'accept', account: ' ' }), { status: 422, text: /Enter the name of your account/ })
  t.match(await visit(emulate, path, { token, outcome: 'refuse' }), { status: 303, location: `${path}?refused=yes` })
  t.match(await grantsOf(emulate), [{ status: 'Pending' }])
  t.match(await visit(emulate, path, { token, outcome: 'fail' }), { status: 303 })
  t.match(await grantsOf(emulate), [{ status: 'Failed', error_code: 'platform_error' }])
  t.match(await visit(emulate, path, { token, outcome: 'accept', account: 'a<d>a' }), { status: 303, location: path })
  t.match(await grantsOf(emulate), [{ status: 'Delivered', error_code: null }])
  t.match(await visit(emulate, path), { status: 200, text: /GitHub is connected[\s\S]*a&#60;d&#62;a/ })
  t.match(await visit(emulate, path, { token, outcome: 'accept', account: 'other' }), { status: 200, text: /is connected/ }, 'once')
  t.strictSame((await eventTypes(emulate)).slice(1), ['entitlement_grant.created', 'entitlement_grant.failed', 'entitlement_grant.delivered'])
})

t.test('the accept page needs a new link after a week', async t => {
  const { emulate, path } = await waiting(t)
  const { text } = await visit(emulate, path)
  await advance(emulate, 7 * 86_400_000)
  t.match(await visit(emulate, path), { status: 410, text: /This link has expired/ })
  const { location } = await visit(emulate, path, { token: tokenIn(text), outcome: 'renew' })
  t.not(location, path)
  t.match(await visit(emulate, location), { status: 200, text: /id="accept-page"/ })
  t.match(await visit(emulate, path), { status: 404 }, 'the old link is gone')
  t.match(await visit(emulate, '/entitlements/oauth/x'), { status: 404 })
})
