/** Creates the context of a page for a request. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ContextOf } from '../../http/context.js'
import type { OperationInput, Operate } from '../../http/operate.js'
import { rootOf } from '../hosted-layout.js'
import { KEPT, type KeptForms } from '../kept-forms.js'
import type { KeptForm, Tokens } from './form.js'
import type { Changes } from './live.js'
import type { SectionName } from './links.js'
import { createFinder } from './objects.js'
import type { DashboardPage, PageContext } from './page.js'
import type { DashboardSection } from './section.js'

/** A page with the section that it belongs to. */
export interface SectionPage extends DashboardPage {
  section: SectionName
}

export interface Opened {
  page: PageContext
  definition: SectionPage
  /** The form that the page shows again; null for a fresh page. */
  again: KeptForm | null
  /** The version of the data that the page shows; the script compares it with later versions. */
  version: string
  request: FastifyRequest
  reply: FastifyReply
}

export interface Opening {
  contextOf: ContextOf
  operate: Operate
  tokens: Tokens
  keptForms: KeptForms<KeptForm>
  changes: Changes
  apiKey: string
  sections: readonly DashboardSection[]
}

/** Opens the page of a request. */
export type Open = (definition: SectionPage, request: FastifyRequest, reply: FastifyReply) => Opened

export function createOpen ({ contextOf, operate, tokens, keptForms, changes, apiKey, sections }: Opening): Open {
  const finder = createFinder(sections)
  return (definition, request, reply) => {
    const context = contextOf(request)
    const { sandbox } = context
    const base = rootOf(context)
    const { url, search } = urlOf(request, base)
    const again = keptForms.find(sandbox, url, Object.fromEntries(search))
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
      find: text => finder.search(text, page),
      urlOf: id => finder.urlOf(id, { base }),
      async related (subject) {
        const cards = await Promise.all(sections.map(section => section.related?.(subject, page) ?? ''))
        return cards.filter(card => card !== '').join('\n')
      }
    }
    return { page, definition, again, request, reply, version: changes.versionOf(sandbox) }
  }
}

/** The page's own URL, without the key of a message and a form to show again, and its query. */
function urlOf (request: FastifyRequest, base: string): { url: string, search: URLSearchParams } {
  const [given = '', query = ''] = request.url.split('?', 2)
  const path = given.replace(/^\/+/, '/') // a redirect to `//` would name another host
  const search = new URLSearchParams(query)
  const own = new URLSearchParams(search)
  own.delete('done')
  own.delete(KEPT)
  return { search, url: `${base}${path}${own.size === 0 ? '' : `?${own}`}` }
}
