/** Tools that load data into a sandbox, snapshot it, reset it, or create another one. */
import { input, text } from '../schemas.js'
import type { Item, ItemList, Session } from '../session.js'
import { tool } from '../tool.js'

const seed = tool<{ fixtures: object }>({
  name: 'seed',
  title: 'Load data',
  description: 'Loads the content of a fixtures file, such as {"customers":[…]}, completely or not at all. Returns the ids.',
  effect: 'changes',
  isCore: false,
  input: input({
    fixtures: { type: 'object', description: 'fixtures/schema.gen.json of the package describes it.' }
  }, ['fixtures']),
  run: ({ fixtures }, session) => session.control('/load', { body: fixtures })
})

const SNAPSHOT = 'mcp'
const named = { name: text(`Default: ${SNAPSHOT}.`) }

const snapshot = tool<{ name?: string }>({
  name: 'snapshot',
  title: 'Take a snapshot',
  description: 'Keeps the current state of the sandbox under a name, to restore it later. Replaces a snapshot of the same name.',
  effect: 'changes',
  isCore: false,
  input: input(named),
  run: ({ name = SNAPSHOT }, session) => session.control('/snapshots', { body: { name } })
})

const restore = tool<{ name?: string }>({
  name: 'restore',
  title: 'Restore a snapshot',
  description: 'Puts the sandbox back to a snapshot. Everything since then is lost.',
  effect: 'destroys',
  isCore: false,
  input: input(named),
  run: ({ name = SNAPSHOT }, session) => session.control(`/snapshots/${encodeURIComponent(name)}/restore`, { method: 'POST' })
})

const reset = tool<object>({
  name: 'reset',
  title: 'Reset the sandbox',
  description: 'Puts the sandbox back to its initial state. Everything in it is lost.',
  effect: 'destroys',
  isCore: true,
  input: input({}),
  async run (_given, session) {
    await session.control('/reset', { method: 'POST' })
    return { reset: session.url }
  }
})

const newSandbox = tool<{ name?: string }>({
  name: 'new_sandbox',
  title: 'Create a sandbox',
  description: 'Creates an isolated sandbox. Returns its name, its API key, its base URL for programs, and its webhook secret.',
  effect: 'changes',
  isCore: false,
  input: input({ name: text('Letters, digits, hyphens and underscores. Default: agent-1, agent-2 and so on.') }),
  async run ({ name: wanted }, session) {
    const name = wanted ?? await unusedName(session)
    const { api_key: apiKey } = await session.control('/sandboxes', { body: { name } })
    const own = session.at(name)
    return { name, api_key: apiKey, base_url: own.url, webhook_secret: await webhookSecret(own) }
  }
})

async function unusedName (session: Session): Promise<string> {
  const { items } = await session.control<ItemList>('/sandboxes')
  const names = new Set(items.map(({ name }) => name))
  for (let number = 1; ; number++) if (!names.has(`agent-${number}`)) return `agent-${number}`
}

/** The secret of the endpoint of --webhook-url; null without this option. */
async function webhookSecret (session: Session): Promise<unknown> {
  const { data: [endpoint] } = await session.read<{ data: Item[] }>('/webhooks')
  if (endpoint === undefined) return null
  return (await session.read(`/webhooks/${encodeURIComponent(String(endpoint['id']))}/secret`))['secret']
}

export const sandboxTools = [seed, snapshot, restore, reset, newSandbox]
