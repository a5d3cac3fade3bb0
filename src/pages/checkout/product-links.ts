/** The short links of products: `/p/{slug}` redirects to the product's checkout page, `/buy/{product_id}`. */
import type { FastifyInstance } from 'fastify'
import { checkoutPath } from '../../resources/products/links.js'
import { rootOf, type PagesOptions } from '../hosted-layout.js'
import { sendPage, sendRedirect } from '../layout.js'
import { notice } from './outcome.js'

export function addProductLinks (app: FastifyInstance, { contextOf }: PagesOptions): void {
  app.get<{ Params: { slug: string } }>('/p/:slug', (request, reply) => {
    const context = contextOf(request)
    const { products, business } = context.sandbox
    const base = rootOf(context)
    const link = products.findShortLink(request.params.slug)
    if (link !== undefined) return sendRedirect(reply, base + checkoutPath(link), 302)
    const title = 'Product link not found'
    const content = notice({ id: 'not-found', title, text: 'Check the link, or ask the store for a new one.' })
    sendPage(reply, 404, { title, content, width: 'narrow', store: business.name, base })
  })
}
