/**
 * Pays on the hosted pages in a browser, as a customer does: a payment link, a checkout session, a static link, or a page in an
 * iframe. It uses only ids that the pages promise to keep.
 */

/** The parts of Playwright's Locator that are used here. */
export interface LocatorLike {
  count (): Promise<number>
  check (): Promise<void>
  click (): Promise<void>
  fill (value: string): Promise<void>
  inputValue (): Promise<string>
  isChecked (): Promise<boolean>
  isEditable (): Promise<boolean>
  isVisible (): Promise<boolean>
  innerText (): Promise<string>
  getAttribute (name: string): Promise<string | null>
  selectOption (value: string): Promise<unknown>
  waitFor (options?: { state?: 'attached' | 'visible' }): Promise<void>
  evaluate (script: string): Promise<unknown>
  first (): LocatorLike
}

/** A Page, a Frame or a FrameLocator of Playwright that shows a hosted page. */
export interface PageLike {
  locator (selector: string): LocatorLike
}

/** Values that the customer enters. Details that the page does not ask for are left out. */
export interface CardPayment {
  /** The number of a test card. Default: a card that succeeds. */
  card?: string | undefined
  /** Default `12/99`. */
  expiry?: string | undefined
  /** Default `123`. */
  cvc?: string | undefined
  /** On 3-D Secure: whether the customer approves. Default true. */
  approve?: boolean | undefined
  name?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  /** Two letters: `US`. */
  country?: string | undefined
  street?: string | undefined
  city?: string | undefined
  state?: string | undefined
  zipcode?: string | undefined
}

export interface CheckoutResult {
  /** `succeeded`, `failed` or `processing`, as the page shows it. */
  status: string
}

/** Details that are entered where the page asks for them and has no value yet. */
const DEFAULTS = {
  name: 'Test Customer',
  email: 'customer@example.com',
  street: '1 Main St',
  city: 'Springfield',
  state: 'IL',
  zipcode: '62701'
}

const TEXTS = ['name', 'email', 'phone', 'street', 'city', 'state', 'zipcode'] as const

/** On a page that is left, so that its successor can be recognized. */
const LEFT = 'data-left'

/** Elements that only the successor of a submitted page has. */
const NEXT = `html:not([${LEFT}]) :is(#status, [data-testid="challenge"], #error-summary, #pay)`

/** Submits at most: details, the payment, 3-D Secure. */
const STEPS_MAX = 4

/** Pays with a card. Resolves once the page shows the result, and rejects if the page refuses what was entered. */
export async function payOnPage (page: PageLike, payment: CardPayment = {}): Promise<CheckoutResult> {
  await page.locator(':is(#pay, #continue, #status)').first().waitFor()
  for (let step = 0; step < STEPS_MAX; step++) {
    if (await has(page, '#status')) return { status: await page.locator('#status').getAttribute('data-status') ?? '' }
    if (await has(page, '[data-testid="challenge"]')) await submit(page, payment.approve === false ? '#refuse' : '#approve')
    else if (step > 0 && await has(page, '#error-summary')) {
      const summary = page.locator('#error-summary')
      const status = await summary.getAttribute('data-status') // of a declined attempt, after which the form is shown again
      if (status !== null) return { status }
      throw new Error(`the checkout page refuses the payment: ${(await summary.innerText()).trim()}`)
    } else {
      await enterDetails(page, payment)
      await enterCard(page, payment)
      await submit(page, await has(page, '#continue') ? '#continue' : '#pay')
    }
  }
  throw new Error('the checkout page did not show a result')
}

async function has (page: PageLike, selector: string): Promise<boolean> {
  return await page.locator(selector).first().isVisible()
}

/** Clicks a button, and waits for the next page. */
async function submit (page: PageLike, selector: string): Promise<void> {
  await page.locator('html').evaluate(`element => element.setAttribute('${LEFT}', '')`)
  await page.locator(selector).click()
  await page.locator(NEXT).first().waitFor()
}

async function enterDetails (page: PageLike, payment: CardPayment): Promise<void> {
  const { country } = payment
  if (country !== undefined && await has(page, '#country')) await page.locator('#country').selectOption(country)
  for (const name of TEXTS) {
    const field = page.locator(`#${name}`)
    if (!await field.isVisible()) continue
    const given = payment[name]
    if (given !== undefined) await field.fill(given)
    else if (name !== 'phone' && await field.inputValue() === '') await field.fill(DEFAULTS[name])
  }
}

async function enterCard (page: PageLike, payment: CardPayment): Promise<void> {
  const { card = '4242424242424242', expiry = '12/99', cvc = '123' } = payment
  const method = page.locator('#method-card')
  if (await method.count() > 0 && !await method.isChecked()) await method.check()
  if (!await has(page, '#card-number')) return
  await page.locator('#card-number').fill(card)
  await page.locator('#card-expiry').fill(expiry)
  await page.locator('#card-cvc').fill(cvc)
}
