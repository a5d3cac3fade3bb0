/** The short links of products: `/p/{slug}` redirects to the product's checkout page, `/buy/{product_id}`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkoutPath } from '../../resources/products/links.js'
import { hostedLayout, rootOf, type PagesOptions } from '../hosted-layout.js'
import { sendRedirect } from '../layout.js'
import { noProductLink } from './session/notices.js'

export function productLinks (options: PagesOptions) {
  const { contextOf, sendNotice } = hostedLayout(options)
  return {
    toProduct (request: FastifyRequest<{ Params: { slug: string } }>, reply: FastifyReply): void {
      const context = contextOf(request)
      const { products } = context.sandbox
      const base = rootOf(context)
      const link = products.findShortLink(request.params.slug)
      if (link !== undefined) return sendRedirect(reply, base + checkoutPath(link), 302)
      sendNotice(reply, 404, noProductLink(context.locale))
    }
  }
}
