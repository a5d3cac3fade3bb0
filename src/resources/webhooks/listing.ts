/**
 * The list of endpoints in pages, newest first. A cursor is the id of the last endpoint of a page or, for the previous page, `-`
 * and the id of the first. If that endpoint was deleted, the id's sort position is used: generated ids sort by time.
 */
import type { Query } from '../../contract/operations.js'
import { invalidQuery } from '../../errors.js'
import type { Endpoint } from './store.js'

const LIMIT_DEFAULT = 50
const LIMIT_MAX = 250
const GENERATED = /^whk_[0-9A-Za-z]{21}$/

interface Part {
  data: Endpoint[]
  iterator: string | null
  prev_iterator: string | null
}

/**
 * `endpoints` are in order of creation. Throws INVALID_QUERY_PARAMS for a limit out of range or an invalid cursor.
 */
export function listPart (endpoints: readonly Endpoint[], query: Query<'GET /webhooks'>): Part {
  const limit = query.limit ?? LIMIT_DEFAULT
  if (limit < 1 || limit > LIMIT_MAX) throw invalidQuery('limit', `must be between 1 and ${LIMIT_MAX}`)
  const sorted = endpoints.toReversed()
  const [start, end] = range(sorted, limit, query.iterator ?? '')
  const data = sorted.slice(start, end)
  const [first, last] = [data[0], data.at(-1)]
  return {
    data,
    iterator: last !== undefined && end < sorted.length ? last.webhook_id : null,
    prev_iterator: first !== undefined && start > 0 ? `-${first.webhook_id}` : null
  }
}

function range (sorted: readonly Endpoint[], limit: number, cursor: string): [start: number, end: number] {
  if (cursor === '') return [0, limit]
  const isBackwards = cursor.startsWith('-')
  const id = isBackwards ? cursor.slice(1) : cursor
  const place = sorted.findIndex(({ webhook_id: other }) => other === id)
  if (place < 0 && !GENERATED.test(id)) {
    throw invalidQuery('iterator', 'must be an iterator or prev_iterator of an earlier response')
  }
  const newer = place < 0 ? sorted.filter(({ webhook_id: other }) => other > id).length : place
  if (isBackwards) return [Math.max(0, newer - limit), newer]
  const start = place < 0 ? newer : place + 1
  return [start, start + limit]
}
