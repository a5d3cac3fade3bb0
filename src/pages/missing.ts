/** The page for a URL that does not exist, for browsers. Programs get the error as JSON. */
import type { FastifyReply } from 'fastify'
import type { ApiError } from '../errors.js'
import { failedPage } from './dashboard/notices.js'
import { sendBare } from './dashboard/shell.js'

/** `root` is the path of --public-url; usually empty. */
export function missingPage (root: string): (reply: FastifyReply, error: ApiError) => void {
  return (reply, error) => { sendBare(reply, 404, { base: root, ...failedPage(404, error, `${root}/`) }) }
}
