/** The page for a URL that does not exist, for browsers. Programs get the error as JSON. */
import type { FastifyReply } from 'fastify'
import type { ApiError } from '../errors.js'
import { onDemand } from './on-demand.js'

const pages = onDemand(async () => {
  const [{ failedPage }, { sendBare }] = await Promise.all([import('./dashboard/notices.js'), import('./dashboard/shell.js')])
  return { failedPage, sendBare }
})

/** `root` is the path of --public-url; usually empty. */
export function missingPage (root: string): (reply: FastifyReply, error: ApiError) => void {
  return (reply, error) => {
    pages.answer(reply, ({ failedPage, sendBare }) => {
      sendBare(reply, 404, { base: root, ...failedPage(404, error, `${root}/`) })
    })
  }
}
