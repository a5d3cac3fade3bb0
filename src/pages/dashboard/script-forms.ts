/**
 * The part of the dashboard's script for the search and for forms, as text: the key of the search, double submissions, and values
 * of half-filled forms, which are kept while other pages are shown.
 */
export const FORMS_SCRIPT = `
// ---- Search

document.addEventListener('keydown', event => {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]') !== null
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
  const search = document.getElementById('search')
  if (search === null || document.querySelector('dialog[open]') !== null) return
  event.preventDefault()
  search.focus()
  search.select()
})
const asked = here.searchParams.get('q')
if (asked !== null && document.getElementById('results') !== null) document.getElementById('search').value = asked

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

// A chosen product brings the fields for its add-ons, from a template of the page.
document.addEventListener('change', ({ target }) => {
  const line = target.closest?.('[data-line]')
  if (line == null || !/(^|\\.)product_id$/.test(target.name)) return
  const fields = line.querySelector('.extras')
  if (fields === null) return
  const template = [...document.querySelectorAll('template[data-extras]')].find(({ dataset }) => dataset.extras === target.value)
  fields.replaceChildren(...template === undefined ? [] : template.content.firstElementChild.cloneNode(true).children)
  const path = line.dataset.line
  const id = path.replace(/[^A-Za-z0-9_]+/g, '-')
  for (const element of fields.querySelectorAll('[id], [for], [name]')) {
    for (const { name, value } of [...element.attributes]) {
      element.setAttribute(name, name === 'name' ? value.replace('LINE.', path) : value.replace('-LINE-', '-' + id))
    }
  }
})

// Values of a half-filled form are kept for this tab, until it is sent. A form with added lines is shown by the server: its
// address is kept too.
const DRAFTED = 'input:not([type=hidden], [type=password], [type=file]), textarea, select'
const draftKey = form => 'draft:' + location.pathname + ':' + form.id
const isSwitch = ({ type }) => type === 'checkbox' || type === 'radio'
const controlsOf = form => [...form.querySelectorAll(DRAFTED)]
const draftOf = form => JSON.stringify({
  form: here.searchParams.get('form'),
  values: controlsOf(form).map(control => [control.name, isSwitch(control) ? control.checked : control.value])
})

function fill (form, values) {
  const products = new Map(values.filter(([name]) => /(^|\\.)product_id$/.test(name)))
  for (const control of controlsOf(form)) {
    if (!products.has(control.name) || products.get(control.name) === control.value) continue
    control.value = products.get(control.name)
    control.dispatchEvent(new Event('change', { bubbles: true }))
  }
  const left = [...values]
  for (const control of controlsOf(form)) {
    const index = left.findIndex(([name]) => name === control.name)
    if (index === -1) continue
    const [[, value]] = left.splice(index, 1)
    if (isSwitch(control)) control.checked = value
    else control.value = value
  }
}

function noteDraft (form) {
  const note = document.createElement('p')
  note.className = 'note row draft-note'
  note.setAttribute('role', 'status')
  note.append('Your entries were kept. ')
  const discard = document.createElement('button')
  discard.type = 'button'
  discard.className = 'button bare'
  discard.textContent = 'Discard them'
  discard.addEventListener('click', () => {
    sessionStorage.removeItem(draftKey(form))
    here.searchParams.delete('form')
    location.replace(here)
  })
  note.append(discard)
  form.prepend(note)
}

/** Shows a kept form again, or keeps the form that the server shows. */
function restore (form, save) {
  const shown = here.searchParams.get('form')
  const kept = sessionStorage.getItem(draftKey(form))
  const draft = kept === null ? null : JSON.parse(kept)
  const hasReturned = sessionStorage.getItem('draft-returned') === draftKey(form)
  if (hasReturned) sessionStorage.removeItem('draft-returned')
  if (draft === null || (shown !== null && draft.form !== shown)) return form.hasAttribute('data-typed') && save()
  if (draft.form !== shown) {
    sessionStorage.setItem('draft-returned', draftKey(form))
    here.searchParams.set('form', draft.form)
    return location.replace(here)
  }
  const isChanged = kept !== draftOf(form)
  if (isChanged) fill(form, draft.values)
  if (isChanged || hasReturned) noteDraft(form)
}

for (const form of document.querySelectorAll('main form.stack[id]')) {
  if (controlsOf(form).length < 3) continue // short forms are quickly filled in again
  const save = () => { sessionStorage.setItem(draftKey(form), draftOf(form)) }
  restore(form, save)
  form.addEventListener('input', save)
  form.addEventListener('change', save)
  form.addEventListener('submit', () => { sessionStorage.removeItem(draftKey(form)) })
}
for (const select of document.querySelectorAll('.filters select')) {
  select.addEventListener('change', () => { select.form.requestSubmit() })
}
`
