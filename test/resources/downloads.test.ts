/** Signed URLs of files: accepted requests, and expiry. */
import t from 'tap'
import { startEmulator, type TestEmulator } from '../helper.js'
import { advance } from './grant-calls.js'

/** The path of a URL that downloads a file of pdt_ebook. */
async function download (emulate: TestEmulator, type = 'text/html', bytes = '<script>alert(1)</script>'): Promise<string> {
  const { json } = await emulate.call('PUT', '/products/pdt_ebook/files', { body: { file_name: 'page.html' } })
  const { file_id: id, url } = json as { file_id: string, url: string }
  await emulate.call('PUT', new URL(url).pathname, { raw: bytes, headers: { 'content-type': type } })
  await emulate.call('PATCH', '/products/pdt_ebook', { body: { digital_product_delivery: { files: [id] } } })
  const { digital_product_delivery: { files } } = await emulate.get<{ digital_product_delivery: { files: Array<{ download_url: string }> } }>('/products/pdt_ebook')
  const { pathname, search } = new URL(files[0]?.download_url ?? '')
  return pathname + search
}

t.test('serves a file without an API key, and never as a document that browsers run', async t => {
  const emulate = startEmulator(t)
  for (const [type, bytes] of [['text/html', '<script>alert(1)</script>'], ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>']] as const) {
    const { status, headers, text } = await emulate.call('GET', await download(emulate, type, bytes), { key: null })
    t.strictSame([status, text], [200, bytes])
    t.match(headers, {
      'content-type': 'application/octet-stream',
      'content-disposition': /^attachment; filename\*=UTF-8''page\.html$/,
      'content-security-policy': /default-src 'none'.*sandbox/,
      'x-content-type-options': 'nosniff'
    })
  }
})

t.test('refuses', async t => {
  const emulate = startEmulator(t, { clockFrozen: 'on' })
  const path = await download(emulate)
  const changed: Array<[name: string, path: string]> = [
    ['without a signature', path.slice(0, path.indexOf('&sig='))],
    ['with a later end', path.replace(/expires=(\d+)/, (_, end) => `expires=${Number(end) + 1}`)],
    ['with a grant', path.replace('grant=', 'grant=entg_x')],
    ['of another file', path.replace(/files\/[^?]*/, 'files/x')],
    ['with two signatures', `${path}&sig=x`],
    ['with another signature', path.replace(/sig=.*/, `sig=${'0'.repeat(64)}`)]
  ]
  for (const [name, other] of changed) {
    const { status, json } = await emulate.call('GET', other)
    t.match([status, json], [403, { code: 'DOWNLOAD_NOT_ALLOWED' }], name)
  }
  await advance(emulate, 899_000)
  t.equal((await emulate.call('GET', path)).status, 200)
  await advance(emulate, 1000)
  t.match(await emulate.call('GET', path), { status: 403, json: { message: /the URL has expired/ } })
  const fresh = await emulate.get<{ digital_product_delivery: { files: Array<{ download_url: string }> } }>('/products/pdt_ebook')
  t.not(new URL(fresh.digital_product_delivery.files[0]?.download_url ?? '').search, path.slice(path.indexOf('?')), 'every read mints a new one')
})

t.test('a URL of one sandbox does not work in another', async t => {
  const emulate = startEmulator(t)
  const path = await download(emulate)
  await emulate.call('GET', '/products', { key: 'sandbox_other' })
  t.equal((await emulate.call('GET', `/~other${path}`)).status, 403)
})
