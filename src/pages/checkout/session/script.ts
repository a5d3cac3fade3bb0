/**
 * The script of the details page, as text. When a field that affects the price changes, it requests the page again and brings the
 * elements marked `data-live` up to date. Requests run one after another, each with the values at the time it is sent. Fields are
 * never replaced, and a value that has changed since the request is kept. Card numbers and security codes are not sent. Without
 * scripts, the same buttons load the page.
 */

/** The header of a request for prices. Its reply is the page, without a redirect. */
export const PRICE_REQUEST = 'x-price-request'

export const SESSION_SCRIPT = `'use strict'
const details = document.getElementById('details')
const DECIDING = /^(?:product_id|country|currency|tax_id|business_name|email|amount_\\d+|addon_.+)$/
const CONTROLS = 'input, select, textarea'
/** Attributes with the state of the page, which belong to the customer and to other scripts. */
const OWN_STATE = new Set(['open', 'value', 'checked', 'selected', 'autofocus', 'data-brand'])

const queue = []
let isBusy = false
/** A select that had the focus when its options changed. It is updated when it loses the focus. */
let isStale = false
/** The code that was refused last. It is sent with every request while it stays in its field, so that the reason stays, too. */
let refusedCode = null

/** Requests the page with an action. focus is the id of the element to focus if the focused one is gone or was pressed. */
function ask (action, { withCode = false, pressed = null, focus = null } = {}) {
  const isPlain = action === 'reprice' && !withCode
  if (isPlain && queue.some(waiting => waiting.isPlain)) return
  queue.push({ action, withCode, pressed, focus, isPlain })
  if (!isBusy) work()
}

async function work () {
  isBusy = true
  document.body.setAttribute('aria-busy', 'true')
  while (queue.length > 0) {
    const { action, pressed, focus, ...next } = queue.shift()
    const withCode = next.withCode || (refusedCode !== null && document.getElementById('discount-code')?.value === refusedCode)
    const sent = new Map([...details.elements].map(control => [control.id, stateOf(control)]))
    for (const id of withCode ? ['card-number', 'card-cvc'] : ['card-number', 'card-cvc', 'discount-code']) sent.delete(id)
    const page = await request(action, withCode)
    if (details.dataset.sent === 'yes') break
    if (page === null) continue
    if (page.getElementById('details') === null) return location.reload()
    const answered = page.getElementById('discount-code')
    refusedCode = answered?.getAttribute('aria-invalid') === 'true' ? answered.value : null
    update(page, sent)
    const { activeElement } = document
    if (focus !== null && (activeElement === document.body || activeElement === pressed)) document.getElementById(focus)?.focus()
  }
  isBusy = false
  document.body.removeAttribute('aria-busy')
}

// Returns null if the request fails, for example while the page is being left. The price is calculated again on submission.
async function request (action, withCode) {
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(details)) {
    const isLeftOut = name === 'number' || name === 'cvc' || name === 'action' || (name === 'code' && !withCode)
    if (!isLeftOut && typeof value === 'string') body.append(name, value)
  }
  body.set('action', action)
  try {
    const response = await fetch(details.getAttribute('action'), {
      method: 'POST', body, headers: { accept: 'text/html', '${PRICE_REQUEST}': 'yes' }
    })
    return new DOMParser().parseFromString(await response.text(), 'text/html')
  } catch {
    return null
  }
}

function stateOf (control) {
  return control.type === 'radio' || control.type === 'checkbox' ? control.checked : control.value
}

function update (page, sent) {
  const isNewChoice = page.querySelector('input[name=chosen]')?.value !== details.elements.namedItem('chosen')?.value
  for (const fresh of page.querySelectorAll('[data-live]')) {
    const old = document.getElementById(fresh.id)
    if (old !== null) patch(old, fresh, { sent, isNewChoice })
  }
  const status = document.getElementById('live-status')
  const amount = document.querySelector('[data-testid="amount-due"]')
  const text = amount === null ? '' : status?.dataset.total.replace('{amount}', amount.textContent)
  if (status !== null && status.textContent !== text) status.textContent = text
  document.dispatchEvent(new Event('updated'))
}

/** Makes an element like another one, without replacing elements that both have. */
function patch (old, fresh, change) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data
    return
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OWN_STATE.has(name)) old.removeAttribute(name)
  for (const { name, value } of [...fresh.attributes]) {
    if (!OWN_STATE.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
  if (old.tagName === 'DETAILS' && fresh.open) old.open = true
  if (old.tagName === 'SELECT') patchOptions(old, fresh)
  else patchChildren(old, fresh, change)
  if (old.matches(CONTROLS)) setState(old, fresh, change)
}

function patchChildren (old, fresh, change) {
  let next = old.firstChild
  for (const wanted of [...fresh.childNodes]) {
    const match = matching(next, wanted)
    if (match === null) {
      const added = document.importNode(wanted, true)
      old.insertBefore(added, next)
      if (added.nodeType === Node.ELEMENT_NODE) added.removeAttribute('autofocus')
      continue
    }
    while (next !== match) {
      const gone = next
      next = gone.nextSibling
      gone.remove()
    }
    next = match.nextSibling
    patch(match, wanted, change)
  }
  while (next !== null) {
    const gone = next
    next = gone.nextSibling
    gone.remove()
  }
}

/** The sibling from next on that stands for the same part of the page, or null. */
function matching (next, wanted) {
  const ids = idsOf(wanted)
  if (ids.length === 0) return next !== null && next.nodeName === wanted.nodeName && idsOf(next).length === 0 ? next : null
  let found = next
  const isSame = node => node.nodeName === wanted.nodeName && idsOf(node).some(id => ids.includes(id))
  while (found !== null && !isSame(found)) found = found.nextSibling
  return found
}

/** The id of an element, or those of the controls in it. Elements that share a control stand for the same part. */
function idsOf (node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return []
  return node.id ? [node.id] : [...node.querySelectorAll('input[id], select[id], textarea[id], button[id]')].map(({ id }) => id)
}

function patchOptions (old, fresh) {
  const textOf = ({ options }) => JSON.stringify([...options].map(({ value, text }) => [value, text]))
  if (textOf(old) === textOf(fresh)) return
  if (old === document.activeElement) {
    isStale = true
    return
  }
  const { value } = old
  old.replaceChildren(...[...fresh.options].map(option => new Option(option.text, option.value)))
  old.value = [...old.options].some(option => option.value === value) ? value : fresh.value
}

/** Takes over the state of a control, unless it has changed since the request. */
function setState (control, fresh, { sent, isNewChoice }) {
  if (control.type === 'hidden') control.value = fresh.value
  const isNew = isNewChoice && control.id.startsWith('amount-')
  const state = stateOf(fresh)
  if (state === stateOf(control) || (!isNew && sent.get(control.id) !== stateOf(control))) return
  if (typeof state === 'boolean') control.checked = state
  else if (control.tagName !== 'SELECT' || [...control.options].some(option => option.value === state)) control.value = state
}

if (details !== null) {
  document.addEventListener('change', event => {
    if (event.target.form === details && DECIDING.test(event.target.name)) ask('reprice')
  })
  document.addEventListener('focusout', event => {
    if (!isStale || event.target.tagName !== 'SELECT') return
    isStale = false
    ask('reprice')
  })
  document.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button[name=action]') : null
    if (button === null || button.form !== details || !/^(?:reprice|(?:remove|more|fewer):.+)$/s.test(button.value)) return
    event.preventDefault()
    const isStep = /^(?:more|fewer):/.test(button.value)
    const focus = isStep ? button.id : 'discount-code'
    ask(button.value, { withCode: button.id === 'apply-code', pressed: isStep ? null : button, focus })
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.target.id !== 'discount-code') return
    event.preventDefault()
    ask('reprice', { withCode: true, focus: 'discount-code' })
  })
}
`
