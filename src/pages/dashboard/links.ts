/**
 * Links between the pages of the dashboard. The pages of a section stand below `/dashboard/<its name>`, so that a page links to
 * those of another resource by name, without importing anything of it.
 */
import type { Stores } from '../../resources/stores.js'
import type { PageContext } from './page.js'

/** What has pages: a resource, by the name of its store, or a section of the dashboard itself. */
export type SectionName = keyof Stores | 'overview' | 'requests' | 'controls'

/**
 * A page of a section, as a link: `pageOf(page, 'products')` is the list, `pageOf(page, 'products', id)` the page of one,
 * `pageOf(page, 'products', id, 'edit')` a page below it, `pageOf(page, 'products', 'new')` the form for a new one.
 */
export function pageOf ({ base }: Pick<PageContext, 'base'>, section: SectionName, ...steps: readonly string[]): string {
  return base + pathOf(section, ...steps)
}

/** The same without the sandbox, for redirects and crumbs. */
export function pathOf (section: SectionName, ...steps: readonly string[]): string {
  if (section === 'overview') return '/'
  const folder = section.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return ['/dashboard', folder, ...steps.map(encodeURIComponent)].join('/')
}
