/**
 * The script of the dashboard, as text. Every page works without it. It updates pages, copies texts, shows dialogs and advances
 * clocks. When the server announces a change, it fetches the current page and updates the elements marked `data-live`. Open,
 * edited, selected and focused elements keep their state.
 */
import { FORMS_SCRIPT } from './script-forms.js'

export const DASHBOARD_SCRIPT = `'use strict'
const root = document.documentElement
root.classList.add('js')

// Messages are shown once, not again after a reload or a live update.
const here = new URL(location.href)
if (here.searchParams.has('done')) {
  here.searchParams.delete('done')
  history.replaceState(null, '', here)
}
const current = document.querySelector('.sections [aria-current]')
const menu = document.getElementById('sections')
if (current !== null && menu.scrollHeight > menu.clientHeight) menu.scrollTop = current.offsetTop - menu.clientHeight / 2

// ---- Updating an element

/** Changes an element to match its new version, and keeps everything that is equal. */
function morph (old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName) return old.replaceWith(next)
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue
    return
  }
  if (old.matches('form[data-typed]')) return // a refused form keeps its values and errors
  if (old.matches('input, textarea, select') && isTouched(old)) return
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !isLocal(old, name)) old.removeAttribute(name)
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value && !isLocal(old, name)) old.setAttribute(name, value)
  }
  morphChildren(old, next)
}

/** Whether an attribute is state of this page, which the server does not know. */
const isLocal = (element, name) => name === 'open' && element.matches('details, dialog')

function isTouched (control) {
  if (control === document.activeElement) return true
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked
  if (control.tagName === 'SELECT') return [...control.options].some(option => option.selected !== option.defaultSelected)
  return control.value !== control.defaultValue
}

function morphChildren (old, next) {
  const kept = new Map([...old.children].filter(child => child.id !== '').map(child => [child.id, child]))
  const wanted = new Set([...next.children].map(child => child.id))
  let place = old.firstChild
  for (const child of [...next.childNodes]) {
    // Elements whose id is gone are removed, so that no row turns into another.
    while (place !== null && place.id && !wanted.has(place.id)) {
      const gone = place
      place = place.nextSibling
      gone.remove()
    }
    const known = child.id ? kept.get(child.id) : undefined
    if (known !== undefined) {
      if (known === place) place = place.nextSibling
      else old.insertBefore(known, place)
      morph(known, child)
    } else if (child.id || place === null || place.id) {
      const arrived = document.importNode(child, true)
      if (arrived.nodeType === Node.ELEMENT_NODE && arrived.id) arrived.classList.add('fresh')
      old.insertBefore(arrived, place)
    } else {
      const following = place.nextSibling
      morph(place, document.importNode(child, true))
      place = following
    }
  }
  while (place !== null) {
    const gone = place
    place = place.nextSibling
    gone.remove()
  }
}

// ---- Live updates

const { changes, version } = document.body.dataset
const liveState = document.getElementById('live-state')
const STATES = {
  starting: 'Connecting', live: 'Live: this page updates automatically',
  broken: 'Disconnected from the emulator; trying again', behind: 'This page could not be updated'
}
let shown = version
let latest = version
let isFetching = false
let restsUntil = 0
let rest
let source
let retry

function say (state) {
  if (liveState === null || liveState.dataset.state === state) return
  liveState.dataset.state = state
  liveState.title = STATES[state]
  liveState.firstElementChild.textContent = STATES[state]
}

const fetchPage = () => fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' })

/** Whether the visitor has to sign in again, or the object of this page was deleted. A reload then shows that page. */
function isOver ({ status }) {
  return status === 401 || (status === 404 && document.getElementById('not-found') === null)
}

/** Slow pages are fetched less often, so that they occupy the emulator for at most a fifth of the time. */
async function refresh () {
  if (isFetching || latest === shown || document.querySelector('dialog[open]') !== null) return
  clearTimeout(rest)
  const began = performance.now()
  if (began < restsUntil) {
    rest = setTimeout(refresh, restsUntil - began)
    return
  }
  isFetching = true
  const wanted = latest
  try {
    const response = await fetchPage()
    if (isOver(response)) return location.reload()
    if (response.status >= 500) return say('behind')
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    for (const next of page.querySelectorAll('[data-live][id]')) {
      const old = document.getElementById(next.id)
      if (old !== null) morph(old, next)
    }
    shown = wanted
    tick()
    say('live')
    document.dispatchEvent(new Event('live-update'))
  } catch {
    say('broken')
  } finally {
    isFetching = false
    restsUntil = performance.now() + 4 * (performance.now() - began)
  }
  if (latest !== shown) setTimeout(refresh, 100)
}

function listen () {
  clearTimeout(retry)
  if (changes === undefined || source !== undefined || document.hidden) return
  source = new EventSource(changes)
  source.onmessage = event => {
    latest = event.data
    say('live')
    refresh()
  }
  source.onerror = () => {
    const isRefused = source.readyState === EventSource.CLOSED
    stop()
    say('broken')
    retry = setTimeout(listen, 1000)
    if (isRefused) fetchPage().then(response => { if (isOver(response)) location.reload() }, () => {}) // unreachable: tries again
  }
}

function stop () {
  source?.close()
  source = undefined
}

// Browsers limit the connections to a host, so hidden pages close theirs.
document.addEventListener('visibilitychange', () => { document.hidden ? stop() : listen() })
addEventListener('pagehide', stop)
addEventListener('pageshow', listen)
listen()

// ---- Clocks

const two = number => String(number).padStart(2, '0')
const clock = () => document.querySelector('time[data-clock]')
let ahead = 0
let read = ''

function sandboxNow () {
  const element = clock()
  if (element === null) return Date.now()
  const at = Date.parse(element.dateTime)
  if (read !== element.dateTime) {
    read = element.dateTime
    ahead = at - Date.now()
  }
  return element.dataset.clock === 'frozen' ? at : Date.now() + ahead
}

const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]

function relative (at, now) {
  const seconds = Math.round((at - now) / 1000)
  const size = Math.abs(seconds)
  if (size < 2) return 'now'
  const [unit, length] = UNITS.find(([, length]) => size >= length)
  const count = Math.floor(size / length)
  const text = count + ' ' + unit + (count === 1 ? '' : 's')
  return seconds < 0 ? text + ' ago' : 'in ' + text
}

function put (element, text) {
  if (element.textContent !== text) element.textContent = text
}

function tick () {
  const now = sandboxNow()
  const date = new Date(now)
  for (const element of document.querySelectorAll('time[data-clock]')) {
    put(element, date.getUTCFullYear() + '-' + two(date.getUTCMonth() + 1) + '-' + two(date.getUTCDate()) + ' ' +
      two(date.getUTCHours()) + ':' + two(date.getUTCMinutes()) + ':' + two(date.getUTCSeconds()))
  }
  for (const time of document.querySelectorAll('time[data-ago]')) put(time, relative(Date.parse(time.dateTime), now))
}
setInterval(tick, 1000)
tick()

// ---- Copying

document.addEventListener('click', async event => {
  const button = event.target instanceof Element ? event.target.closest('[data-copy]') : null
  if (button === null) return
  await copy(button.dataset.copy)
  button.classList.add('copied')
  announce('Copied')
  setTimeout(() => { button.classList.remove('copied') }, 1500)
})

async function copy (text) {
  try {
    await navigator.clipboard.writeText(text)
  } catch { // the clipboard is only available with https or on localhost
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'visually-hidden'
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

const announcer = document.createElement('p')
announcer.className = 'visually-hidden'
announcer.setAttribute('role', 'status')
document.body.append(announcer)

function announce (text) {
  announcer.textContent = ''
  setTimeout(() => { announcer.textContent = text }, 50)
}

// ---- Confirmation dialogs

/** Returns the question of the dialog to its place. The browser reports a closed dialog late, when the next one may be open. */
let putBack = () => {}

function openDialog (details) {
  putBack()
  const question = details.querySelector('.question')
  const dialog = document.createElement('dialog')
  dialog.className = 'confirm-dialog'
  dialog.setAttribute('aria-label', question.getAttribute('aria-label'))
  dialog.append(question)
  dialog.addEventListener('click', event => {
    const isClosing = event.target === dialog || event.target.closest('[data-close]') !== null
    if (isClosing) dialog.close()
  })
  putBack = () => {
    putBack = () => {}
    details.append(question)
    dialog.remove()
  }
  dialog.addEventListener('close', () => {
    if (!dialog.isConnected) return
    putBack()
    details.querySelector('summary').focus()
    refresh()
  })
  document.body.append(dialog)
  dialog.showModal()
}

document.addEventListener('click', event => {
  const summary = event.target instanceof Element ? event.target.closest('.confirm > summary') : null
  if (summary === null) return
  event.preventDefault()
  openDialog(summary.parentElement)
})
for (const details of document.querySelectorAll('.confirm[open]')) {
  details.open = false
  if (document.getElementById('error-summary') === null) openDialog(details)
  else details.open = true
}
${FORMS_SCRIPT}`
