/** The short links of products: what a slug may be, and where a link leads. */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'
import type { Context } from '../../sandbox/sandbox.js'
import type { ShortLink } from './store.js'

/** Nothing that a browser, a proxy or a file system could read as more than a name. */
const SLUG = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** The longest query that every browser and server on the way takes. */
const QUERY_MAX = 4000

/** Throws INVALID_REQUEST_PARAMETERS or SLUG_ALREADY_TAKEN. */
export function decideShortLink (
  productId: string, body: Schemas['CreateShortLinkRequest'], { sandbox, now }: Context
): ShortLink {
  const { slug, static_checkout_params: parameters } = body
  if (!SLUG.test(slug)) {
    throw invalid('slug', 'slug must be 1 to 64 letters, digits, hyphens and underscores of ASCII, a letter or digit first')
  }
  const link = { slug, product_id: productId, parameters: parameters ?? {}, created_at: now }
  if (checkoutPath(link).length > QUERY_MAX) {
    throw invalid('static_checkout_params', `static_checkout_params come to more than ${QUERY_MAX} characters in the URL`)
  }
  if (sandbox.products.findShortLink(slug) === undefined) return link
  throw new ApiError('SLUG_ALREADY_TAKEN', { path: 'slug', because: `choose another than ${slug}` })
}

/** `/buy/pdt_x?quantity=2`: the product's checkout page. */
export function checkoutPath ({ product_id: productId, parameters }: Pick<ShortLink, 'product_id' | 'parameters'>): string {
  const query = new URLSearchParams(parameters).toString()
  return `/buy/${encodeURIComponent(productId)}${query === '' ? '' : `?${query}`}`
}

/** `/p/summer`; payments have their short links under `/s/`. */
export function shortPath ({ slug }: Pick<ShortLink, 'slug'>): string {
  return `/p/${slug}`
}
