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

// Values of a half-filled form are kept for this tab, until it is sent or shown again by the server.
const DRAFTED = 'input:not([type=hidden], [type=password], [type=file]), textarea, select'
const draftKey = form => 'draft:' + location.pathname + ':' + form.id
const valuesOf = form => JSON.stringify([...form.querySelectorAll(DRAFTED)].map(control =>
  [control.name, control.type === 'checkbox' || control.type === 'radio' ? control.checked : control.value]))

function restore (form) {
  const kept = sessionStorage.getItem(draftKey(form))
  if (kept === null || kept === valuesOf(form)) return
  const values = JSON.parse(kept)
  const controls = [...form.querySelectorAll(DRAFTED)]
  const isSame = values.length === controls.length && values.every(([name], index) => name === controls[index].name)
  if (!isSame) return // the form has other fields by now
  values.forEach(([, value], index) => {
    if (typeof value === 'boolean') controls[index].checked = value
    else controls[index].value = value
  })
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
    form.reset()
    note.remove()
  })
  note.append(discard)
  form.prepend(note)
}

for (const form of document.querySelectorAll('main form.stack[id]')) {
  if (form.querySelectorAll(DRAFTED).length < 3) continue // short forms are quickly filled in again
  if (form.hasAttribute('data-typed')) sessionStorage.setItem(draftKey(form), valuesOf(form))
  else restore(form)
  form.addEventListener('input', () => { sessionStorage.setItem(draftKey(form), valuesOf(form)) })
  form.addEventListener('submit', () => { sessionStorage.removeItem(draftKey(form)) })
}
for (const select of document.querySelectorAll('.filters select')) {
  select.addEventListener('change', () => { select.form.requestSubmit() })
}
`
