/**
 * The script of the hosted pages, as text. Every page works without it. It fills in test cards, groups the digits of a card
 * number, prevents a double click from sending a form twice, and redirects from the status page unless the visitor stops it.
 */
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
  const message = field('card-filled')
  if (message !== null) message.textContent = 'Filled in ' + button.dataset.label
  const pay = field('pay')
  if (pay !== null) pay.focus()
})

document.addEventListener('click', event => {
  const button = event.target instanceof Element ? event.target.closest('[data-fill-upi]') : null
  if (button !== null) fill(field('upi-id'), button.dataset.fillUpi)
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
  const timer = setInterval(() => {
    left -= 1
    if (seconds !== null) seconds.textContent = left === 1 ? '1 second' : Math.max(left, 0) + ' seconds'
    if (left > 0) return
    clearInterval(timer)
    location.assign(leaving.dataset.leaveUrl)
  }, 1000)
  const stay = leaving.querySelector('[data-stay]')
  if (stay !== null) {
    stay.addEventListener('click', () => {
      clearInterval(timer)
      leaving.querySelector('[data-countdown]').textContent = 'You stay on this page.'
      stay.hidden = true
    })
  }
}
`
