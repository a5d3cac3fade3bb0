/**
 * The declaration of a dashboard section by a resource. One object describes the link in the navigation, the pages, and the cards
 * that the section adds to pages of other sections.
 */
import type { Fragment } from '../layout.js'
import type { SectionName } from './links.js'
import type { Objects } from './objects.js'
import type { DashboardFile, DashboardIframe, DashboardPage, PageContext } from './page.js'

/**
 * The dashboard section of a resource, in `src/resources/<name>/dashboard.ts`, or in `dashboard/index.ts` if there are several
 * files. `src/resources/dashboards.ts` lists it. No other file needs a change:
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
 *   When an action rejects with an ApiError, the page is shown again with the submitted values and their errors.
 * - Pages are built with `parts.ts`, `lists.ts` and `fields.ts`. Links come from `pageOf`, redirects from `pathOf` (`links.ts`).
 * - Content that updates itself is in an element with an id and `data-live`, such as `card(…, { live: true })`.
 * - A button or form for an action is shown when the resource's states allow it: `disputeStates.possible(dispute, context)`.
 * - Constants that the section uses are declared above it in the file; functions may be declared below it.
 */
export interface DashboardSection {
  /** The name of the resource's store. The path of the section is `/dashboard/<name>`. */
  name: SectionName
  /** The link in the navigation. */
  title: string
  /** The icon beside the link: an SVG path in a square of 24 units, drawn as a stroke. */
  icon: string
  /** Sections are listed in ascending order. The overview has 0, the requests 90 and the controls 100. */
  position: number
  /** Whether the navigation leaves it out. */
  isHidden?: boolean
  /** Pages by path below the section's: `/` is the list, `/new` a form, `/:id` one object, `/:id/edit` the form to edit it. */
  pages: Pages
  /** Downloads by path below the section's. */
  files?: Files
  /** HTML documents for sandboxed iframes, by path below the section's. */
  iframes?: Iframes
  /** The kinds of objects with a page, for links to their ids and for the search in the header. */
  objects?: readonly Objects[]
  /** Additions to the overview. */
  overview?: OverviewPart
  /** A card on the page of another object; empty if the section has nothing to show about it. */
  related? (subject: Subject, page: PageContext): Promise<Fragment>
}

export type Pages = Readonly<Record<string, DashboardPage>>

export type Iframes = Readonly<Record<string, DashboardIframe>>

export type Files = Readonly<Record<string, DashboardFile>>

/** An object that other resources can show a card about, by the filter that their lists take for it. */
export type Subject =
  { customer_id: string } | { product_id: string } | { subscription_id: string } | { payment_id: string } |
  { entitlement_id: string } | { grant_id: string }

/** A section's part of the overview. All parts are optional. */
export interface OverviewPart {
  /** A button beside the heading. */
  action? (page: PageContext): Fragment
  /** Counts above the cards, as an element with `data-live`. */
  figures? (page: PageContext): Fragment
  /** Charts below the counts, as cards. */
  charts? (page: PageContext): Fragment
  /** A card in the main column. */
  card? (page: PageContext): Promise<Fragment>
  /** Environment variables that connect a program, or advice if their values do not exist yet. */
  connection? (page: PageContext): Promise<Connection>
}

export interface Connection {
  /** Shown below the base URL and the API key. */
  content: Fragment
  /** Lines of NAME=value. */
  variables: readonly string[]
}
