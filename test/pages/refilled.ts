/** Sends requests to pages as a browser does: a form that is refused redirects to the page that shows it again. */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'

const DRAFT = /[?&]form=[\w-]+/

/** Follows the redirect of a refused form, and returns its page. Other replies are returned without the id of a kept form. */
export async function injectForm (app: FastifyInstance, request: InjectOptions): Promise<LightMyRequestResponse> {
  const reply = await app.inject(request)
  const { location } = reply.headers
  if (location === undefined || !DRAFT.test(location)) return reply
  const page = await app.inject({ url: location, headers: { accept: 'text/html' } })
  if (page.statusCode >= 400 || isSamePage(location, request)) return page
  if (!location.startsWith('/status/')) reply.headers.location = location.replace(DRAFT, '')
  return reply
}

/** Whether a session's page is shown again, for example with a new price. */
function isSamePage (location: string, { url }: InjectOptions): boolean {
  return typeof url === 'string' && /\/(?:session|buy|entitlements)\//.test(url) && pathOf(location) === pathOf(url)
}

const pathOf = (url: string) => new URL(url, 'http://localhost').pathname
