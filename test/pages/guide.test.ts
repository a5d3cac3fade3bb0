/** The documentation at /docs/guide/: its files, their types, and a policy that allows only its own scripts. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import { addGuideRoutes } from '../../src/pages/guide.js'
import { temporaryFolder } from '../processes.js'

const PAGE = '<!doctype html><script type="module" src="/docs/guide/assets/app.1a.js"></script><script id="a">if (1 < 2) start()</script>'

function serve (test: Test, files: Record<string, string>, baseUrl = 'http://localhost') {
  const folder = temporaryFolder(test)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  addGuideRoutes(app, () => baseUrl, folder)
  test.teardown(() => app.close())
  return app
}

t.test('serves the files of the site', async t => {
  const app = serve(t, { 'index.html': PAGE, 'how-to/webhooks.html': 'hooks', '404.html': 'lost', 'assets/app.1a.js': 'start' })
  const open = await app.inject('/docs/guide')
  t.strictSame([open.statusCode, open.headers.location], [302, 'guide/'])
  const index = await app.inject('/docs/guide/')
  t.strictSame([index.statusCode, index.body, index.headers['content-type']], [200, PAGE, 'text/html; charset=utf-8'])
  t.equal((await app.inject('/docs/guide/how-to/webhooks.html')).body, 'hooks')
  const script = await app.inject('/docs/guide/assets/app.1a.js')
  t.match(script.headers, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': /immutable/ })
  for (const path of ['missing.html', '../package.json', '..%2f..%2fpackage.json', 'assets', '%00', 'index.html/']) {
    const { statusCode, body } = await app.inject(`/docs/guide/${path}`)
    t.notMatch(body, '"name"', path)
    if (statusCode === 404 && path !== '../package.json') t.match(body, /lost|Not Found/, path)
    else t.ok(statusCode < 500, path)
  }
})

t.test('allows inline scripts of the page only by their hashes', async t => {
  const { headers } = await serve(t, { 'index.html': PAGE }).inject('/docs/guide/')
  const hash = createHash('sha256').update('if (1 < 2) start()').digest('base64')
  t.match(headers['content-security-policy'], `script-src 'self' 'sha256-${hash}';`)
})

t.test('says how to build the site if it is missing', async t => {
  const { statusCode, body } = await serve(t, {}).inject('/docs/guide/')
  t.equal(statusCode, 404)
  t.match(body, 'npm run site')
})

t.test('moves its URLs below the path that the emulator has', async t => {
  const script = "import('/docs/guide/a.js'); text = 'http://127.0.0.1:4010/docs/guide/'"
  const app = serve(t, { 'index.html': PAGE, 'assets/app.1a.js': script }, 'https://preview.example.test/shop/~one')
  t.match((await app.inject('/docs/guide/')).body, 'src="/shop/~one/docs/guide/assets/app.1a.js"')
  t.equal((await app.inject('/docs/guide/assets/app.1a.js')).body,
    "import('/shop/~one/docs/guide/a.js'); text = 'http://127.0.0.1:4010/docs/guide/'", 'and no other text')
})
