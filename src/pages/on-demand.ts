/**
 * Loads the modules of pages when the first of them is requested. Most emulators run tests and never show a page, and pages are a
 * third of the program.
 */
import type { FastifyReply } from 'fastify'

export interface OnDemand<Pages> {
  /** Calls `respond` with the pages. The route's error handler gets its errors, and that of a failed load. */
  answer (reply: FastifyReply, respond: (pages: Pages) => unknown): void
  /** Undefined until the pages are loaded. */
  loaded (): Pages | undefined
}

export function onDemand<Pages> (load: () => Promise<Pages>): OnDemand<Pages> {
  let pages: Pages | undefined
  let loading: Promise<Pages> | undefined

  return {
    answer (reply, respond) {
      loading ??= load().then(loaded => {
        pages = loaded
        return loaded
      }).finally(() => { if (pages === undefined) loading = undefined })
      loading.then(respond).catch((error: unknown) => { reply.send(error) })
    },
    loaded: () => pages
  }
}
