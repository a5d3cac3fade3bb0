/**
 * The script of the details page, as text. When a field that affects the price changes, it requests the page again and replaces
 * the elements marked `data-live`. Values typed meanwhile are kept. Card numbers and security codes are not sent. Without
 * scripts, the same buttons load the page.
 */
export const SESSION_SCRIPT = `'use strict'
const details = document.getElementById('details')
const DECIDING = /^(?:product_id|country|currency|tax_id|business_name|email|amount_\\d+|addon_.+)$/
let latest = 0

// Returns null if the request fails, for example while the page is being left. The price is calculated again on submission.
async function request (body) {
  try {
    const response = await fetch(details.getAttribute('action'), { method: 'POST', body, headers: { accept: 'text/html' } })
    return await response.text()
  } catch {
    return null
  }
}

async function reprice (action, focus) {
  const sequence = ++latest
  const data = new URLSearchParams()
  for (const [name, value] of new FormData(details)) {
    if (name !== 'number' && name !== 'cvc' && name !== 'action' && typeof value === 'string') data.append(name, value)
  }
  data.set('action', action)
  document.body.setAttribute('aria-busy', 'true')
  try {
    const answer = await request(data)
    if (answer === null || sequence !== latest || details.dataset.sent === 'yes') return
    const page = new DOMParser().parseFromString(answer, 'text/html')
    if (page.getElementById('details') === null) return location.reload()
    const isNewChoice = page.querySelector('input[name=chosen]')?.value !== details.elements.namedItem('chosen')?.value
    for (const fresh of page.querySelectorAll('[data-live]')) exchange(fresh, isNewChoice)
    const status = document.getElementById('live-status')
    const amount = document.querySelector('[data-testid="amount-due"]')
    if (status !== null && amount !== null) status.textContent = 'Total ' + amount.textContent
    if (focus !== undefined) document.getElementById(focus)?.focus()
  } finally {
    if (sequence === latest) document.body.removeAttribute('aria-busy')
  }
}

// The amount of another product is not kept.
function exchange (fresh, isNewChoice) {
  const old = document.getElementById(fresh.id)
  if (old === null || old.innerHTML === fresh.innerHTML) return
  const focused = old.contains(document.activeElement) ? document.activeElement.id : ''
  const kept = [...old.querySelectorAll('input[id], select[id]')]
    .filter(({ id }) => !/^(?:discount-code$|addon-)/.test(id) && !(isNewChoice && id.startsWith('amount-')))
  const arrived = document.importNode(fresh, true)
  for (const control of kept) {
    const next = arrived.querySelector('#' + CSS.escape(control.id))
    if (next === null || next.readOnly === true || next.tagName !== control.tagName) continue
    if (control.type === 'radio' || control.type === 'checkbox') next.checked = control.checked
    else if (next.tagName !== 'SELECT' || [...next.options].some(option => option.value === control.value)) {
      next.value = control.value
    }
  }
  for (const part of old.querySelectorAll('details[open][id]')) {
    arrived.querySelector('#' + CSS.escape(part.id))?.setAttribute('open', '')
  }
  old.replaceWith(arrived)
  if (focused !== '') document.getElementById(focused)?.focus()
}

if (details !== null) {
  document.addEventListener('change', event => {
    if (event.target.form === details && DECIDING.test(event.target.name)) reprice('reprice')
  })
  document.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button[name=action]') : null
    if (button === null || button.form !== details || !/^(?:reprice|(?:remove|more|fewer):.+)$/s.test(button.value)) return
    event.preventDefault()
    reprice(button.value, /^(?:more|fewer):/.test(button.value) ? button.id : 'discount-code')
  })
  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.target.id !== 'discount-code') return
    event.preventDefault()
    reprice('reprice', 'discount-code')
  })
}
`
