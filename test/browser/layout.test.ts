/** The layout of the hosted pages on a small phone, and in languages that are written from right to left, in Chromium. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { paymentBody } from '../helper.js'
import { skip, surfer } from './chromium.js'

const { started, open } = surfer()

/** On the screen, from left to right: the places of the pieces of a text in an element. */
const placesOf = (page: Page, selector: string, pieces: readonly string[]) => page.evaluate<number[]>(`(() => {
  const nodes = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}), NodeFilter.SHOW_TEXT)
  const text = nodes.nextNode()
  return ${JSON.stringify(pieces)}.map(piece => {
    const range = document.createRange()
    const start = text.data.indexOf(piece)
    range.setStart(text, start)
    range.setEnd(text, start + piece.length)
    return range.getBoundingClientRect().left
  })
})()`)

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).first().boundingBox()
  if (box === null) throw new Error(`${selector} is not shown`)
  return { ...box, right: box.x + box.width, bottom: box.y + box.height }
}

t.test('is laid out on a small phone, and from right to left', { skip }, async t => {
  const discounted = [{ product_id: 'pdt_course', quantity: 1 }]
  const { payment_link: link } = await started().pay(paymentBody({ payment_link: true, product_cart: discounted }))
  const page = await open(t, new URL(link ?? '').pathname, { viewport: { width: 320, height: 700 }, locale: 'ar' })
  await page.locator('.js #card-number').waitFor()
  const [radio, name] = [await boxOf(page, '#method-card'), await boxOf(page, 'label[for="method-card"] .method-name')]
  t.ok(radio.x >= name.right, 'the name of a method is beside its button')
  await page.click('.unfold')
  for (const [selector, pieces] of [['.amount', ['US', '$']], ['.totals .minus dd', ['US', '$', '−', '9']]] as const) {
    const places = await placesOf(page, selector, pieces)
    t.strictSame(places, [...places].sort((one, other) => one - other), `${selector} reads ${pieces.join('')}`)
  }

  await page.goto(`${page.url()}?language=de`)
  await page.locator('html[lang=de] #card-number').waitFor()
  const [expiry, code] = [await boxOf(page, '#card-expiry'), await boxOf(page, '#card-cvc')]
  t.ok((await boxOf(page, 'label[for="card-expiry"]')).height > (await boxOf(page, 'label[for="card-cvc"]')).height, 'one label is longer')
  t.equal(expiry.y, code.y, 'fields side by side are in line')
  t.ok((await boxOf(page, '#language-picker summary')).height < 50, 'the language is on one line')
  await page.fill('#card-number', '4242 4242 4242 4242')
  const [needed = 0, room = 1] = await page.evaluate<number[]>('(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.getElementById(\'card-number\'))')
  t.ok(needed <= room, 'the number fits into its field')
})
