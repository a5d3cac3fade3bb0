/**
 * What tests in a real browser share: Chromium with an emulator to visit, and the checks that hold for every page. Chromium is
 * Debian's package, the one without windows if it is there, because it takes half the work; CHROMIUM names another one. Without
 * any, such tests are left out, but in CI (CI is set) they fail.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContextOptions, type Frame, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startEmulator, type TestEmulator } from '../helper.js'

const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const
const CHROMIUM = process.env['CHROMIUM'] ?? INSTALLED.find(existsSync) ?? INSTALLED[1]
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'
]
/** Generous, because machines are slow: what takes this long has met a defect. */
export const PATIENCE_MS = 60_000
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const PHONE = { width: 375, height: 720 }
export const DESKTOP = { width: 1280, height: 900 }

const isMissing = !existsSync(CHROMIUM)
const advice = `${CHROMIUM} is missing: install it (Debian: apt-get install chromium), or name another one in CHROMIUM`

/** For the options of every test that needs a browser. */
export const skip = isMissing && process.env['CI'] === undefined ? advice : false

export interface OpenOptions extends BrowserContextOptions {
  /** What addresses begin with that the page may ask besides where it is from. */
  leadsTo?: string[]
}

export interface Surfer {
  started (): TestEmulator
  /** Where it listens. */
  origin (): Promise<string>
  /** Opens a path, or a URL of another server of the test, in a browser of its own that has never been anywhere. */
  open (test: Test, path: string, options?: OpenOptions): Promise<Page>
}

/** Launched by the first test of a file that needs it, and closed after the last one. */
let launched: Promise<Browser> | undefined

function launch (): Promise<Browser> {
  if (isMissing) throw new Error(advice)
  t.teardown(async () => {
    const browser = await launched
    launched = undefined
    await browser?.close()
  })
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: PATIENCE_MS })
}

/**
 * An emulator for the tests of a file, and the browser. A click waits until the page that it
 * leads to has begun, not until all of it is there. What is read there at once, or does nothing without the page's scripts, is
 * therefore looked for below `.js`, the class that the scripts give to a page once they run, which is after its last line.
 */
export function surfer (): Surfer {
  let emulator: TestEmulator | undefined
  let listening: ReturnType<TestEmulator['emulator']['listen']> | undefined
  const started = () => {
    emulator ??= startEmulator(t, { port: '0' })
    return emulator
  }
  const origin = async () => {
    listening ??= started().emulator.listen()
    return (await listening).url
  }
  return {
    started,
    origin,
    async open (test, path, { leadsTo = [], ...options } = {}) {
      const home = await origin()
      const start = new URL(path, home)
      const homes = [`${home}/`, `${start.origin}/`, 'http://shop.example/', 'https://shop.example/', ...leadsTo]
      const context = await (await (launched ??= launch())).newContext({ viewport: DESKTOP, ...options })
      test.teardown(() => context.close())
      context.setDefaultTimeout(PATIENCE_MS) // of the tabs that a page opens, too
      const page = await context.newPage()
      page.on('console', message => {
        if (message.type() === 'error' && /Content Security Policy/.test(message.text())) test.fail(message.text())
      })
      page.on('dialog', () => { test.fail('a script of somebody else ran') })
      page.on('pageerror', error => { test.fail(error.message) })
      page.on('request', request => {
        const url = request.url()
        if (!homes.some(beginning => url.startsWith(beginning))) test.fail(`a request left the origin: ${url}`)
      })
      await page.goto(start.href)
      return page
    }
  }
}

/** From now on no time passes in the page, nor in those that it leads to, but what `page.clock.runFor()` lets pass. */
export async function stopTime (page: Page): Promise<void> {
  const now = Date.now()
  await page.clock.install({ time: now })
  await page.clock.pauseAt(now + 60_000)
}

interface Violation { id: string, impact: string, nodes: Array<{ target: string[], failureSummary: string }> }

/** For `open`, of a page that is to be checked: axe is put into it from outside, which its policy would not allow; colours change at once. */
export const CHECKED: OpenOptions = { bypassCSP: true, reducedMotion: 'reduce' }

/** Checks a page as it is, in light and in dark, on a wide screen and on a phone. Leaves it light and wide. */
export async function checkEverywhere (test: Test, page: Page, name: string, content: Page | Frame = page): Promise<void> {
  for (const [colorScheme, ground] of [['dark', 'a dark'], ['light', 'a light']] as const) {
    await page.emulateMedia({ colorScheme })
    for (const viewport of [PHONE, DESKTOP]) {
      await page.setViewportSize(viewport)
      await checkPage(test, content, `${name}, on ${ground} ground, ${viewport.width} pixels wide`)
      const folder = process.env['SCREENSHOTS']
      if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${viewport.width}.png`, fullPage: true })
    }
    const colour = await content.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const [red = 0] = (colour.match(/\d+/g) ?? []).map(Number)
    test.equal(red < 100, colorScheme === 'dark', `the ground of ${name} is ${colour}`)
  }
}

/** axe-core finds nothing serious, and nothing sticks out. The page was opened with CHECKED. */
export async function checkPage (test: Test, page: Page | Frame, name: string): Promise<void> {
  if (!await page.evaluate<boolean>('"axe" in window')) await page.evaluate(AXE)
  const violations = await page.evaluate<Violation[]>(
    'axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)')
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  test.strictSame(bad.map(({ id, nodes }) => [id, nodes.map(node => node.failureSummary)]), [], `axe finds nothing serious on ${name}`)
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  test.ok(overflow <= 0, `nothing sticks out of ${name}`)
}
