/** Parses the query parameters that lists have in common: page size, page number (from 0) and times. */
import { invalidQuery } from '../errors.js'
import { MUST_BE_A_TIME, parseTime } from '../rules/calendar.js'

const PAGE_SIZE_DEFAULT = 10
const PAGE_SIZE_MAX = 100
const PAGE_NUMBER_MAX = 2 ** 31 - 1

interface ListQuery {
  page_size?: number
  page_number?: number
  created_at_gte?: string
  created_at_lte?: string
}

type Filter<Query> = Omit<Query, keyof ListQuery> & { created_at_gte?: number, created_at_lte?: number }

export interface Page<Query> {
  limit: number
  offset: number
  /** The other query parameters. Times are in microseconds. */
  filter: Filter<Query>
}

/** Splits the query of a list into page and filter. Throws INVALID_QUERY_PARAMS for a page size above 100 or an invalid time. */
export function paging<Query extends ListQuery> (query: Query): Page<Query> {
  const {
    page_size: limit = PAGE_SIZE_DEFAULT, page_number: number = 0, created_at_gte: from, created_at_lte: to, ...rest
  } = query
  if (limit > PAGE_SIZE_MAX) throw invalidQuery('page_size', `must be at most ${PAGE_SIZE_MAX}`)
  // Ajv accepts 1e400 as an integer.
  if (number > PAGE_NUMBER_MAX) throw invalidQuery('page_number', `must be at most ${PAGE_NUMBER_MAX}`)
  return {
    limit,
    offset: limit * number,
    filter: {
      ...rest,
      ...(from === undefined ? {} : { created_at_gte: time('created_at_gte', from) }),
      ...(to === undefined ? {} : { created_at_lte: time('created_at_lte', to) })
    }
  }
}

function time (name: string, text: string): number {
  const us = parseTime(text)
  if (us === null) throw invalidQuery(name, MUST_BE_A_TIME)
  return us
}
