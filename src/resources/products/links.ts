/** The short links of products: slugs and target paths. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { ShortLink } from './store.js'

/** Characters that browsers, proxies and file systems treat as part of a plain name. */
const SLUG = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** The longest query that browsers, proxies and servers accept. */
const QUERY_MAX = 4000

/** Throws INVALID_REQUEST_PARAMETERS or SLUG_ALREADY_TAKEN. */
export function decideShortLink (
  productId: string, body: Schemas['CreateShortLinkRequest'], { sandbox, now }: Context
): ShortLink {
  const { slug, static_checkout_params: parameters } = body
  if (!SLUG.test(slug)) {
    throw invalid('slug', 'slug must have 1 to 64 ASCII letters, digits, hyphens or underscores, starting with a letter or digit')
  }
  const link = { slug, product_id: productId, parameters: parameters ?? {}, created_at: now }
  if (checkoutPath(link).length > QUERY_MAX) {
    throw invalid('static_checkout_params', `static_checkout_params must not take more than ${QUERY_MAX} characters in the URL`)
  }
  if (sandbox.products.findShortLink(slug) === undefined) return link
  throw new ApiError('SLUG_ALREADY_TAKEN', { path: 'slug', because: `choose a slug other than ${slug}` })
}

/** The path of the product's checkout page: `/buy/pdt_x?quantity=2`. */
export function checkoutPath ({ product_id: productId, parameters }: Pick<ShortLink, 'product_id' | 'parameters'>): string {
  const query = new URLSearchParams(parameters).toString()
  return `/buy/${encodeURIComponent(productId)}${query === '' ? '' : `?${query}`}`
}

/** The path of a short link: `/p/summer`. Short links of payments are under `/s/`. */
export function shortPath ({ slug }: Pick<ShortLink, 'slug'>): string {
  return `/p/${slug}`
}
