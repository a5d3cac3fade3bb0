/**
 * Links between the pages of the dashboard. The pages of a section are below `/dashboard/<its name>`, so that a page can link to
 * those of another resource by name, without an import.
 */
import type { Stores } from '../../resources/stores.js'
import type { PageContext } from './page.js'

/** The name of a section: of a resource's store, or one of the dashboard's own. */
export type SectionName = keyof Stores | 'overview' | 'requests' | 'controls' | 'search'

/**
 * The URL of a page of a section: `pageOf(page, 'products')` is the list, `pageOf(page, 'products', id)` the page of a product,
 * `pageOf(page, 'products', id, 'edit')` a page below it, `pageOf(page, 'products', 'new')` the form for a new product.
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
