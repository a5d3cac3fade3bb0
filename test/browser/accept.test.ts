/** The page on which customers connect an account, in Chromium. */
import t from 'tap'
import { attach, buy, entitle, grantsOf } from '../resources/grant-calls.js'
import { CHECKED, checkEverywhere, skip, surfer } from './chromium.js'

const { started, open: openPage } = surfer()

/** The path of the accept page for a new grant of cus_ada. */
async function invited (): Promise<string> {
  const emulate = started()
  await emulate.call('PATCH', '/_emulator/settings', { body: { 'grants.oauth_url': 'at_creation' } })
  await attach(emulate, 'pdt_ebook', (await entitle(emulate, 'github')).id)
  await buy(emulate, { pdt_ebook: 1 })
  return new URL((await grantsOf(emulate)).at(-1)?.oauth_url ?? '').pathname
}

t.test('a customer refuses, and accepts later, with and without scripts', { skip }, async t => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await openPage(t, await invited(), { javaScriptEnabled })
    await page.click('#refuse')
    await page.locator('#try-again').click()
    await page.fill('#account', '')
    await page.focus('#accept')
    await page.keyboard.press('Enter')
    await page.locator('#account[aria-invalid="true"]').waitFor()
    await page.fill('#account', 'ada')
    await page.click('#language-picker summary')
    await page.click('#language-de')
    await page.locator('html[lang=de] #account').waitFor()
    t.equal(await page.inputValue('#account'), 'ada', 'another language keeps it')
    await page.focus('#account')
    await page.keyboard.press('Enter')
    await page.locator('#accept-page[data-status="Delivered"]').waitFor()
    t.match((await grantsOf(started())).at(-1), { status: 'Delivered' })
  }
})

t.test('is accessible and does not overflow', { skip }, async t => {
  const page = await openPage(t, await invited(), CHECKED)
  await page.locator('.js #accept').waitFor()
  await checkEverywhere(t, page, 'accept')
  await page.click('#fail')
  await page.locator('#try-again').waitFor()
  await checkEverywhere(t, page, 'accept-failed')
})
