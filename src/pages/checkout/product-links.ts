/** The short links of products: `/p/{slug}` redirects to the product's checkout page, `/buy/{product_id}`. */
import type { FastifyInstance } from 'fastify'
import { checkoutPath } from '../../resources/products/links.js'
import { hostedLayout, rootOf, type PagesOptions } from '../hosted-layout.js'
import { sendRedirect } from '../layout.js'
import { noProductLink } from './session/notices.js'

export function addProductLinks (app: FastifyInstance, options: PagesOptions): void {
  const { contextOf, sendNotice } = hostedLayout(options)
  app.get<{ Params: { slug: string } }>('/p/:slug', (request, reply) => {
    const context = contextOf(request)
    const { products } = context.sandbox
    const base = rootOf(context)
    const link = products.findShortLink(request.params.slug)
    if (link !== undefined) return sendRedirect(reply, base + checkoutPath(link), 302)
    sendNotice(reply, 404, noProductLink(context.locale))
  })
}
