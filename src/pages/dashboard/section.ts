/**
 * A section of the dashboard, as a resource declares it. One object describes the link in the navigation, the pages, and what the
 * section adds to pages of others.
 */
import type { Fragment } from '../layout.js'
import type { SectionName } from './links.js'
import type { DashboardFile, DashboardPage, PageContext } from './page.js'

/**
 * The dashboard section of a resource, in `src/resources/<name>/dashboard.ts`, or in `dashboard/index.ts` where there are several
 * files. The resource adds it to its declaration (`export const disputes = { handlers, dashboard } satisfies Resource`), and
 * nothing else needs to know of it:
 *
 * ```ts
 * export const disputesSection: DashboardSection = {
 *   name: 'disputes',
 *   title: 'Disputes',
 *   icon: 'M12 4l8 15H4zM12 10v4M12 16.5h.01',
 *   position: 15,
 *   pages: {
 *     '/': { show: list },
 *     '/:id': { show: dispute, actions: { accept }, notes: { accepted: 'The dispute was accepted.' } }
 *   }
 * }
 *
 * async function list (page: PageContext): Promise<Shown> {
 *   const found = await listed(page, paging => page.operate('GET /disputes', { query: paging }))
 *   const rows = found.items.map(item => ({
 *     id: item.dispute_id,
 *     cells: [cellLink(pageOf(page, 'disputes', item.dispute_id), code(item.dispute_id)), statusTag(item.dispute_status)]
 *   }))
 *   const disputes = table('Disputes', [{ title: 'Dispute' }, { title: 'Status' }], rows)
 *   return { title: 'Disputes', content: html`!${heading('Disputes')}!${listCard(page, [], disputes, found, 'disputes')}` }
 * }
 *
 * async function accept (page: PageContext): Promise<Done> {
 *   await page.operate('POST /_emulator/disputes/{dispute_id}/accept', { path: { dispute_id: page.param('id') } })
 *   return { done: 'accepted' }
 * }
 * ```
 *
 * - A page reads and changes everything with `page.operate`, by the name of an operation, and so follows the rules of the API.
 *   When an action rejects with an ApiError, the page is shown again with what was typed and what is wrong with it.
 * - Pages are made of `parts.ts`, `lists.ts` and `fields.ts`. Links come from `pageOf`, redirects from `pathOf` (`links.ts`).
 * - What follows changes stands in an element with an id and `data-live`, such as `card(…, { live: true })`.
 * - A button or form for an action is shown when the resource's states allow it: `disputeStates.possible(dispute, context)`.
 * - Constants that the section names stand above it in the file; functions may stand below it.
 */
export interface DashboardSection {
  /** The name of the resource's store, from which the path of the section follows: `/dashboard/<name>`. */
  name: SectionName
  /** The link in the navigation. */
  title: string
  /** The sign beside the link: an SVG path in a square of 24, drawn with one stroke. */
  icon: string
  /** Sections are listed in ascending order. The overview has 0, the requests 90 and the controls 100. */
  position: number
  /** By their path below the section's: `/` is the list, `/new` a form, `/:id` one of its things, `/:id/edit` a form for it. */
  pages: Pages
  /** Downloads, by their path below the section's. */
  files?: Files
  /** What the section adds to the overview. */
  overview?: OverviewPart
  /** A card on the page of a subject that belongs to another resource; an empty text where the section has nothing to show. */
  related? (subject: Subject, page: PageContext): Promise<Fragment>
}

export type Pages = Readonly<Record<string, DashboardPage>>

export type Files = Readonly<Record<string, DashboardFile>>

/** What other resources may have something about: a customer or a product, by the filter that lists take for it. */
export type Subject = { customer_id: string } | { product_id: string }

/** A section's part of the overview. What a section leaves out is left out there. */
export interface OverviewPart {
  /** A button beside the heading. */
  action? (page: PageContext): Fragment
  /** Figures above the cards, as an element with `data-live`. */
  figures? (page: PageContext): Fragment
  /** A card in the main column. */
  card? (page: PageContext): Promise<Fragment>
  /** Environment variables that a program needs to be connected, and advice where they do not exist yet. */
  connection? (page: PageContext): Promise<Connection>
}

export interface Connection {
  /** Shown below the base URL and the API key. */
  content: Fragment
  /** Lines of NAME=value. */
  variables: readonly string[]
}
