/**
 * The page with the results of the search in the header, by kind. Automated tests can rely on the ids search, results and
 * results-{kind}.
 */
import { html } from 'ghtml'
import { pageOf } from './links.js'
import type { Found } from './objects.js'
import type { PageContext, Shown } from './page.js'
import { card, code, empty, heading } from './parts.js'
import type { DashboardSection } from './section.js'

const TEXT_MAX = 200

export const searchSection: DashboardSection = {
  name: 'search',
  title: 'Search',
  icon: '',
  position: 110,
  isHidden: true,
  pages: { '/': { show: results } }
}

async function results (page: PageContext): Promise<Shown> {
  const text = (page.search.get('q') ?? '').trim().slice(0, TEXT_MAX)
  const found = text === '' ? [] : await page.find(text)
  const title = text === '' ? 'Search' : `Results for “${text}”`
  return {
    title,
    content: html`!${heading(title)}<div id="results" data-live class="results">!${found.length === 0
      ? card(nothing(text, page), { id: 'no-results', pad: false })
      : found.map(group)}</div>`
  }
}

function nothing (text: string, page: PageContext) {
  return text === ''
    ? empty('Search everything', html`<p>Enter the name or e-mail address of a customer, the name of a product, a code, or the id
of anything. Press <kbd>/</kbd> on any page to search.</p>`)
    : empty('No results', html`<p>Nothing in this sandbox has this id, name, e-mail address or code. Search the
<a href="${pageOf(page, 'requests')}">requests</a> by operation or error code.</p>`)
}

function group ({ kind, hits, hasMore }: Found) {
  const id = `results-${kind.toLowerCase().replaceAll(' ', '-')}`
  return card(html`<ul class="hits">!${hits.map(({ id, text, url }) =>
    html`<li id="hit-${id}"><a href="${url}"><span class="hit">${text}</span> !${code(id)}</a></li>`)}</ul>
!${hasMore ? html`<p class="pad quiet">There are more. Enter more of the name, or an id.</p>` : ''}`, {
    id, title: kind, pad: false
  })
}
