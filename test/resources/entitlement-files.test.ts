/** Files of entitlements: uploads, deliveries, downloads and deletion. */
import t from 'tap'
import { startEmulator, type Refusal, type TestEmulator } from '../helper.js'
import { advance, attach, buy, control, entitle, grantsOf } from './grant-calls.js'

const FROZEN = { clockFrozen: 'on' }

/** Sends a form as browsers and the official client do. */
async function send ({ call }: TestEmulator, entitlementId: string, parts: Record<string, string | File>) {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts)) form.set(name, value)
  const encoded = new Response(form)
  return await call('POST', `/entitlements/${entitlementId}/files`, {
    raw: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type') ?? '' }
  })
}

async function upload (emulate: TestEmulator, entitlementId: string, text = 'hello', name = 'a.txt'): Promise<string> {
  const { status, json, text: answer } = await send(emulate, entitlementId, { file: new File([text], name, { type: 'text/plain' }) })
  if (status !== 201) throw new Error(answer)
  return (json as { file_id: string }).file_id
}

const pathOf = (url: string | undefined): string => new URL(url ?? '').pathname + new URL(url ?? '').search

t.test('answers', async t => {
  t.test('attaches an uploaded file', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'digital_files')
    const { status, json } = await send(emulate, id, { file: new File(['%PDF-1.7'], 'x.pdf', { type: 'application/pdf' }), filename: 'Größe.pdf' })
    t.equal(status, 201)
    const { file_id: fileId } = json as { file_id: string }
    t.match(fileId, /^df_[0-9A-Za-z]{21}$/)
    const second = await upload(emulate, id)
    const shown = await emulate.get<{ integration_config: { digital_files: { files: Array<{ file_id: string, download_url: string }> } } }>(`/entitlements/${id}`)
    const { files } = shown.integration_config.digital_files
    t.match(files, [
      { file_id: fileId, filename: 'Größe.pdf', content_type: 'application/pdf', file_size: 8, expires_in: 900 }, { file_id: second, filename: 'a.txt' }
    ])
    t.equal((await emulate.call('GET', pathOf(files[0]?.download_url), { key: null })).text, '%PDF-1.7')
    const named = await entitle(emulate, 'digital_files', { integration_config: { digital_file_ids: [second] } })
    t.match(named.integration_config, { digital_files: { files: [{ file_id: second }] } }, 'another entitlement may name it')
  })

  t.test('HTML, SVG and scripts are downloads that no browser runs, regardless of name and type', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'digital_files')
    await attach(emulate, 'pdt_ebook', id)
    for (const [name, type] of [
      ['page.html', 'text/html'], ['image.svg', 'image/svg+xml'], ['page.xhtml', 'application/xhtml+xml'], ['a.js', 'text/javascript'],
      ['photo.png', 'text/html'], ['a"; filename=b.html', 'text/html']
    ] as const) {
      const sent = await send(emulate, id, { file: new File(['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], name, { type }) })
      t.equal(sent.status, 201)
    }
    await buy(emulate, { pdt_ebook: 1 })
    await advance(emulate, 1000)
    const [grant] = await grantsOf(emulate)
    const files = grant?.digital_product_delivery?.files ?? []
    t.equal(files.length, 6)
    for (const { download_url: url, filename } of files) {
      const { headers, text } = await emulate.call('GET', pathOf(url), { key: null })
      t.match(text, 'onload', 'the bytes are unchanged')
      t.match(headers, {
        'content-type': 'application/octet-stream',
        'content-disposition': /^attachment; filename\*=UTF-8''[\w.%-]+$/,
        'content-security-policy': /default-src 'none'.*sandbox/,
        'x-content-type-options': 'nosniff'
      }, filename)
    }
  })

  t.test('a snapshot holds the bytes of files', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'digital_files')
    await emulate.call('POST', '/_emulator/snapshots', { body: { name: 'before' } })
    const fileId = await upload(emulate, id, 'kept')
    await emulate.call('POST', '/_emulator/snapshots', { body: { name: 'after' } })
    await emulate.call('POST', '/_emulator/snapshots/before/restore')
    t.equal(emulate.emulator.sandbox.uploads.content(fileId), undefined)
    await emulate.call('POST', '/_emulator/snapshots/after/restore')
    t.equal(String(emulate.emulator.sandbox.uploads.content(fileId)), 'kept')
  })

  t.test('a customer keeps the files of the delivery, and download links expire', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'digital_files')
    const first = await upload(emulate, id, 'one')
    await attach(emulate, 'pdt_ebook', id)
    await buy(emulate, { pdt_ebook: 1 })
    await advance(emulate, 1000)
    await upload(emulate, id, 'two')
    const [grant] = await grantsOf(emulate)
    t.match(grant?.digital_product_delivery?.files.map(({ file_id: file }) => file), [first])
    const path = pathOf(grant?.digital_product_delivery?.files[0]?.download_url)
    await control(emulate, grant?.id, 'revoke')
    t.match(await grantsOf(emulate), [{ digital_product_delivery: null }])
    t.equal((await emulate.call('GET', path)).text, 'one', 'a link that was given keeps working until it ends')
    await advance(emulate, 900_000)
    t.equal((await emulate.call('GET', path)).status, 403)
  })

  t.test('deletes a file that no grant contains', async t => {
    const emulate = startEmulator(t, FROZEN)
    const { id } = await entitle(emulate, 'digital_files')
    const file = await upload(emulate, id)
    await attach(emulate, 'pdt_ebook', id)
    await buy(emulate, { pdt_ebook: 1 })
    await advance(emulate, 1000)
    const before = emulate.stored()
    const inUse = await emulate.call('DELETE', `/entitlements/${id}/files/${file}`)
    t.match([inUse.status, inUse.json, inUse.headers['x-should-retry']], [409, { code: 'FILE_IN_USE' }, 'false'])
    t.strictSame(emulate.stored(), before)
    const [grant] = await grantsOf(emulate)
    await control(emulate, grant?.id, 'revoke')
    const { status, text } = await emulate.call('DELETE', `/entitlements/${id}/files/${file}`)
    t.strictSame([status, text], [204, ''])
    t.equal((await emulate.call('DELETE', `/entitlements/${id}/files/${file}`)).status, 404)
    t.match(await emulate.get(`/entitlements/${id}`), { integration_config: { digital_files: { files: [] } } })
  })
})

t.test('refuses', async t => {
  const emulate = startEmulator(t)
  const { id } = await entitle(emulate, 'digital_files')
  const { id: key } = await entitle(emulate, 'license_key')
  const file = new File(['x'], 'x.txt')
  const refused = async (answer: Promise<{ status: number, json: unknown }>, status: number, code: string, message: RegExp, name: string) => {
    const before = emulate.stored()
    const { status: given, json } = await answer
    t.match([given, json], [status, { code, message }], name)
    t.strictSame(emulate.stored(), before, 'nothing was stored')
  }
  await refused(emulate.call('POST', `/entitlements/${id}/files`), 422, 'INVALID_REQUEST_BODY', /in a part named file/, 'an empty body')
  await refused(send(emulate, id, { document: file }), 422, 'INVALID_REQUEST_BODY', /in a part named file/, 'another part')
  await refused(send(emulate, id, { file: 'text' }), 422, 'INVALID_REQUEST_BODY', /in a part named file/, 'a part that is no file')
  await refused(send(emulate, id, { file: new File([], 'x') }), 422, 'INVALID_REQUEST_BODY', /empty/, 'an empty file')
  await refused(send(emulate, id, { file, filename: 'x'.repeat(256) }), 422, 'INVALID_REQUEST_PARAMETERS', /at most 255/, 'a long name')
  await refused(send(emulate, key, { file }), 422, 'INVALID_REQUEST_PARAMETERS', /only digital_files has files/, 'another type')
  await refused(send(emulate, 'ent_x', { file }), 404, 'NOT_FOUND', /no entitlement/, 'an unknown entitlement')
  await refused(emulate.call('POST', `/entitlements/${id}/files`, { body: { file: 'x' } }), 422, 'INVALID_REQUEST_BODY', /part named file|content-type/, 'JSON')
  await refused(emulate.call('POST', `/entitlements/${id}/files`, { raw: 'x', headers: { 'content-type': 'multipart/form-data' } }), 422,
    'INVALID_REQUEST_BODY', /multipart form cannot be read/, 'no boundary')
  await refused(emulate.call('POST', '/payments', { raw: 'x', headers: { 'content-type': 'multipart/form-data; boundary=a' } }), 422,
    'INVALID_REQUEST_BODY', /must be application\/json/, 'a form for another operation')
  await refused(send(emulate, id, { file: new File([Buffer.alloc(50 * 1024 * 1024 + 1)], 'big') }), 413, 'REQUEST_BODY_TOO_LARGE', /50 MiB/, 'one byte too many')
  await refused(send(emulate, id, { file: new File([Buffer.alloc(51 * 1024 * 1024)], 'big') }), 413, 'REQUEST_BODY_TOO_LARGE', /MiB/, 'far too many')
  await refused(emulate.call('DELETE', `/entitlements/${id}/files/df_x`), 404, 'NOT_FOUND', /has no file df_x/, 'an unknown file')
  await refused(emulate.call('DELETE', `/entitlements/${key}/files/df_x`), 422, 'INVALID_REQUEST_PARAMETERS', /only digital_files/, 'a file of another type')
  t.ok((await send(emulate, id, { file: new File([Buffer.alloc(50 * 1024 * 1024)], 'full') })).status === 201, 'the largest file')
  t.ok((await emulate.call('GET', '/entitlements/ent_x')).json as Refusal)
})
