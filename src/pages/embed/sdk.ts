/**
 * The script that opens a checkout in an iframe of a merchant's page, as text. It has the interface of `dodopayments-checkout`,
 * so that a page can load either. It takes the host of a checkout from its URL, and so works with an emulator on any origin. It
 * only accepts messages from its own iframe, and only redirects to http and https URLs.
 */
const BODY = `
const EVENTS = new Set(['opened', 'form_ready', 'payment_page_opened', 'customer_details_submitted', 'pay_button_clicked',
  'breakdown', 'status', 'redirect_requested', 'redirect', 'link_expired', 'error', 'closed', 'resize', 'keys_provided'
].map(name => 'checkout.' + name))
const RESIZE = '[dodo-iframe-resize]'
const PATH = /^(.*?)\\/(?:(?:overlay|inline)\\/)?(session\\/cks_[A-Za-z0-9_-]{21}|[A-Za-z0-9_-]{8})\\/?$/
const URL_MAX = 2048
const CLOSE_AFTER_MS = 100
const SILENCE_MS = 15000

/** The options of Initialize; null before. */
let config = null
/** The open checkout: { iframe, outer, origin, focused, timers }. */
let shown = null

const complain = text => new Error('DodoPayments: ' + text)

function webUrl (text, what) {
  if (typeof text !== 'string' || text === '') throw complain(what + ' must be a URL')
  if (text.length > URL_MAX) throw complain(what + ' is longer than ' + URL_MAX + ' characters')
  let url
  try {
    url = new URL(text)
  } catch {
    throw complain(what + ' is not a URL: ' + text)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw complain(what + ' must be an http or https URL')
  return url
}

function Initialize (given) {
  const { mode, displayType = 'overlay', linkType = 'session' } = given ?? {}
  if (mode !== 'test' && mode !== 'live') throw complain("mode must be 'test' or 'live'")
  if (displayType !== 'overlay' && displayType !== 'inline') throw complain("displayType must be 'overlay' or 'inline'")
  if (linkType !== 'session') throw complain("only linkType 'session' is supported: open with a checkoutUrl")
  if (config === null) window.addEventListener('message', receive)
  config = { ...given, displayType }
}

function buildUrl (checkoutUrl, displayType = 'overlay', options = {}) {
  const url = webUrl(checkoutUrl, 'checkoutUrl')
  const [, base, page] = PATH.exec(url.pathname) ?? []
  if (page === undefined) throw complain('checkoutUrl must end with /session/cks_... or with the 8 characters of a payment link')
  url.pathname = base + '/' + displayType + '/' + page
  for (const name of ['showTimer', 'showSecurityBadge', 'manualRedirect', 'payButtonText', 'fontSize', 'fontWeight']) {
    if (options[name] !== undefined) url.searchParams.set(name, String(options[name]))
  }
  const { light = {}, dark = {}, radius } = options.themeConfig ?? {}
  for (const [name, colour] of Object.entries(light)) if (colour) url.searchParams.set('theme_' + name, String(colour))
  for (const [name, colour] of Object.entries(dark)) if (colour) url.searchParams.set('theme_dark_' + name, String(colour))
  if (radius) url.searchParams.set('theme_radius', String(radius))
  return url.href
}

function open ({ checkoutUrl, elementId, options } = {}) {
  if (config === null) throw complain('call Initialize first')
  if (checkoutUrl === undefined) throw complain('give a checkoutUrl, such as the checkout_url of a checkout session')
  const { displayType } = config
  const url = buildUrl(checkoutUrl, displayType, options)
  const place = displayType === 'inline' ? document.getElementById(String(elementId)) : document.body
  if (place === null) throw complain('elementId must be the id of an element to put the checkout into, not ' + elementId)
  remove()
  const iframe = Object.assign(document.createElement('iframe'), { id: 'dodo-checkout-iframe', title: 'Checkout', src: url })
  iframe.setAttribute('allow', 'payment *; keyboard-map *')
  iframe.setAttribute('sandbox', 'allow-same-origin allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox')
  iframe.setAttribute('referrerpolicy', 'strict-origin-when-cross-origin')
  const focused = document.activeElement
  const outer = displayType === 'inline' ? iframe : layOver(iframe)
  place.append(outer)
  const opened = { iframe, outer, focused, origin: new URL(url).origin, displayType, silence: undefined }
  shown = opened
  if (displayType === 'inline') {
    iframe.style.cssText = 'display: block; width: 100%; height: 0; border: 0'
    opened.silence = setTimeout(() => { console.warn('DodoPayments: the checkout has not reported its size') }, SILENCE_MS)
  }
  iframe.addEventListener('load', () => {
    if (displayType === 'inline') answer(opened, 'parent-ping')
    else iframe.focus()
  })
}

function layOver (iframe) {
  const outer = Object.assign(document.createElement('div'), { id: 'dodo-checkout-outer-div' })
  const inner = Object.assign(document.createElement('div'), { id: 'dodo-checkout-inner-div' })
  outer.style.cssText = 'position: fixed; inset: 0; z-index: 6859456'
  inner.style.cssText = 'width: 100%; height: 100%'
  iframe.style.cssText = 'display: block; width: 100%; height: 100%; border: 0'
  inner.append(iframe)
  outer.append(inner)
  return outer
}

function answer ({ iframe, origin }, type) {
  iframe.contentWindow?.postMessage({ kind: RESIZE, type }, origin)
}

function receive ({ source, origin, data }) {
  if (shown === null || source !== shown.iframe.contentWindow || origin !== shown.origin) return
  if (typeof data !== 'object' || data === null) return
  if (data.kind === RESIZE) return resize(data)
  if (EVENTS.has(data.event_type)) happen(data.event_type, data.data)
}

function resize ({ type, height }) {
  clearTimeout(shown.silence)
  if (shown.displayType !== 'inline') return
  if (type === 'child-ready') answer(shown, 'parent-ack')
  if (type === 'size' && Number.isFinite(height) && height >= 0) shown.iframe.style.height = height + 'px'
}

function happen (type, data) {
  const from = shown
  report(type, data)
  if (type === 'checkout.closed') setTimeout(() => { if (shown === from) remove() }, CLOSE_AFTER_MS)
  if (type !== 'checkout.redirect') return
  try {
    location.href = webUrl(data?.message?.redirect_to, 'redirect_to').href
  } catch (error) {
    report('checkout.error', { message: error.message })
  }
}

function report (type, data) {
  try {
    config.onEvent?.({ event_type: type, data: { ...data, products: [], timestamp: Date.now() } })
  } catch (error) {
    console.error('DodoPayments: onEvent threw at ' + type, error)
  }
}

function remove () {
  if (shown === null) return
  const { outer, focused, silence } = shown
  clearTimeout(silence)
  shown = null
  outer.remove()
  if (focused instanceof HTMLElement) focused.focus()
}

function close () {
  if (shown === null) return
  remove()
  report('checkout.closed', { message: 'Closed by the page' })
}

const DodoPayments = { Initialize, Checkout: { open, close, isOpen: () => shown !== null, buildUrl } }
`

const NOTE = '// Part of dodo-emulator: replaces dodopayments-checkout in tests and development.\n'

/** For script tags, which get `DodoPaymentsCheckout.DodoPayments`, and for CommonJS. */
export const COMMON_SCRIPT = `${NOTE}(function (global) {
'use strict'
${BODY}
if (typeof module === 'object' && typeof exports === 'object') module.exports = { DodoPayments }
else global.DodoPaymentsCheckout = { DodoPayments }
})(globalThis)
`

/** For `import`. */
export const MODULE_SCRIPT = `${NOTE}${BODY}
export { DodoPayments }
`
