/**
 * Finds the objects of all sections, as the sections declare them: by id for links, and by text for the search in the header.
 */
import type { PageContext } from './page.js'
import { pageOf } from './links.js'
import type { DashboardSection } from './section.js'

/** The objects of one kind that a section has pages of. */
export interface Objects {
  /** As a heading: `Customers`. */
  kind: string
  /** The beginning of their ids: `cus`. */
  prefix: string
  /** The steps of their pages below the section's. Default: the id. */
  steps? (id: string): string[]
  /** The text beside the id in a result; null if the object does not exist. */
  find (id: string, page: PageContext): string | null
  /** Objects whose names contain a text, ignoring case. */
  search? (text: string, limit: number, page: PageContext): Hit[] | Promise<Hit[]>
}

export interface Hit {
  id: string
  text: string
}

/** Results of one kind. */
export interface Found {
  kind: string
  hits: Array<Hit & { url: string }>
  /** Whether there are more than these. */
  hasMore: boolean
}

export interface Finder {
  /** The URL of the page of an object; null if its kind has no pages. Does not check that the object exists. */
  urlOf (id: string, page: Pick<PageContext, 'base'>): string | null
  search (text: string, page: PageContext): Promise<Found[]>
}

const HITS_SHOWN = 6
const ID = /^[A-Za-z][A-Za-z0-9]{1,9}_\w+$/

export function createFinder (sections: readonly DashboardSection[]): Finder {
  const all = sections.flatMap(({ name, objects = [] }) => objects.map(own => ({ name, ...own })))
  const byPrefix = new Map(all.map(kind => [kind.prefix, kind]))
  const pageFor = ({ name, steps = id => [id] }: typeof all[number], id: string, page: Pick<PageContext, 'base'>) =>
    pageOf(page, name, ...steps(id))
  return {
    urlOf (id, page) {
      const kind = ID.test(id) ? byPrefix.get(id.slice(0, id.indexOf('_'))) : undefined
      return kind === undefined ? null : pageFor(kind, id, page)
    },
    async search (text, page) {
      const found = await Promise.all(all.map(async kind => {
        const exact = kind.find(text, page)
        const named = exact === null ? await kind.search?.(text, HITS_SHOWN + 1, page) ?? [] : [{ id: text, text: exact }]
        const hits = named.slice(0, HITS_SHOWN).map(hit => ({ ...hit, url: pageFor(kind, hit.id, page) }))
        return { kind: kind.kind, hits, hasMore: named.length > HITS_SHOWN }
      }))
      return found.filter(({ hits }) => hits.length > 0)
    }
  }
}

/** The objects of a short list whose text contains a text, ignoring case. */
export function containing (text: string, limit: number, hits: readonly Hit[]): Hit[] {
  const wanted = text.toLowerCase()
  return hits.filter(hit => hit.text.toLowerCase().includes(wanted)).slice(0, limit)
}
