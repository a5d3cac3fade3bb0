/** Every section of the dashboard, `/docs`, and the pages without a section: axe-core finds nothing on them, in both themes. */
import t from 'tap'
import { isThorough, isTried } from '../effort.js'
import { startEmulator } from '../helper.js'
import { CHECKED, checkThemes, skip, surfer } from './chromium.js'

const { open } = surfer()

t.test('the sections of the dashboard', { skip }, async t => {
  const page = await open(t, '/', CHECKED)
  const paths = await page.evaluate<string[]>(`[...new Set([...document.querySelectorAll('header a, nav a')].map(({ pathname }) => pathname))]
    .filter(path => path.startsWith('/dashboard/'))`)
  t.ok(paths.length > 20, `${paths.length} sections`)
  for (const path of ['/', ...paths].filter((_, index) => isTried(index, 0, 3))) { // other files check the sections with data in them
    await page.goto(new URL(path, page.url()).href)
    await checkThemes(t, page, path)
  }
})

t.test('/docs', { skip }, async t => {
  const operations = isThorough ? {} : { operations: ['/_emulator/clock', '/payments', '/brands'] }
  const page = await open(t, '/docs?document=control#/Clock/get_clock', { ...CHECKED, ...operations })
  const paths = ['/docs?document=control#/Clock/get_clock', '/docs#/Payments/create_one_time_payment_handler', '/docs#/Brands/list_brands_handler']
  for (const path of paths) { // The second is deprecated. The third changes only the hash of the open page.
    await page.goto(new URL(path, page.url()).href)
    await page.locator(`.opblock[id$="${path.slice(path.lastIndexOf('/') + 1)}"] .responses-wrapper`).waitFor()
    await checkThemes(t, page, path)
  }
  await page.locator('.try-out__btn').first().click()
  await page.click('.execute')
  await page.locator('.download-contents').first().waitFor()
  await page.click('.btn.authorize')
  await page.locator('.close-modal[aria-label]').waitFor()
  await checkThemes(t, page, 'a call and the dialog for a key')
})

t.test('a page that does not exist, and the sign-in', { skip }, async t => {
  const { emulator } = startEmulator(t, { controlKey: 'secret', port: '0' })
  const { url } = await emulator.listen()
  const page = await open(t, `${url}/nowhere`, CHECKED)
  await checkThemes(t, page, 'a page that does not exist')
  await page.goto(`${url}/dashboard/payments`)
  await page.getByRole('button').first().waitFor()
  await checkThemes(t, page, 'the sign-in')
})
