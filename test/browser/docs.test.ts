/** The page at /docs: which document it shows below any path, and that a call from it reaches the right URL. */
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startEmulator } from '../helper.js'
import { skip, skipVariant, surfer } from './chromium.js'

const { open } = surfer()

const shownIn = (html: string) => /data-document="([^"]*)"/.exec(html)?.[1]

/** A reverse proxy that passes on everything below /dodo, without that prefix. */
async function proxyTo (test: Test, port: number): Promise<string> {
  const proxy = createServer(({ method, url = '', headers }, response) => {
    if (!url.startsWith('/dodo/')) return response.writeHead(404).end()
    const path = url.slice('/dodo'.length)
    send({ port, method, path, headers: { ...headers, host: 'localhost' } }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }).end()
  })
  await new Promise<void>(resolve => { proxy.listen(0, '127.0.0.1', resolve) })
  test.teardown(() => { proxy.closeAllConnections(); proxy.close() })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/dodo`
}

t.test('offers both documents and shows one', async t => {
  const { emulator: { app } } = startEmulator(t)
  for (const [path, file] of [['/docs', 'openapi.json'], ['/docs?document=control', '_emulator/openapi.json']] as const) {
    const { body } = await app.inject(path)
    t.equal(shownIn(body), file, path)
    t.match(body, '<a href="docs"')
    t.match(body, '<a href="docs?document=control"')
    t.match(body, /<noscript>.*<a href="openapi.json">.*<a href="_emulator\/openapi.json">/, 'without scripts, too')
    t.equal(body.match(/aria-current="page"/g)?.length, 1)
  }
  for (const path of ['/docs?document=', '/docs?document=other', '/docs?document=control&document=control', '/docs?document=__proto__']) {
    t.equal(shownIn((await app.inject(path)).body), 'openapi.json', path)
  }
})

t.test('does not mention the control API where it is off', async t => {
  const { emulator: { app } } = startEmulator(t, { control: 'off' })
  for (const path of ['/docs', '/docs?document=control']) {
    const { body } = await app.inject(path)
    t.equal(shownIn(body), 'openapi.json')
    t.notMatch(body, '_emulator')
  }
})

t.test('redirects from a trailing slash, below which relative links would fail', async t => {
  const { emulator: { app } } = startEmulator(t)
  for (const [path, location] of [
    ['/docs/', '../docs'], ['/docs/?document=control', '../docs?document=control'], ['/~shop/docs/', '../docs'], ['/docs/?x=/', '../docs?x=/']
  ] as const) {
    const { statusCode, headers } = await app.inject(path)
    t.strictSame([statusCode, headers.location], [302, location], path)
  }
  t.equal((await app.inject('/docs?x=/')).statusCode, 200)
})

t.test('in a browser', { skip }, async t => {
  const CLOCK = '#operations-Clock-get_clock'
  const CLOCK_PATH = '/_emulator/clock'
  const OPENED = '?document=control#/Clock/get_clock'

  /** Executes the clock operation on the page; returns the URL and the status of the call. */
  async function askForClock (page: Page): Promise<[url: string, status: number]> {
    await page.click(`${CLOCK} .try-out__btn`)
    const asked = page.waitForResponse(/\/_emulator\/clock$/)
    await page.click(`${CLOCK} .execute`)
    const answer = await asked
    return [answer.url(), answer.status()]
  }

  // Each load of a document takes two seconds, so one test looks at both of them.
  t.test('one document links to the other, and a call goes to the sandbox in the path of the page', async t => {
    const page = await open(t, '/~shop/docs')
    await page.waitForSelector('.info .title:has-text("Dodo Payments API, as emulated")')
    await page.click('nav a:not([aria-current])')
    await page.waitForSelector('.info .title:has-text("dodo-emulator control API")')
    t.match(page.url(), /\/~shop\/docs\?document=control$/)
    await page.click('#operations-tag-Clock button.expand-operation')
    await page.click(`${CLOCK} .opblock-summary-control`)
    const [url, status] = await askForClock(page)
    t.strictSame([new URL(url).pathname, status], ['/~shop/_emulator/clock', 200])
  })

  t.test('works below the path of a proxy', { skip: skipVariant }, async t => {
    const { emulator } = startEmulator(t)
    const base = await proxyTo(t, (await emulator.listen()).port)
    const page = await open(t, `${base}/~shop/docs/${OPENED}`, { operations: [CLOCK_PATH] })
    t.strictSame(await askForClock(page), [`${base}/~shop/_emulator/clock`, 200])
  })

  t.test('sends the key that was typed', async t => {
    const { emulator } = startEmulator(t, { controlKey: 'secret' })
    const { url } = await emulator.listen()
    const page = await open(t, `${url}/docs?document=control`, { operations: [CLOCK_PATH] }) // // without a fragment, so that it does not scroll while it is clicked
    await page.click('.btn.authorize')
    await page.fill('.auth-container input', 'secret')
    await page.click('.auth-container button.authorize')
    await page.click('.auth-container button.btn-done')
    await page.click('#operations-tag-Clock button.expand-operation')
    await page.click(`${CLOCK} .opblock-summary-control`)
    t.strictSame(await askForClock(page), [`${url}/_emulator/clock`, 200])
  })
})
