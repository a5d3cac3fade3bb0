/** Applies rate limits: every reply has headers with the remaining calls, and excess calls get 429 with `retry-after`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'
import { ANONYMOUS_TIER, limitHeaders, type Tier } from '../sandbox/limiter.js'
import type { Sandbox } from '../sandbox/sandbox.js'

export interface CallCounter {
  /** Throws TOO_MANY_REQUESTS. */
  count (request: FastifyRequest, reply: FastifyReply, sandbox: Sandbox): void
}

/** Counts calls by API key, or by IP address if there is no key. */
export function callCounter (tier: Tier): CallCounter {
  return {
    count ({ apiKey, ip }, reply, { limiter }) {
      const isKnown = apiKey !== ''
      const { perSecond, perMinute } = isKnown ? tier : ANONYMOUS_TIER
      const allowance = limiter.count(isKnown ? `key ${apiKey}` : `address ${ip}`, { perSecond, perMinute })
      const headers = limitHeaders(allowance)
      reply.headers(headers)
      if (allowance.retryMs === null) return
      const whom = isKnown ? 'this API key' : 'this address, without an API key,'
      const limits = `${perSecond} times a second and ${perMinute} times a minute`
      throw new ApiError('TOO_MANY_REQUESTS', { because: `${whom} may call ${limits}; try again in ${headers['retry-after']} s` })
    }
  }
}
