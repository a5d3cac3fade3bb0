/**
 * The script of the hosted pages, as text. Every page works without it. It fills in test cards, groups the digits of a card
 * number, shows its brand, checks a field when the customer leaves it, prevents a double click from sending a form twice, and
 * redirects from the status page.
 */
import { CARD_BRANDS } from './checkout/brands.js'

export const SCRIPT = `'use strict'
document.documentElement.classList.add('js')

const field = id => document.getElementById(id)

function fill (input, value) {
  if (input === null) return
  input.value = value
  input.removeAttribute('aria-invalid')
}

document.addEventListener('click', event => {
  const button = event.target instanceof Element ? event.target.closest('[data-fill-card]') : null
  if (button === null) return
  fill(field('card-number'), group(button.dataset.fillCard))
  fill(field('card-expiry'), button.dataset.expiry)
  fill(field('card-cvc'), '123')
  const name = field('card-name')
  if (name !== null && name.value === '') name.value = 'Test Customer'
  const choice = field('method-card')
  if (choice !== null) choice.checked = true
  showBrand()
  for (const id of ['card-number', 'card-expiry', 'card-cvc']) recheck(field(id))
  const message = field('card-filled')
  if (message !== null) message.textContent = button.dataset.filled
  const pay = field('pay')
  if (pay !== null) pay.focus()
})

document.addEventListener('click', event => {
  const button = event.target instanceof Element ? event.target.closest('[data-fill-upi]') : null
  if (button === null) return
  fill(field('upi-id'), button.dataset.fillUpi)
  const choice = field('method-upi')
  if (choice !== null) choice.checked = true
})

function group (text) {
  return text.replace(/\\D/g, '').slice(0, 19).replace(/(\\d{4})(?=\\d)/g, '$1 ')
}

document.addEventListener('input', event => {
  const input = event.target
  if (!(input instanceof HTMLInputElement) || input.selectionStart !== input.value.length) return
  const isDeleting = event.inputType !== undefined && event.inputType.startsWith('delete')
  if (isDeleting) return
  if (input.id === 'card-number' && /^[\\d\\s-]*$/.test(input.value)) input.value = group(input.value)
  if (input.id === 'card-expiry' && /^\\d{2}$/.test(input.value)) input.value += '/'
})

const BRANDS = [${Object.entries(CARD_BRANDS).map(([brand, start]) => `['${brand}', ${String(start)}]`).join(', ')}]

// The brand of the number appears while it is typed.
function showBrand () {
  const mark = field('card-brands')
  if (mark === null) return
  const digits = field('card-number').value.replace(/\\D/g, '')
  mark.dataset.brand = digits === '' ? 'all' : BRANDS.find(([, start]) => start.test(digits))?.[0] ?? 'none'
}
document.addEventListener('input', event => { if (event.target.id === 'card-number') showBrand() })
document.addEventListener('updated', () => {
  showBrand()
  for (const id of checked) recheck(field(id))
})

function isLuhn (digits) {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = place % 2 === 0 ? Number(digit) : Number(digit) * 2
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return digits.length >= 12 && sum % 10 === 0
}

// Each returns the message about a wrong value, or null. The server checks all fields again.
const CHECKS = {
  card: ({ value, dataset }) => isLuhn(value.replace(/[\\s-]/g, '')) ? null : dataset.problem,
  cvc: ({ value, dataset }) => /^\\d{3}$/.test(value.trim()) ? null : dataset.problem,
  email: ({ value, dataset }) => /^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$/.test(value.trim()) ? null : dataset.problem,
  present: ({ value, dataset }) => value.trim() === '' ? dataset.problem : null,
  expiry ({ value, dataset }) {
    const [, month, year] = /^(\\d{1,2})\\s*[/-]?\\s*(\\d{4}|\\d{2})$/.exec(value.trim()) ?? []
    if (month === undefined || month < 1 || month > 12) return dataset.problem
    const end = Date.UTC(year.length === 2 ? 2000 + Number(year) : Number(year), Number(month))
    return end <= Number(dataset.now) ? dataset.expired : null
  }
}

/** The ids of the fields that have been checked. */
const checked = new Set()
/** The ids of the fields that the customer has changed. */
const changed = new Set()

function recheck (input) {
  if (input === null || input.dataset.check === undefined) return
  const problem = CHECKS[input.dataset.check](input)
  const id = input.id + '-problem'
  const shown = field(id)
  if (problem === null) {
    shown?.remove()
    input.removeAttribute('aria-invalid')
  } else {
    const message = shown ?? Object.assign(document.createElement('p'), { id, className: 'problem' })
    if (message.textContent !== problem) message.textContent = problem
    if (shown === null) input.closest('.field').append(message)
    input.setAttribute('aria-invalid', 'true')
  }
  const described = new Set((input.getAttribute('aria-describedby') ?? '').split(' ').filter(name => name !== '' && name !== id))
  if (problem !== null) described.add(id)
  if (described.size === 0) input.removeAttribute('aria-describedby')
  else input.setAttribute('aria-describedby', [...described].join(' '))
}

// A field is checked when the customer leaves it after a change. A problem goes as soon as it is solved.
document.addEventListener('focusout', event => {
  const { id } = event.target
  if (!changed.has(id)) return
  checked.add(id)
  recheck(event.target)
})
document.addEventListener('input', event => {
  changed.add(event.target.id)
  if (event.target.getAttribute('aria-invalid') === 'true') recheck(event.target)
})

// The test helpers stay folded away on the following pages.
const helpers = field('test-helpers')
try {
  if (helpers !== null && localStorage.getItem('test-helpers') === 'folded') helpers.open = false
} catch {} // in an iframe, the browser may refuse the storage
document.addEventListener('toggle', event => {
  if (event.target.id !== 'test-helpers') return
  try {
    localStorage.setItem('test-helpers', event.target.open ? 'open' : 'folded')
  } catch {}
}, true)

document.addEventListener('submit', event => {
  const form = event.target
  if (form.dataset.sent === 'yes') return event.preventDefault()
  form.dataset.sent = 'yes'
  const button = event.submitter
  if (button !== null && button.dataset.busy !== undefined) {
    button.dataset.idle = button.textContent
    button.textContent = button.dataset.busy
    button.setAttribute('aria-busy', 'true')
  }
})

// A page restored by the browser's back button can be sent again. The server makes sure that nothing is paid twice.
window.addEventListener('pageshow', event => {
  if (!event.persisted) return
  for (const form of document.forms) delete form.dataset.sent
  for (const button of document.querySelectorAll('[aria-busy]')) {
    button.removeAttribute('aria-busy')
    button.textContent = button.dataset.idle
  }
})

const leaving = document.querySelector('[data-leave-url]')
if (leaving !== null) {
  let left = Number(leaving.dataset.leaveSeconds)
  const seconds = leaving.querySelector('[data-seconds]')
  const texts = JSON.parse(seconds?.dataset.seconds || '[]')
  const timer = setInterval(() => {
    left -= 1
    if (seconds !== null) seconds.textContent = texts[Math.max(left, 0)] ?? ''
    if (left > 0) return
    clearInterval(timer)
    location.assign(leaving.dataset.leaveUrl)
  }, 1000)
}
`
