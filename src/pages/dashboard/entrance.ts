/**
 * The routes of the dashboard. Its pages are loaded for the first request that is admitted. A GET shows a page, and a POST to the
 * same path runs the action of one of its forms.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'
import { onDemand } from '../on-demand.js'
import { isProgramAtRoot, sendRoot } from '../root.js'
import { FORM_MAX_BYTES } from './form.js'
import type { DashboardOptions } from './router.js'
import { UPLOAD_MAX_BYTES, readUpload } from './upload.js'

const FORM_TYPE = 'application/x-www-form-urlencoded'
const UPLOAD_TYPE = 'multipart/form-data'

export function addDashboardPages (app: FastifyInstance, options: DashboardOptions): void {
  app.register(async scope => {
    const { guard } = options
    const dashboard = onDemand(async () => (await import('./routes.js')).dashboardOf(options))
    const admitted = new WeakSet<FastifyRequest>()
    scope.addHook('onRoute', route => { route.config = { ...route.config, cors: false } })
    scope.addHook('onRequest', async (request, reply) => {
      if (isProgramAtRoot(request)) {
        if (request.method !== 'GET') throw new ApiError('NOT_FOUND', { because: `there is no ${request.method} /` })
        sendRoot(reply, options.baseUrlOf(request))
        return reply
      }
      guard.checkPlace(request, reply)
      admitted.add(request)
    })
    scope.addHook('preClose', async () => { dashboard.loaded()?.end() })
    scope.setErrorHandler((error, request, reply) => {
      dashboard.answer(reply, ({ fail }) => { fail(error, admitted.has(request), request, reply) })
    })
    scope.addContentTypeParser(FORM_TYPE, { parseAs: 'string', bodyLimit: FORM_MAX_BYTES }, (_request, text, done) => {
      done(null, { fields: new URLSearchParams(String(text)), files: new Map(), bytes: text.length })
    })
    // The page decides how much it accepts (`readForm`).
    scope.addContentTypeParser(UPLOAD_TYPE, { parseAs: 'buffer', bodyLimit: UPLOAD_MAX_BYTES }, readUpload)

    const answer = (request: FastifyRequest, reply: FastifyReply) => {
      dashboard.answer(reply, pages => pages.answer(request, reply))
    }
    scope.get('/dashboard', answer)
    for (const url of ['/', '/dashboard/*']) scope.route({ method: ['GET', 'POST'], url, handler: answer })
  })
}
