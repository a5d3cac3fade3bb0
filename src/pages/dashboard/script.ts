/**
 * The script of the dashboard, as text: everything works without it. It follows what happens in the sandbox, copies, asks in
 * dialogs, lets clocks tick. When it hears that something has changed it fetches the page that is shown and brings the parts
 * marked `data-live` up to date, element by element: what is open, typed, selected or has the focus stays as it is.
 */
export const DASHBOARD_SCRIPT = `'use strict'
const root = document.documentElement
root.classList.add('js')

// Told once: a reload, and the live updates, shall not tell it again.
const here = new URL(location.href)
if (here.searchParams.has('done')) {
  here.searchParams.delete('done')
  history.replaceState(null, '', here)
}
const current = document.querySelector('.sections [aria-current]')
if (current !== null && innerWidth < 900) current.scrollIntoView({ block: 'nearest', inline: 'center' })

// ---- Bringing a part up to date

/** Makes an element what the server now says, and changes nothing that is the same. */
function morph (old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName) return old.replaceWith(next)
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue
    return
  }
  if (old.matches('form[data-typed]')) return // what was refused stays as it was typed, with what is wrong with it
  if (old.matches('input, textarea, select') && isTouched(old)) return
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !isOurs(old, name)) old.removeAttribute(name)
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value && !isOurs(old, name)) old.setAttribute(name, value)
  }
  morphChildren(old, next)
}

const isOurs = (element, name) => name === 'open' && element.matches('details, dialog')

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
    // Whatever has an id that is gone makes room, so that rows are not mistaken for one another.
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

// ---- Hearing of changes

const { changes, version } = document.body.dataset
const told = document.getElementById('live-state')
const STATES = {
  starting: 'Connecting', live: 'Live: this page follows what happens',
  broken: 'The connection to the emulator has broken off; trying again', behind: 'This page could not be brought up to date'
}
let shown = version
let heard = version
let isFetching = false
let restsUntil = 0
let rest
let source
let retry

function say (state) {
  if (told === null || told.dataset.state === state) return
  told.dataset.state = state
  told.title = STATES[state]
  told.firstElementChild.textContent = STATES[state]
}

const fetchPage = () => fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' })

/** Whether somebody has to sign in anew, or what is shown is gone: the page that says so takes the place of this one. */
function isOver ({ status }) {
  return status === 401 || (status === 404 && document.getElementById('not-found') === null)
}

/** A page that takes long is fetched less often, so that it keeps the emulator busy for a fifth of the time at most. */
async function refresh () {
  if (isFetching || heard === shown || document.querySelector('dialog[open]') !== null) return
  clearTimeout(rest)
  const began = performance.now()
  if (began < restsUntil) {
    rest = setTimeout(refresh, restsUntil - began)
    return
  }
  isFetching = true
  const wanted = heard
  try {
    const response = await fetchPage()
    if (isOver(response)) return location.reload()
    if (!response.ok) return say('behind')
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    for (const next of page.querySelectorAll('[data-live][id]')) {
      const old = document.getElementById(next.id)
      if (old !== null) morph(old, next)
    }
    shown = wanted
    tick()
    say('live')
    document.dispatchEvent(new Event('brought-up-to-date'))
  } catch {
    say('broken')
  } finally {
    isFetching = false
    restsUntil = performance.now() + 4 * (performance.now() - began)
  }
  if (heard !== shown) setTimeout(refresh, 100)
}

function listen () {
  clearTimeout(retry)
  if (changes === undefined || source !== undefined || document.hidden) return
  source = new EventSource(changes)
  source.onmessage = event => {
    heard = event.data
    say('live')
    refresh()
  }
  source.onerror = () => {
    const isRefused = source.readyState === EventSource.CLOSED
    stop()
    say('broken')
    retry = setTimeout(listen, 1000)
    if (isRefused) fetchPage().then(response => { if (isOver(response)) location.reload() }, () => {}) // not there: tried again
  }
}

function stop () {
  source?.close()
  source = undefined
}

// A browser allows few connections to one place: pages that nobody looks at give theirs back.
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
  } catch { // not allowed where the emulator is reached by http under another name than this computer's
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'unseen'
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

const announcer = document.createElement('p')
announcer.className = 'unseen'
announcer.setAttribute('role', 'status')
document.body.append(announcer)

function announce (text) {
  announcer.textContent = ''
  setTimeout(() => { announcer.textContent = text }, 50)
}

// ---- Asking before something is done

function ask (details) {
  const question = details.querySelector('.question')
  const dialog = document.createElement('dialog')
  dialog.className = 'asked'
  dialog.setAttribute('aria-label', question.getAttribute('aria-label'))
  dialog.append(question)
  dialog.addEventListener('click', event => {
    const isClosing = event.target === dialog || event.target.closest('[data-close]') !== null
    if (isClosing) dialog.close()
  })
  dialog.addEventListener('close', () => {
    details.append(question)
    dialog.remove()
    details.querySelector('summary').focus()
    refresh()
  })
  document.body.append(dialog)
  dialog.showModal()
}

document.addEventListener('click', event => {
  const summary = event.target instanceof Element ? event.target.closest('.asking > summary') : null
  if (summary === null) return
  event.preventDefault()
  ask(summary.parentElement)
})
for (const details of document.querySelectorAll('.asking[open]')) {
  details.open = false
  if (document.getElementById('error-summary') === null) ask(details)
  else details.open = true
}

// ---- Forms

document.addEventListener('submit', event => {
  const form = event.target
  if (form.method !== 'post') return
  if (form.dataset.sent === 'yes') return event.preventDefault()
  form.dataset.sent = 'yes'
  event.submitter?.setAttribute('aria-busy', 'true')
})
addEventListener('pageshow', event => {
  if (!event.persisted) return
  for (const form of document.forms) delete form.dataset.sent
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy')
})
for (const select of document.querySelectorAll('.filters select')) {
  select.addEventListener('change', () => { select.form.requestSubmit() })
}
`
