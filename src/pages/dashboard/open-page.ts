/** Creates the context of a page for a request. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../../errors.js'
import type { ContextOf } from '../../http/context.js'
import type { OperationInput, Operate } from '../../http/operate.js'
import { rootOf } from '../hosted-layout.js'
import type { Form, Tokens } from './form.js'
import type { Changes } from './live.js'
import type { SectionName } from './links.js'
import type { DashboardPage, PageContext } from './page.js'
import type { DashboardSection } from './section.js'

/** A page with the section that it belongs to. */
export interface SectionPage extends DashboardPage {
  section: SectionName
}

/** A form that is shown again: refused with an error, without a valid token, or between two steps. */
export interface Again {
  form: Form
  error: ApiError | null
  isDone?: boolean
}

export interface Opened {
  page: PageContext
  definition: SectionPage
  /** The version of the data that the page shows; the script compares it with later versions. */
  version: string
  request: FastifyRequest
  reply: FastifyReply
}

export interface Opening {
  contextOf: ContextOf
  operate: Operate
  tokens: Tokens
  changes: Changes
  apiKey: string
  sections: readonly DashboardSection[]
}

/** Opens the page of a request; `again` is a form that it shows again. */
export type Open = (definition: SectionPage, request: FastifyRequest, reply: FastifyReply, again?: Again | null) => Opened

export function createOpen ({ contextOf, operate, tokens, changes, apiKey, sections }: Opening): Open {
  return (definition, request, reply, again = null) => {
    const context = contextOf(request)
    const { sandbox } = context
    const base = rootOf(context)
    const { url, search } = urlOf(request, base)
    const params = request.params as Record<string, string>
    const page: PageContext = {
      context,
      base,
      url,
      search,
      apiKey,
      param: name => params[name] ?? '',
      operate: (name, input = {} as OperationInput<typeof name>) => operate(name, input, context),
      formState (action) {
        const typed = again?.form.action === action ? again.form : null
        const error = again?.error ?? null
        const isDone = typed !== null && again?.isDone === true
        return { action, url, token: tokens.of(sandbox), typed, isDone, refused: typed && error && { form: typed, error } }
      },
      async related (subject) {
        const cards = await Promise.all(sections.map(section => section.related?.(subject, page) ?? ''))
        return cards.filter(card => card !== '').join('\n')
      }
    }
    return { page, definition, request, reply, version: changes.versionOf(sandbox) }
  }
}

/** The page's own URL, without the key of a message, and its query. */
function urlOf (request: FastifyRequest, base: string): { url: string, search: URLSearchParams } {
  const [given = '', query = ''] = request.url.split('?', 2)
  const path = given.replace(/^\/+/, '/') // a redirect to `//` would name another host
  const search = new URLSearchParams(query)
  const own = new URLSearchParams(search)
  own.delete('done')
  return { search, url: `${base}${path}${own.size === 0 ? '' : `?${own}`}` }
}
