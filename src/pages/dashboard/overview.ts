/**
 * The overview: the state of the sandbox, as the sections show it, and how to connect a program. Automated tests can rely on the
 * ids connect, environment; data-testid base-url, api-key.
 */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import { ICONS } from './icons.js'
import type { PageContext, Shown } from './page.js'
import { card, copyField, heading, snippet } from './parts.js'
import type { DashboardSection, OverviewPart } from './section.js'

/** The overview, built from the parts that the sections declare, in the order of the navigation. */
export function overviewSection (sections: readonly DashboardSection[]): DashboardSection {
  const parts = sections.flatMap(({ overview }) => overview ?? [])
  const pages = { '/': { show: (page: PageContext) => overview(parts, page) } }
  return { name: 'overview', title: 'Overview', icon: ICONS.overview, position: 0, pages }
}

async function overview (parts: readonly OverviewPart[], page: PageContext): Promise<Shown> {
  const actions = parts.flatMap(part => part.action?.(page) ?? [])
  const cards = await Promise.all(parts.flatMap(part => part.card?.(page) ?? []))
  return {
    title: 'Overview',
    content: html`!${heading(`Sandbox ${page.context.sandbox.name}`, actions.join('\n'))}
!${parts.flatMap(part => part.figures?.(page) ?? []).join('\n')}
<div class="charts">!${parts.map(part => part.charts?.(page) ?? '').filter(charts => charts !== '').join('\n')}</div>
<div class="columns"><div>
!${cards.join('\n')}
</div><div>
!${card(await connection(parts, page), { id: 'connect', title: 'Connect your program' })}
</div></div>`
  }
}

async function connection (parts: readonly OverviewPart[], page: PageContext): Promise<Fragment> {
  const { base, apiKey, context: { baseUrl, sandbox } } = page
  const connections = await Promise.all(parts.flatMap(part => part.connection?.(page) ?? []))
  const lines = [
    `DODO_PAYMENTS_BASE_URL=${baseUrl}`,
    `DODO_PAYMENTS_API_KEY=${apiKey}`,
    ...connections.flatMap(({ variables }) => variables)
  ]
  return html`!${copyField('Base URL', baseUrl, 'base-url')}
!${copyField('API key', apiKey, 'api-key')}
!${connections.map(({ content }) => content).join('\n')}
<p class="quiet">As environment variables, which the official clients read:</p>
!${snippet(lines.join('\n'), { id: 'environment', label: 'Environment variables' })}
!${sandbox.prefix === ''
    ? ''
    : html`<p class="quiet">This base URL always selects the sandbox ${sandbox.name}, regardless of the API key.</p>`}
<p><a href="${base}/docs">API reference</a></p>`
}
