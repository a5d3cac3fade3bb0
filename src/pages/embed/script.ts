/**
 * The script of embedded checkout pages, as text. It reports events to the embedding page with the messages of Dodo Payments' own
 * checkout, and passes the options on to the following pages. It runs before the other scripts of the page. An iframe cannot
 * navigate the window around it, so redirects are reported to the embedding page.
 */
export const EMBED_SCRIPT = `'use strict'
{
  const { embed, embedBase, embedQuery, embedFrom, showTimer, manualRedirect } = document.documentElement.dataset
  const isFramed = window.parent !== window
  const RESIZE = '[dodo-iframe-resize]'
  // Only the embedding page gets these messages. Its origin is not known.
  const post = message => { if (isFramed) window.parent.postMessage(message, '*') }
  const tell = (type, message) => { post({ event_type: type, data: message === undefined ? {} : { message } }) }

  const details = document.getElementById('details')
  const payment = document.getElementById('payment-form')
  const isSingle = details !== null && document.getElementById('pay') !== null
  const step = isSingle ? 'single' : details !== null ? 'details' : payment !== null ? 'payment' : 'other'
  const next = step !== 'other' ? step : embedFrom === '' ? 'other' : 'payment'

  // Events of a page that opens.
  if (embedFrom === '') tell('checkout.opened')
  if (step !== 'other' && (embedFrom === '' || embedFrom === 'other')) tell('checkout.form_ready')
  const notice = document.querySelector('[data-notice]')
  const isOver = document.getElementById('expired') !== null
  const wereSent = (embedFrom === 'details' || embedFrom === 'single') && details === null && notice === null && !isOver
  if (wereSent) tell('checkout.customer_details_submitted')
  if ((step === 'payment' || isSingle) && embedFrom !== 'payment' && embedFrom !== 'single') tell('checkout.payment_page_opened')

  let latest = null
  function tellBreakdown () {
    const text = document.querySelector('[data-breakdown]')?.dataset.breakdown ?? null
    if (text === null || text === latest) return
    latest = text
    tell('checkout.breakdown', JSON.parse(text))
  }
  tellBreakdown()
  if (details !== null) new MutationObserver(tellBreakdown).observe(document.body, {
    attributes: true, attributeFilter: ['data-breakdown'], childList: true, subtree: true
  })

  const STATUSES = { succeeded: 'succeeded', processing: 'processing', failed: 'failed', cancelled: 'failed' }
  const status = STATUSES[document.querySelector('[data-status]')?.dataset.status]
  if (status !== undefined) tell('checkout.status', { status })
  if (isOver && showTimer === 'false') tell('checkout.link_expired')
  if (notice !== null) tell('checkout.error', [...notice.querySelectorAll('h1, h1 + p')].map(part => part.textContent).join('. '))

  document.querySelector('[data-focus]')?.focus()

  // Links and forms pass the options on.
  const isOurs = url => url.origin === location.origin && url.pathname.startsWith(embedBase + '/')
  function kept (url, from = next) {
    for (const [name, value] of new URLSearchParams(embedQuery)) url.searchParams.set(name, value)
    url.searchParams.set('from', from)
    return url.href
  }
  function leave (url) {
    if (!isFramed) return location.assign(url.href)
    tell(manualRedirect === 'true' ? 'checkout.redirect_requested' : 'checkout.redirect', { redirect_to: url.href })
  }
  for (const form of document.forms) form.setAttribute('action', kept(new URL(form.getAttribute('action'), location.href)))
  for (const link of document.querySelectorAll('a[href]:not([href^="#"])')) {
    const url = new URL(link.href)
    if (isOurs(url)) link.href = kept(url)
    else if (url.origin === location.origin) Object.assign(link, { target: '_blank', rel: 'noopener' })
    else {
      link.addEventListener('click', event => {
        event.preventDefault()
        leave(url)
      })
    }
  }
  const leaving = document.querySelector('[data-leave-url]')
  if (leaving !== null) {
    const url = new URL(leaving.dataset.leaveUrl, location.href)
    if (isOurs(url)) leaving.dataset.leaveUrl = kept(url)
    else {
      // While the embedding page decides, a payment that settles later is followed.
      const stay = leaving.querySelector('[data-stay]')
      if (status === 'processing' && manualRedirect === 'true' && stay !== null) {
        Object.assign(leaving.dataset, { leaveUrl: stay.href, leaveSeconds: '3' })
      } else delete leaving.dataset.leaveUrl
      for (const part of leaving.querySelectorAll('[data-countdown], [data-stay]')) part.remove()
      leave(url)
    }
  }

  document.addEventListener('submit', event => {
    const { id, name } = event.submitter ?? {}
    if ((id === 'pay' || name === 'express') && event.target.dataset.sent !== 'yes') tell('checkout.pay_button_clicked')
  })
  const closing = document.getElementById('close-checkout')
  closing?.addEventListener('click', () => { tell('checkout.closed') })
  // A key that closes a list or a dialog of the browser is not for the checkout.
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing) closing?.click()
  })

  // The server decides whether the checkout has expired, because its clock can be moved.
  const timer = document.getElementById('timer')
  if (timer !== null) {
    const end = performance.now() + Number(timer.dataset.expiresInMs)
    const shown = timer.querySelector('[data-left]')
    const digits = number => String(number).padStart(2, '0')
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000))
      shown.textContent = [left / 3600, left / 60 % 60, left % 60].map(part => digits(Math.floor(part))).join(':')
      if (left > 0) return
      clearInterval(ticking)
      location.replace(kept(new URL(location.href), 'payment'))
    }
    const ticking = setInterval(tick, 1000)
    tick()
  }

  if (embed === 'inline' && isFramed) {
    const tellSize = () => {
      const { height, width } = document.documentElement.getBoundingClientRect()
      post({ kind: RESIZE, type: 'size', height: Math.ceil(height), width: Math.ceil(width) })
    }
    window.addEventListener('message', event => {
      const { kind, type } = event.data ?? {}
      if (event.source !== window.parent || kind !== RESIZE) return
      if (type === 'parent-ping') post({ kind: RESIZE, type: 'child-ready' })
      if (type === 'parent-ping' || type === 'parent-ack') tellSize()
    })
    post({ kind: RESIZE, type: 'child-ready' })
    new ResizeObserver(tellSize).observe(document.documentElement)
  }
}
`
