/** The tool that reads what a sandbox contains. */
import { matching } from '../events.js'
import { input, limit, oneOf, text } from '../schemas.js'
import { ToolError, type Item, type ItemList, type Session } from '../session.js'
import { tool } from '../tool.js'

interface Kind {
  /** Reads a page of at most 100 items. */
  page (session: Session, page: number): Promise<ItemList>
  /** The field that holds the id. */
  id: string
}

const ofApi = (path: string, id: string): Kind => ({
  id, page: (session, page) => session.read<ItemList>(path, { page_size: 100, page_number: page })
})

const ofControl = (path: string, id: string): Kind => ({
  id, page: (session, page) => session.control<ItemList>(path, { query: { page_size: 100, page_number: page } })
})

const KINDS: Readonly<Record<string, Kind>> = {
  payments: ofApi('/payments', 'payment_id'),
  subscriptions: ofApi('/subscriptions', 'subscription_id'),
  grants: ofControl('/grants', 'id'),
  license_keys: ofApi('/license_keys', 'id'),
  disputes: ofApi('/disputes', 'dispute_id'),
  payouts: ofApi('/payouts', 'payout_id'),
  balances: { id: 'currency', page: session => session.control<ItemList>('/balances') },
  webhooks: {
    id: 'id',
    async page (session) {
      const { data } = await session.read<{ data: Item[] }>('/webhooks', { limit: 100 })
      return { items: data }
    }
  },
  emails: ofControl('/emails', 'email_id')
}

/** The API returns more about one of these than a list does. */
const DETAILS: Readonly<Record<string, string>> = {
  payments: '/payments',
  subscriptions: '/subscriptions',
  license_keys: '/license_keys',
  disputes: '/disputes',
  webhooks: '/webhooks'
}

const COUNT_MAX = 1000

interface Given { what: string, id?: string, limit?: number }

export const getState = tool<Given>({
  name: 'get_state',
  title: 'Read the state of the sandbox',
  description: 'Counts the objects of each kind (overview), lists the latest objects of a kind, or returns one by its id.',
  effect: 'reads',
  isCore: true,
  input: input({
    what: oneOf(['overview', ...Object.keys(KINDS)], 'overview counts. The others list, newest first.'),
    id: text('Only this object: its id or, for balances, its currency.'),
    limit: limit(100, 10)
  }, ['what']),
  async run ({ what, id, limit: most = 10 }, session) {
    const kind = KINDS[what]
    if (kind === undefined) return await overview(session)
    if (id === undefined) return { [what]: await matching(page => kind.page(session, page), () => true, { limit: most }) }
    return await one(session, { what, kind, id })
  }
})

async function overview (session: Session): Promise<object> {
  const counts: Array<[string, number | string]> = []
  for (const [what, { page }] of Object.entries(KINDS)) {
    const { length } = await matching(number => page(session, number), () => true, { limit: COUNT_MAX })
    counts.push([what, length === COUNT_MAX ? `${COUNT_MAX} or more` : length])
  }
  return { sandbox: session.url, clock: await session.control('/clock'), counts: Object.fromEntries(counts) }
}

async function one (session: Session, { what, kind, id }: { what: string, kind: Kind, id: string }): Promise<Item> {
  const path = DETAILS[what]
  if (what === 'emails') return await session.control(`/emails/${encodeURIComponent(id)}`)
  if (path !== undefined) return await session.read(`${path}/${encodeURIComponent(id)}`)
  const [found] = await matching(page => kind.page(session, page), item => item[kind.id] === id, { limit: 1, pages: 100 })
  if (found !== undefined) return found
  throw new ToolError('NOT_FOUND', `there is no ${id} among ${what}`, [{ path: 'id', message: 'does not exist' }])
}
