/**
 * The texts that explain why a webhook arrived or not, and how to fix it. Pure functions of deliveries and attempts in the shapes
 * of /_emulator.
 */
import type { components } from '../../../contract/control-types.gen.js'
import type { Schemas } from '../../../contract/operations.js'
import type { Kind } from '../../../pages/dashboard/parts.js'

type ControlSchemas = components['schemas']
export type Delivery = ControlSchemas['Delivery']
export type Attempt = ControlSchemas['Attempt']
export type WebhookEvent = ControlSchemas['Event']
export type Endpoint = Schemas['WebhookDetails']
export type FaultKind = ControlSchemas['DeliveryFaultKind']

export interface Verdict {
  kind: Kind
  title: string
  /** Texts of one or more sentences. */
  advice: string[]
}

/** The receiver's response, or the error. */
export function answerOf ({ response_status: status, error }: Attempt): string {
  if (status === null) return error ?? 'no response'
  return error === null ? `HTTP ${status}` : `HTTP ${status}: ${error}`
}

/** Returns a text such as `HTTP 500 (2 attempts)`. */
export function lastAnswer ({ attempts, tries }: Delivery): string {
  const last = attempts.at(-1)
  return last === undefined ? 'not sent yet' : `${answerOf(last)} (${counted(tries, 'attempt', 'attempts')})`
}

export function counted (count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

export const FAULT_WORDS: Record<FaultKind, { does: string, did: string }> = {
  duplicate: {
    does: 'sent twice',
    did: 'Sent twice by an injected fault: receivers must recognize the duplicate by webhook-id.'
  },
  shuffle: { does: 'held back and sent out of order', did: 'Sent out of order by an injected fault.' },
  delay: { does: 'sent later', did: 'Delayed by an injected fault.' },
  drop: { does: 'never sent', did: 'Dropped by an injected fault.' },
  wrong_secret: {
    does: 'signed with a wrong key',
    did: 'Signed with a wrong key by an injected fault: a receiver must refuse it.'
  },
  stale_timestamp: {
    does: 'dated ten minutes ago',
    did: 'Dated ten minutes ago by an injected fault: a receiver must refuse it.'
  }
}

export interface Surroundings {
  /** Null if the endpoint was deleted. */
  endpoint: Endpoint | null
  isSample: boolean
  /** Whether the sandbox's clock is frozen. */
  isFrozen: boolean
  /** Whether the next attempt is due. */
  isDue: boolean
}

/** Explains the state of a delivery. */
export function verdictOf (delivery: Delivery, around: Surroundings): Verdict {
  const { state, tries, attempts } = delivery
  const last = attempts.at(-1)
  const why = last === undefined ? [] : adviceOn(last)
  const times = counted(tries, 'attempt', 'attempts')
  switch (state) {
    case 'succeeded': return {
      kind: last !== undefined && isToBeRefused(last) ? 'bad' : 'good',
      title: `Delivered on ${ordinal(tries)} attempt${last === undefined ? '' : `: ${answerOf(last)}`}`,
      advice: why
    }
    case 'dropped': return { kind: 'bad', title: 'Not sent: dropped by a delivery fault', advice: [RETRY] }
    case 'cancelled': return {
      kind: 'bad',
      title: `Cancelled: its endpoint was ${around.endpoint === null ? 'deleted' : 'disabled'} while it waited`,
      advice: around.endpoint === null ? [] : ['Enable the endpoint, then retry.']
    }
    case 'failed': return {
      kind: 'bad',
      title: `Not delivered: ${last === undefined ? 'never sent' : answerOf(last)}`,
      advice: [
        ...why,
        around.isSample ? 'A sample has a single attempt.' : `No attempts are left after ${times}.`,
        'Fix the cause, then retry.'
      ]
    }
    case 'waiting': return waiting(delivery, around, why)
  }
}

const RETRY = 'Retry sends it now.'

function waiting ({ tries, attempts }: Delivery, { isFrozen, isDue }: Surroundings, why: string[]): Verdict {
  const last = attempts.at(-1)
  const frozen = isFrozen && !isDue
    ? ['The sandbox’s clock is frozen: advance the clock under Controls, or retry.']
    : []
  if (last === undefined) {
    return { kind: 'wait', title: isDue ? 'Sending' : 'Scheduled', advice: isDue ? [PATIENCE] : frozen }
  }
  return {
    kind: 'bad',
    title: `Not delivered yet: ${answerOf(last)} on ${ordinal(tries)} attempt`,
    advice: [...why, isDue ? 'The next attempt is in progress.' : `The time of the next attempt is below. ${RETRY}`, ...frozen]
  }
}

const PATIENCE = 'If this does not change, the endpoint is slow to respond, or its rate limit delays deliveries.'

const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

function ordinal (count: number): string {
  return ORDINALS[count] ?? `${count}th`
}

/** Whether a receiver must refuse the attempt. */
function isToBeRefused ({ fault }: Attempt): boolean {
  return fault === 'wrong_secret' || fault === 'stale_timestamp'
}

/** Advice on the outcome of an attempt. Empty if there is no problem. */
export function adviceOn (attempt: Attempt): string[] {
  const { response_status: status, fault } = attempt
  const said = fault === null ? undefined : FAULT_WORDS[fault as FaultKind]?.did
  if (isToBeRefused(attempt) && status !== null) {
    const isRight = status >= 400 && status <= 499
    return [said ?? '', isRight ? 'The receiver refused it, as it should.' : 'The receiver accepted it: fix its signature check.']
  }
  const advice = status === null ? withoutAnswer(attempt) : afterAnswer(attempt, status)
  return [...(advice === null ? [] : [advice]), ...(said === undefined ? [] : [said])]
}

function withoutAnswer ({ error, url }: Attempt): string {
  const reason = error ?? ''
  if (reason.includes('ECONNREFUSED')) {
    return `No program listens at ${hostOf(url)}: start it, or correct the port. If the emulator runs in a container, ` +
      '127.0.0.1 is that container: use the name of the receiver’s container, or host.docker.internal.'
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `The host name ${hostOf(url)} does not resolve: correct the URL.`
  if (reason.startsWith('no complete response')) {
    return 'The program did not respond in time: respond first, and do slow work afterwards.'
  }
  if (/ECONNRESET|EPIPE/.test(reason)) {
    return 'The program closed the connection without a response: check its log.'
  }
  if (reason.includes('HPE_')) {
    return 'The program at this address does not speak HTTP, or requires https: correct the URL.'
  }
  if (/CERT|SSL|TLS|certificate/i.test(reason)) {
    return 'The certificate is not trusted: use http for a program on this computer.'
  }
  return 'The connection failed before a response arrived.'
}

function afterAnswer ({ url, response_headers: headers }: Attempt, status: number): string | null {
  if (status >= 200 && status <= 299) return null
  if (status <= 399) {
    const target = headers?.['location']
    return `Redirects are not followed: change the endpoint’s URL to the target${target === undefined ? '' : `, ${target}`}.`
  }
  const known = ADVICE[status]
  if (known !== undefined) return known(url)
  return status >= 500
    ? 'The program failed while processing the event: check its log.'
    : 'The program refused the event: its response below may give the reason.'
}

const SIGNATURE = 'The usual cause is the signature check, which needs this endpoint’s signing key and the raw body, before ' +
  'JSON parsing.'

const ADVICE: Partial<Record<number, (url: string) => string>> = {
  400: () => `The program refused the event. ${SIGNATURE}`,
  401: () => `The program refused the event. ${SIGNATURE}`,
  403: () => `The program refused the event. ${SIGNATURE} Another possible cause is CSRF protection.`,
  404: url => `The program has no route for ${pathOf(url)}: correct the URL or the routes.`,
  405: url => `The program does not accept POST at ${pathOf(url)}: correct the URL or the routes.`,
  415: () => 'The program does not accept JSON at this URL.',
  429: () => 'The program limits its rate: set a rate limit for the endpoint.'
}

function hostOf (url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function pathOf (url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}

/** Why an event was not sent to an endpoint. */
export function whyNot (event: Pick<WebhookEvent, 'type' | 'created_at'>, endpoint: Endpoint): string {
  if (endpoint.created_at > event.created_at) return 'It was added after the event.'
  if (endpoint.disabled) return 'It is disabled.'
  const { filter_types: types } = endpoint
  if (types != null && !types.includes(event.type)) return `Its filter excludes ${event.type}.`
  return endpoint.updated_at > event.created_at
    ? 'It was disabled, or its filter excluded the event, at that time. It has changed since.'
    : 'The event was sent only to another endpoint.'
}

/** Summarizes an endpoint from its latest deliveries, newest first. */
export function verdictOnEndpoint ({ disabled }: Endpoint, latest: readonly Delivery[]): Verdict {
  if (disabled) return { kind: 'bad', title: 'Disabled: nothing is sent', advice: ['Enable it above.'] }
  const tried = latest.filter(({ attempts }) => attempts.length > 0)
  const [newest] = tried
  const attempt = newest?.attempts.at(-1)
  if (newest === undefined || attempt === undefined) {
    return {
      kind: 'calm',
      title: latest.length === 0 ? 'No deliveries yet' : 'No attempts yet',
      advice: ['Send a sample to test the endpoint.']
    }
  }
  if (newest.state === 'succeeded') {
    const arrived = tried.filter(({ state }) => state === 'succeeded').length
    const title = arrived === tried.length
      ? `The last ${tried.length} deliveries succeeded`
      : `The last delivery succeeded; ${tried.length - arrived} of the last ${tried.length} did not`
    return { kind: 'good', title: tried.length === 1 ? 'The last delivery succeeded' : title, advice: adviceOn(attempt) }
  }
  return { kind: 'bad', title: `The last delivery failed: ${answerOf(attempt)}`, advice: adviceOn(attempt) }
}
