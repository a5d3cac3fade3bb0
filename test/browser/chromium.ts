/**
 * Chromium with an emulator to open, and the checks that every page must pass. Chromium is
 * Debian's package, preferably the headless shell, which takes half the work; CHROMIUM names another executable. Without
 * any, these tests are skipped, but in CI (CI is set) they fail.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContextOptions, type Frame, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { isThorough, isTried, skipVariant as skipUnlessThorough } from '../effort.js'
import { startEmulator, type TestEmulator } from '../helper.js'

const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const
const CHROMIUM = process.env['CHROMIUM'] ?? INSTALLED.find(existsSync) ?? INSTALLED[1]
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'
]
/** Generous, because machines are slow: a wait of this length is a defect. */
export const PATIENCE_MS = 60_000
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const PHONE = { width: 375, height: 720 }
export const DESKTOP = { width: 1280, height: 900 }

const isMissing = !existsSync(CHROMIUM)
const advice = `${CHROMIUM} is missing: install it (Debian: apt-get install chromium), or name another one in CHROMIUM`

/** For the options of every test that needs a browser. */
export const skip = isMissing && process.env['CI'] === undefined ? advice : false

/** For a test of a variant in the browser (test/effort.ts). */
export const skipVariant = skip !== false ? skip : skipUnlessThorough

export interface OpenOptions extends BrowserContextOptions {
  /** Prefixes of URLs that the page may request beside those of its own origin. */
  leadsTo?: string[]
  /** The only paths of OpenAPI documents that `/docs` receives. It needs seconds for a whole document. */
  operations?: string[]
}

export interface Surfer {
  started (): TestEmulator
  /** The base URL of the emulator. */
  origin (): Promise<string>
  /** Opens a path, or a URL of another server of the test, in a browser context of its own, without cookies and stored data. */
  open (test: Test, path: string, options?: OpenOptions): Promise<Page>
}

/** Launched by the first test of a file that needs it, and closed after the last one. */
let launched: Promise<Browser> | undefined

/** Pages of tests that have ended, by their options. A new context takes four times as long as another visit in the same one. */
const idle = new Map<string, Page[]>()
/** Pages that cannot be used again, because their time was stopped. */
const stopped = new WeakSet<Page>()
/** The events for which tests add listeners. */
const EVENTS = ['console', 'dialog', 'download', 'pageerror', 'popup', 'request', 'response'] as const
/** A page of the emulator without scripts, which is no call of the API. */
const QUIET_PATH = '/docs/start.js'

function launch (): Promise<Browser> {
  if (isMissing) throw new Error(advice)
  t.teardown(async () => {
    const browser = await launched
    launched = undefined
    idle.clear()
    await browser?.close()
  })
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: PATIENCE_MS })
}

/**
 * An emulator for the tests of a file, and the browser. A click waits until the navigation has started, not until the page is
 * complete. Elements that are read immediately, or that need the page's scripts, are therefore
 * looked up below `.js`, the class that the scripts add once they run, after the last line of the page.
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
    async open (test, path, { leadsTo = [], operations, ...options } = {}) {
      const home = await origin()
      const start = new URL(path, home)
      const homes = [`${home}/`, `${start.origin}/`, 'http://shop.example/', 'https://shop.example/', ...leadsTo]
      const key = JSON.stringify(options)
      const page = idle.get(key)?.pop() ?? await newPage(options)
      test.teardown(() => release(page, options, key, home))
      if (operations !== undefined) await shortenDocuments(page, operations)
      page.on('console', message => {
        if (message.type() === 'error' && /Content Security Policy/.test(message.text())) test.fail(message.text())
      })
      page.on('dialog', () => { test.fail('an injected script ran') })
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

async function newPage (options: BrowserContextOptions): Promise<Page> {
  const context = await (await (launched ??= launch())).newContext({ viewport: DESKTOP, ...options })
  context.setDefaultTimeout(PATIENCE_MS) // // also of tabs that a page opens
  return await context.newPage()
}

/** Keeps the page of a test that has ended for a later one with the same options, or closes it. */
async function release (page: Page, { viewport = DESKTOP, colorScheme = 'light', reducedMotion }: BrowserContextOptions, key: string, home: string): Promise<void> {
  const context = page.context()
  if (!await isCleaned()) return await context.close()
  idle.set(key, [...idle.get(key) ?? [], page])

  async function isCleaned (): Promise<boolean> {
    if (page.isClosed() || stopped.has(page) || new URL(page.url()).origin !== home) return false
    for (const event of EVENTS) page.removeAllListeners(event)
    await Promise.all([page.unrouteAll({ behavior: 'ignoreErrors' }), context.unrouteAll({ behavior: 'ignoreErrors' })])
    try {
      await page.goto(new URL(QUIET_PATH, home).href)
      await page.evaluate('localStorage.clear(); sessionStorage.clear()')
    } catch {
      return false // // for example, the emulator has closed
    }
    await Promise.all(context.pages().filter(other => other !== page).map(other => other.close()))
    await context.clearCookies()
    if (viewport !== null) await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: reducedMotion ?? null })
    return true
  }
}

async function shortenDocuments (page: Page, kept: readonly string[]): Promise<void> {
  await page.route('**/openapi.json', async route => {
    const response = await route.fetch()
    const { paths, ...document } = await response.json() as { paths: Record<string, object> }
    await route.fulfill({ response, json: { ...document, paths: Object.fromEntries(kept.flatMap(path => path in paths ? [[path, paths[path]]] : [])) } })
  })
}

/** Stops the time of the page and of those it leads to. Only `page.clock.runFor()` moves it. */
export async function stopTime (page: Page): Promise<void> {
  stopped.add(page)
  const now = Date.now()
  await page.clock.install({ time: now })
  await page.clock.pauseAt(now + 60_000)
}

/**
 * The rules of axe-core that depend on colours and sizes. The same elements in another theme or on another screen need only
 * these; all rules together take two to three times as long.
 */
const CHANGING = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable']

interface Violation { id: string, nodes: Array<{ target: string[], failureSummary: string }> }

/** Options of `open` for a page to be checked: axe is injected, which the page's policy would not allow, and colours change at once. */
export const CHECKED: OpenOptions = { bypassCSP: true, reducedMotion: 'reduce' }

interface View {
  theme: 'light' | 'dark'
  viewport: typeof PHONE
  /** The rules of axe-core that can find something in this view, but not in the others; all by default. */
  rules?: readonly string[]
}

const LIGHT: View = { theme: 'light', viewport: DESKTOP }
const VIEWS: readonly View[] = [LIGHT, { theme: 'dark', viewport: PHONE, rules: CHANGING }]
const THEMES: readonly View[] = [LIGHT, { theme: 'dark', viewport: DESKTOP, rules: CHANGING }]
const EVERYWHERE: readonly View[] = [
  { theme: 'dark', viewport: PHONE, rules: CHANGING }, { theme: 'light', viewport: PHONE }, LIGHT
]

/** Opens a page of the dashboard and checks it in light on a wide screen, and in dark on a phone. */
export async function checkDashboardPage (test: Test, page: Page, path: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(DESKTOP)
  await page.goto(new URL(`/dashboard/${path}`, page.url()).href)
  await checkViews(test, page, path)
}

/** Checks the page that is open in light on a wide screen, and in dark on a phone. Leaves it dark and narrow. */
export async function checkViews (test: Test, page: Page, name: string): Promise<void> {
  await checkIn(VIEWS, test, page, name)
}

/** Checks a page in dark on a phone, and in light on a phone and on a wide screen. Leaves it light and wide. */
export async function checkEverywhere (test: Test, page: Page, name: string, content: Page | Frame = page): Promise<void> {
  await checkIn(EVERYWHERE, test, page, name, content)
}

/** Checks a page of a wide screen in both themes. Leaves it dark. */
export async function checkThemes (test: Test, page: Page, name: string): Promise<void> {
  await checkIn(THEMES, test, page, name)
}

/** Counts the pages that were checked, so that axe-core checks each in another view than the one before. */
let checked = 0

/** Checks a page in some views: that nothing overflows in any, and with axe-core in one of them or, in a thorough run, in all. */
async function checkIn (views: readonly View[], test: Test, page: Page, name: string, content: Page | Frame = page): Promise<void> {
  const row = checked++
  for (const [index, { theme, viewport, rules }] of views.entries()) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize(viewport)
    const view = `${name}, ${theme}, ${viewport.width} pixels wide`
    // A page that is checked in one view is checked with all rules.
    if (isTried(index, row, views.length)) await checkAxe(test, content, view, isThorough ? rules : undefined)
    const colour = await checkLayout(test, content, view)
    const folder = process.env['SCREENSHOTS']
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}-${theme}-${viewport.width}.png`, fullPage: true })
    if (colour === 'rgba(0, 0, 0, 0)') continue // // that of the browser's theme, as on /docs
    const [red = 0] = (colour.match(/\d+/g) ?? []).map(Number)
    test.equal(red < 100, theme === 'dark', `the background of ${name} is ${colour}`)
  }
}

/** axe-core finds nothing, and nothing overflows. The page was opened with CHECKED. */
export async function checkPage (test: Test, page: Page, name: string): Promise<void> {
  await checkAxe(test, page, name)
  await checkLayout(test, page, name)
}

interface Layout { wide: string[], cut: Array<string | null>, background: string }

/** Nothing overflows, and no table is cut. Returns the colour of the background. */
async function checkLayout (test: Test, page: Page | Frame, name: string): Promise<string> {
  const { wide, cut, background } = await page.evaluate<Layout>(`({
    wide: document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('*')]
      .filter(element => element.getBoundingClientRect().right > innerWidth)
      .map(({ tagName, id, className }) => [tagName, id, className].join(' ')),
    cut: [...document.querySelectorAll('.scroll')]
      .filter(table => table.checkVisibility() && table.scrollWidth > table.clientWidth + 1).map(table => table.getAttribute('aria-label')),
    background: getComputedStyle(document.body).backgroundColor
  })`)
  test.strictSame(wide, [], `nothing overflows ${name}`)
  test.strictSame(cut, [], `no table is cut on ${name}`)
  return background
}

async function checkAxe (test: Test, page: Page | Frame, name: string, rules?: readonly string[]): Promise<void> {
  if (!await page.evaluate<boolean>('"axe" in window')) await page.evaluate(AXE)
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) }
  const violations = await page.evaluate<Violation[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`)
  const found = violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`)])
  test.strictSame(found, [], `axe finds nothing on ${name}`)
}
