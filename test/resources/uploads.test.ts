/** Images and files: upload targets, and the URLs that serve the uploads, over real HTTP. */
import { randomBytes } from 'node:crypto'
import DodoPayments from 'dodopayments'
import t, { type Test } from 'tap'
import type { Schemas } from '../../src/contract/operations.js'
import { isShown, mediaType } from '../../src/rules/media.js'
import { startEmulator, type Refusal, type TestEmulator } from '../helper.js'

type Json = Record<string, unknown>
type Target = { url: string, image_id: string | null, file_id: string }

const MIB = 1024 * 1024
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

interface Listening extends TestEmulator {
  origin: string
  upload (url: string, body: string | Buffer, headers?: Record<string, string>): Promise<Response>
  target (path: string, body?: Json): Promise<Target>
}

/** With a port, because URLs of targets and uploads are used unchanged. */
async function listen (t: Test, options: Parameters<typeof startEmulator>[1] = {}): Promise<Listening> {
  const emulate = startEmulator(t, { port: '0', ...options })
  const { url: origin } = await emulate.emulator.listen()
  const headers = { authorization: 'Bearer test', 'content-type': 'application/json' }
  return {
    ...emulate,
    origin,
    upload: (url, body, headers = {}) => fetch(url, { method: 'PUT', body, headers }),
    async target (path, body) {
      const response = await fetch(origin + path, { method: 'PUT', headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      if (response.status !== 200) throw new Error(await response.text())
      return await response.json() as Target
    }
  }
}

const advance = async (emulate: TestEmulator, ms: number) => { await emulate.call('POST', '/_emulator/clock', { body: { advance_ms: ms } }) }

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

/** The product as a client of the listening emulator sees it. */
async function product (emulate: Listening, id: string): Promise<Required<Schemas['GetProductResponse']>> {
  const response = await fetch(`${emulate.origin}/products/${id}`, { headers: { authorization: 'Bearer test' } })
  return await response.json() as Required<Schemas['GetProductResponse']>
}

t.test('answers', async t => {
  t.test('applies an image immediately', async t => {
    const emulate = await listen(t)
    const before = await product(emulate, 'pdt_ebook')
    const { url, image_id: imageId } = await emulate.target('/products/pdt_ebook/images')
    t.equal(imageId, null)
    t.match(url, new RegExp(`^${emulate.origin}/uploads/images/[0-9A-Za-z]{40}$`))
    t.equal((await product(emulate, 'pdt_ebook')).image, null, 'not before the upload')
    const put = await emulate.upload(url, PNG, { 'content-type': 'image/png' })
    t.strictSame([put.status, await put.text(), put.headers.get('content-length')], [200, '', '0'])
    const { image, updated_at: updatedAt } = await product(emulate, 'pdt_ebook')
    t.match(image, new RegExp(`^${emulate.origin}/uploads/[0-9a-f-]{36}$`))
    t.ok(updatedAt > before.updated_at)
    const got = await fetch(String(image))
    t.ok((await bytesOf(got)).equals(PNG))
    t.match(Object.fromEntries(got.headers), {
      'content-type': 'image/png', 'content-disposition': 'inline', 'x-content-type-options': 'nosniff', 'cache-control': /immutable/
    })
    const { items } = await emulate.get<{ items: Json[] }>('/products?page_size=100')
    t.match(items.find(item => item['product_id'] === 'pdt_ebook')?.['image'], /^http:\/\/localhost:80\/uploads\//, 'built from the base URL of the request')
  })

  t.test('applies an image with a PATCH', async t => {
    const emulate = await listen(t)
    const { url, image_id: imageId } = await emulate.target('/products/pdt_ebook/images?force_update=true')
    t.match(imageId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    const early = await emulate.call('PATCH', '/products/pdt_ebook', { body: { image_id: imageId } })
    t.match([early.status, early.json], [422, { code: 'INVALID_REQUEST_PARAMETERS', message: /^Image \S+ was not uploaded yet: PUT its bytes/ }])
    await emulate.upload(url, PNG)
    t.equal((await product(emulate, 'pdt_ebook')).image, null)
    t.equal((await emulate.call('PATCH', '/products/pdt_ebook', { body: { image_id: imageId } })).status, 200)
    t.equal((await product(emulate, 'pdt_ebook')).image, `${emulate.origin}/uploads/${imageId}`)
    await emulate.call('PATCH', '/products/pdt_ebook', { body: { image_id: null, name: 'Same image' } })
    t.equal((await product(emulate, 'pdt_ebook')).image, `${emulate.origin}/uploads/${imageId}`, 'null changes nothing')
  })

  t.test('replaces an image, whose URL remains valid', async t => {
    const emulate = await listen(t)
    const images: string[] = []
    for (const bytes of [PNG, Buffer.from('GIF89a...')]) {
      await emulate.upload((await emulate.target('/products/pdt_ebook/images')).url, bytes)
      images.push(String((await product(emulate, 'pdt_ebook')).image))
    }
    t.not(images[0], images[1])
    const types = await Promise.all(images.map(async image => (await fetch(image)).headers.get('content-type')))
    t.strictSame(types, ['image/png', 'image/gif'])
  })

  t.test('uploads files of a product with names in any script', async t => {
    const emulate = await listen(t)
    const name = "Größe (v1) 'final' 日本.pdf"
    const bytes = randomBytes(3 * MIB)
    const { url, file_id: fileId } = await emulate.target('/products/pdt_ebook/files', { file_name: name })
    t.match(url, /\/uploads\/files\//)
    t.equal((await emulate.upload(url, bytes, { 'content-type': 'Application/PDF; x=1' })).status, 200)
    t.equal((await product(emulate, 'pdt_ebook')).digital_product_delivery, null, 'an upload alone changes nothing')
    const delivery = { files: [fileId, fileId], external_url: 'https://files.example/book', instructions: 'Unpack it' }
    t.equal((await emulate.call('PATCH', '/products/pdt_ebook', { body: { digital_product_delivery: delivery } })).status, 200)
    const { digital_product_delivery: shown } = await product(emulate, 'pdt_ebook')
    const file = { file_id: fileId, filename: name, content_type: 'application/pdf', file_size: 3 * MIB, expires_in: 900 }
    t.match(shown, { ...delivery, files: [file] })
    const { download_url: download = '' } = (shown as { files: Array<{ download_url: string }> }).files[0] ?? {}
    t.ok(download.startsWith(`${emulate.origin}/files/${fileId}?grant=&expires=`))
    const got = await fetch(download)
    t.ok((await bytesOf(got)).equals(bytes))
    t.match(Object.fromEntries(got.headers), {
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%28v1%29%20%27final%27%20%E6%97%A5%E6%9C%AC.pdf",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store'
    })
    t.equal((await fetch(`${emulate.origin}/uploads/${fileId}`)).status, 404, 'only by its signed URL')
    await emulate.call('PATCH', '/products/pdt_ebook', { body: { digital_product_delivery: { instructions: '' } } })
    t.match((await product(emulate, 'pdt_ebook')).digital_product_delivery, { files: [file], external_url: 'https://files.example/book', instructions: null })
    await emulate.call('PATCH', '/products/pdt_ebook', { body: { digital_product_delivery: { files: [] } } })
    t.match((await product(emulate, 'pdt_ebook')).digital_product_delivery, { files: [], external_url: 'https://files.example/book' })
  })

  t.test('answers HEAD, and preflights of other origins', async t => {
    const emulate = await listen(t)
    const { url } = await emulate.target('/products/pdt_ebook/images')
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'https://shop.example', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' } })
    t.equal(preflight.status, 204)
    t.match(preflight.headers.get('access-control-allow-methods'), /PUT/)
    await emulate.upload(url, PNG)
    const head = await fetch(String((await product(emulate, 'pdt_ebook')).image), { method: 'HEAD' })
    t.strictSame([head.status, head.headers.get('content-length')], [200, String(PNG.length)])
  })
})

t.test('detects the media type of an image', async t => {
  const text = Buffer.from('hello')
  t.equal(mediaType(undefined, PNG), 'image/png', 'from its bytes')
  t.equal(mediaType('application/x-www-form-urlencoded', PNG), 'image/png', 'not from the header that curl sends')
  t.equal(mediaType(undefined, Buffer.from('\xFF\xD8\xFF\xE0', 'latin1')), 'image/jpeg')
  t.equal(mediaType(undefined, Buffer.from('RIFF\x01\x02\x03\x04WEBPVP8 ', 'latin1')), 'image/webp')
  t.equal(mediaType(undefined, Buffer.from('RIFF\x01\x02\x03\x04WAVEfmt ', 'latin1')), 'application/octet-stream')
  t.equal(mediaType('Image/SVG+XML; charset=utf-8', text), 'image/svg+xml')
  for (const declared of [undefined, '', ';', 'text', 'a/b/c', 'text/html\r\nx: y', `a/${'b'.repeat(65)}`]) {
    t.equal(mediaType(declared, text), 'application/octet-stream', String(declared))
  }
  t.notOk(isShown('text/html'))
})

t.test('refuses', async t => {
  const refused = async (t: Test, response: Response, status: number, code: string, message: RegExp) => {
    const refusal = await response.json() as Refusal
    t.strictSame([response.status, refusal.code], [status, code])
    t.match(refusal.message, message)
  }
  const GONE = /^Item not found \(there is no such upload target: a target accepts one PUT within 60 seconds, so request a new one\)$/

  t.test('a second upload, even at the same time', async t => {
    const emulate = await listen(t)
    const { url } = await emulate.target('/products/pdt_ebook/images')
    const statuses = (await Promise.all([1, 2, 3].map(() => emulate.upload(url, PNG)))).map(({ status }) => status)
    t.strictSame(statuses.sort(), [200, 404, 404])
    await refused(t, await emulate.upload(url, 'other'), 404, 'NOT_FOUND', GONE)
    t.ok((await bytesOf(await fetch(String((await product(emulate, 'pdt_ebook')).image)))).equals(PNG))
  })

  t.test('an upload after a minute of the sandbox’s clock', async t => {
    const emulate = await listen(t, { clockFrozen: 'on' })
    const [inTime, late] = [await emulate.target('/products/pdt_ebook/images'), await emulate.target('/products/pdt_ebook/images')]
    await advance(emulate, 55_000)
    t.equal((await emulate.upload(inTime.url, PNG)).status, 200)
    await advance(emulate, 5_000)
    await refused(t, await emulate.upload(late.url, PNG), 404, 'NOT_FOUND', GONE)
    const before = Number(emulate.stored()['uploads'])
    await emulate.target('/products/pdt_ebook/images')
    t.equal(emulate.stored()['uploads'], before, 'an unused target is dropped for the next one')
  })

  t.test('an unknown secret, or one of the other kind', async t => {
    const emulate = await listen(t)
    const { url } = await emulate.target('/products/pdt_ebook/images')
    const secret = url.slice(url.lastIndexOf('/') + 1)
    for (const path of [`/uploads/files/${secret}`, '/uploads/images/x', `/uploads/images/${secret.toLowerCase()}0`, '/uploads/images/..%2f..%2fetc']) {
      await refused(t, await emulate.upload(emulate.origin + path, PNG), 404, 'NOT_FOUND', GONE)
    }
    await refused(t, await emulate.upload(emulate.origin + '/uploads/images/x', Buffer.alloc(30 * MIB)), 404, 'NOT_FOUND', GONE)
    t.equal((await emulate.upload(url, PNG)).status, 200, 'the target is still valid')
  })

  t.test('an empty body', async t => {
    const emulate = await listen(t)
    const { url } = await emulate.target('/products/pdt_ebook/images')
    await refused(t, await emulate.upload(url, ''), 422, 'INVALID_REQUEST_BODY', /the upload is empty/)
    t.equal((await emulate.upload(url, PNG)).status, 200, 'the target is still valid')
  })

  t.test('uploads over the limit, to the byte', async t => {
    const emulate = await listen(t)
    const image = await emulate.target('/products/pdt_ebook/images')
    await refused(t, await emulate.upload(image.url, Buffer.alloc(10 * MIB + 1)), 413, 'REQUEST_BODY_TOO_LARGE', /\(at most 10 MiB for an uploaded image\)$/)
    t.equal((await emulate.upload(image.url, Buffer.alloc(10 * MIB))).status, 200)
    const file = await emulate.target('/products/pdt_ebook/files', { file_name: 'big.bin' })
    await refused(t, await emulate.upload(file.url, Buffer.alloc(25 * MIB + 1)), 413, 'REQUEST_BODY_TOO_LARGE', /\(at most 25 MiB for an uploaded file\)$/)
    const full = Buffer.alloc(25 * MIB, 'x')
    t.equal((await emulate.upload(file.url, full)).status, 200)
    await emulate.call('PATCH', '/products/pdt_ebook', { body: { digital_product_delivery: { files: [file.file_id] } } })
    const { files: [shown] } = (await product(emulate, 'pdt_ebook')).digital_product_delivery as { files: Array<{ download_url: string }> }
    t.ok((await bytesOf(await fetch(String(shown?.download_url)))).equals(full))
  })

  t.test('unknown products and files', async t => {
    const emulate = await listen(t)
    const { file_id: waiting } = await emulate.target('/products/pdt_ebook/files', { file_name: 'x' })
    for (const id of [waiting, '00000000-0000-4000-8000-000000000000']) {
      await refused(t, await fetch(`${emulate.origin}/uploads/${id}`), 404, 'NOT_FOUND', /^Item not found \(nothing was uploaded as/)
    }
    for (const path of ['/uploads', '/uploads/', '/uploads/x', '/uploads/..%2f..', `/uploads/images/${waiting}`]) {
      t.equal((await fetch(emulate.origin + path)).status, 404, path)
    }
  })

  t.test('uploads of another product, of another kind or unknown, and invalid file names', async t => {
    const emulate = await listen(t)
    const image = await emulate.target('/products/pdt_ebook/images?force_update=true')
    const file = await emulate.target('/products/pdt_ebook/files', { file_name: 'x' })
    const waiting = await emulate.target('/products/pdt_ebook/files', { file_name: 'y' })
    await emulate.upload(image.url, PNG)
    await emulate.upload(file.url, PNG)
    const before = emulate.stored()
    const cases: Array<[url: string, body: Json, message: RegExp, path: string]> = [
      ['/products/pdt_course', { image_id: image.image_id }, /^Image \S+ does not exist for pdt_course$/, 'image_id'],
      ['/products/pdt_ebook', { image_id: file.file_id }, /^Image \S+ does not exist for pdt_ebook$/, 'image_id'],
      ['/products/pdt_ebook', { digital_product_delivery: { files: [file.file_id, image.image_id] } }, /^File \S+ does not exist/, 'digital_product_delivery.files[1]'],
      ['/products/pdt_course', { digital_product_delivery: { files: [file.file_id] } }, /^File \S+ does not exist for pdt_course$/, 'digital_product_delivery.files[0]'],
      ['/products/pdt_ebook', { digital_product_delivery: { files: [waiting.file_id] } }, /was not uploaded yet/, 'digital_product_delivery.files[0]']
    ]
    for (const [url, body, message, path] of cases) {
      const { status, json } = await emulate.call('PATCH', url, { body })
      t.match([status, json], [422, { code: 'INVALID_REQUEST_PARAMETERS', message, details: [{ path }] }])
    }
    for (const [name, code] of [['', 'INVALID_REQUEST_PARAMETERS'], ['x'.repeat(100_000), 'INVALID_REQUEST_PARAMETERS'], [7, 'INVALID_REQUEST_BODY']]) {
      const { status, json } = await emulate.call('PUT', '/products/pdt_ebook/files', { body: { file_name: name } })
      t.match([status, json], [422, { code, details: [{ path: 'file_name' }] }])
    }
    t.equal((await emulate.call('PUT', '/products/pdt_x/files', { body: { file_name: 'x' } })).status, 404)
    t.equal((await emulate.call('PUT', '/products/pdt_x/images')).status, 404)
    t.equal((await emulate.call('PUT', '/products/pdt_ebook/images?force_update=perhaps')).status, 422)
    for (const request of ['images', 'files']) {
      const { status, json } = await emulate.call('PUT', `/products/pdt_retired/${request}`, { body: { file_name: 'x' } })
      t.match([status, json], [422, { code: 'PRODUCT_IS_DELETED' }])
    }
    t.strictSame(emulate.stored(), before)
  })
})

t.test('keeps uploads safe', async t => {
  t.test('uploads never run in a browser on this origin', async t => {
    const emulate = await listen(t)
    for (const [type, body] of [['text/html', '<script>alert(1)</script>'], ['image/svg+xml', SVG], ['application/xhtml+xml', SVG], ['text/javascript', 'alert(1)']] as const) {
      await emulate.upload((await emulate.target('/products/pdt_ebook/images')).url, body, { 'content-type': type })
      const got = await fetch(String((await product(emulate, 'pdt_ebook')).image))
      t.equal(await got.text(), body)
      t.equal(got.headers.get('x-content-type-options'), 'nosniff')
      t.match(got.headers.get('content-security-policy'), /^default-src 'none';.*sandbox$/)
      const shown = type === 'image/svg+xml'
      t.equal(got.headers.get('content-type'), shown ? type : 'application/octet-stream')
      t.match(got.headers.get('content-disposition'), shown ? /^inline$/ : /^attachment/)
    }
  })

  t.test('uploads survive a restart', async t => {
    const database = `${t.testdir()}/emulator.db`
    const first = startEmulator(t, { database })
    const { json } = await first.call('PUT', '/products/pdt_ebook/images')
    await first.call('PUT', new URL((json as Target).url).pathname, { raw: PNG, headers: { 'content-type': 'image/png' } })
    const { image } = await first.get<{ image: string }>('/products/pdt_ebook')
    await first.emulator.close()
    const second = startEmulator(t, { database })
    t.equal((await second.get<{ image: string }>('/products/pdt_ebook')).image, image)
    const got = await second.emulator.app.inject(new URL(image).pathname)
    t.ok(got.rawPayload.equals(PNG))
  })

  t.test('works through the official client', async t => {
    const emulate = await listen(t)
    const client = new DodoPayments({ bearerToken: 'test', baseURL: emulate.origin })
    const direct = await client.products.images.update('pdt_ebook')
    t.equal((await emulate.upload(direct.url, PNG)).status, 200)
    t.ok((await bytesOf(await fetch(String((await client.products.retrieve('pdt_ebook')).image)))).equals(PNG))
    const forced = await client.products.images.update('pdt_ebook', { force_update: true })
    await emulate.upload(forced.url, SVG, { 'content-type': 'image/svg+xml' })
    await client.products.update('pdt_ebook', { image_id: forced.image_id ?? null })
    t.equal((await fetch(String((await client.products.retrieve('pdt_ebook')).image))).headers.get('content-type'), 'image/svg+xml')
    const file = await client.products.updateFiles('pdt_ebook', { file_name: 'book.epub' })
    await emulate.upload(file.url, randomBytes(1000))
    await client.products.update('pdt_ebook', { digital_product_delivery: { files: [file.file_id] } })
    t.match((await client.products.retrieve('pdt_ebook')).digital_product_delivery, { files: [{ filename: 'book.epub', file_size: 1000 }] })
  })
})
