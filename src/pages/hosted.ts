/**
 * The routes of the hosted pages: the checkout, also below the paths of embedded pages, the customer portal, the accept page, and
 * the files of all pages. The pages are loaded for the first request.
 */
import type { FastifyError, FastifyInstance } from 'fastify'
import { readForms } from './form-bodies.js'
import type { PagesOptions } from './hosted-layout.js'
import {
  ACCEPT, ASSETS, CHECKOUT, EMBEDDED, OTHERS, PORTAL, type Failing, type Handlers, type Pages
} from './hosted-routes.js'
import { onDemand } from './on-demand.js'

export function addHostedPages (app: FastifyInstance, options: PagesOptions): void {
  const pages = onDemand(async () => (await import('./hosted-pages.js')).hostedPages(options))

  /** Adds routes to a scope of their own, whose forms are read and whose errors are pages. */
  function addForms<Routes extends Record<string, string>> (
    routes: Routes, handlersOf: (loaded: Pages) => Handlers<Routes> & Failing, prefix = ''
  ): void {
    app.register(async scope => {
      readForms(scope)
      addRoutes(scope, routes, handlersOf)
      scope.setErrorHandler<FastifyError>((error, request, reply) => {
        pages.answer(reply, loaded => { handlersOf(loaded).fail(error, request, reply) })
      })
      if (prefix !== '') scope.addHook('onSend', async (request, reply) => { pages.loaded()?.keepOptions(request, reply) })
    }, { prefix })
  }

  function addRoutes<Routes extends Record<string, string>> (
    scope: FastifyInstance, routes: Routes, handlersOf: (loaded: Pages) => Handlers<Routes>
  ): void {
    for (const [name, route] of Object.entries(routes)) {
      const [method = '', url = ''] = route.split(' ')
      scope.route({
        method,
        url,
        handler (request, reply) { pages.answer(reply, loaded => handlersOf(loaded)[name as keyof Routes](request, reply)) }
      })
    }
  }

  addForms(CHECKOUT, ({ checkout }) => checkout)
  addForms(EMBEDDED, ({ overlay }) => overlay, '/overlay')
  addForms(EMBEDDED, ({ inline }) => inline, '/inline')
  addForms(PORTAL, ({ portal }) => portal)
  addForms(ACCEPT, ({ accept }) => accept)
  addRoutes(app, OTHERS, ({ others }) => others)
  for (const name of ASSETS) {
    app.get(`/assets/${name}`, (_request, reply) => { pages.answer(reply, ({ others }) => { others.asset(name, reply) }) })
  }
}
