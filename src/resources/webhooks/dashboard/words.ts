/**
 * Why a webhook arrived or did not, and what to do about it, in words for whoever looks for it. Pure: deliveries and their tries
 * in the shape of /_emulator, sentences out.
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
  /** Each a sentence or more. */
  advice: string[]
}

/** What a program answered, or why it did not. */
export function answerOf ({ response_status: status, error }: Attempt): string {
  if (status === null) return error ?? 'no answer'
  return error === null ? `HTTP ${status}` : `HTTP ${status}: ${error}`
}

/** `HTTP 500 (2 tries)` */
export function lastAnswer ({ attempts, tries }: Delivery): string {
  const last = attempts.at(-1)
  return last === undefined ? 'not tried yet' : `${answerOf(last)} (${counted(tries, 'try', 'tries')})`
}

export function counted (count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

export const FAULT_WORDS: Record<FaultKind, { does: string, did: string }> = {
  duplicate: { does: 'sent twice', did: 'Sent twice on demand: a program must tell by webhook-id that it knows it.' },
  shuffle: { does: 'held back and sent out of order', did: 'Sent out of order on demand.' },
  delay: { does: 'sent later', did: 'Sent later on demand.' },
  drop: { does: 'never sent', did: 'Never sent, on demand.' },
  wrong_secret: {
    does: 'signed with a wrong key',
    did: 'Signed with a wrong key on demand: a program must refuse it.'
  },
  stale_timestamp: {
    does: 'said to be ten minutes old',
    did: 'Said to be ten minutes old on demand: a program must refuse it.'
  }
}

export interface Surroundings {
  /** Null where it is gone. */
  endpoint: Endpoint | null
  isSample: boolean
  /** Whether the sandbox's clock stands still. */
  isFrozen: boolean
  /** Whether the next try is due. */
  isDue: boolean
}

/** What has become of a delivery, and what to do. */
export function verdictOf (delivery: Delivery, around: Surroundings): Verdict {
  const { state, tries, attempts } = delivery
  const last = attempts.at(-1)
  const why = last === undefined ? [] : adviceOn(last)
  const times = counted(tries, 'try', 'tries')
  switch (state) {
    case 'succeeded': return {
      kind: last !== undefined && isToBeRefused(last) ? 'bad' : 'good',
      title: `It arrived at the ${ordinal(tries)} try${last === undefined ? '' : `: ${answerOf(last)}`}`,
      advice: why
    }
    case 'dropped': return { kind: 'bad', title: 'It was never sent, because a delivery fault asked for that', advice: [RETRY] }
    case 'cancelled': return {
      kind: 'bad',
      title: 'It is not sent any more, because its endpoint was ' +
        `${around.endpoint === null ? 'deleted' : 'disabled'} while it waited`,
      advice: around.endpoint === null ? [] : ['Enable the endpoint, then retry.']
    }
    case 'failed': return {
      kind: 'bad',
      title: `It did not arrive: ${last === undefined ? 'it was not sent' : answerOf(last)}`,
      advice: [
        ...why,
        around.isSample ? 'A sample is tried once.' : `After ${times} none is left.`,
        'Once the cause is mended, retry.'
      ]
    }
    case 'waiting': return waiting(delivery, around, why)
  }
}

const RETRY = 'Retry sends it now.'

function waiting ({ tries, attempts }: Delivery, { isFrozen, isDue }: Surroundings, why: string[]): Verdict {
  const last = attempts.at(-1)
  const frozen = isFrozen && !isDue
    ? ['The sandbox’s clock stands still, so its time does not come by itself: advance the clock under Controls, or retry.']
    : []
  if (last === undefined) {
    return { kind: 'wait', title: isDue ? 'It is being sent' : 'It is to be sent later', advice: isDue ? [PATIENCE] : frozen }
  }
  return {
    kind: 'bad',
    title: `It has not arrived yet: ${answerOf(last)} at the ${ordinal(tries)} try`,
    advice: [...why, isDue ? 'It is being tried again.' : 'It is tried again at the time below; retry does it now.', ...frozen]
  }
}

const PATIENCE = 'If it stays so, the endpoint takes long to answer, or its rate limit holds others back.'

const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

function ordinal (count: number): string {
  return ORDINALS[count] ?? `${count}th`
}

/** Whether a program that takes it is at fault. */
function isToBeRefused ({ fault }: Attempt): boolean {
  return fault === 'wrong_secret' || fault === 'stale_timestamp'
}

/** What a try's outcome says about the program that was to be told; empty where all went well. */
export function adviceOn (attempt: Attempt): string[] {
  const { response_status: status, fault } = attempt
  const said = fault === null ? undefined : FAULT_WORDS[fault as FaultKind]?.did
  if (isToBeRefused(attempt) && status !== null) {
    const isRight = status >= 400 && status <= 499
    return [said ?? '', isRight ? 'It did refuse it: well done.' : 'It did not: its check of the signature does not work.']
  }
  const advice = status === null ? withoutAnswer(attempt) : afterAnswer(attempt, status)
  return [...(advice === null ? [] : [advice]), ...(said === undefined ? [] : [said])]
}

function withoutAnswer ({ error, url }: Attempt): string {
  const reason = error ?? ''
  if (reason.includes('ECONNREFUSED')) {
    return `No program listens at ${hostOf(url)}: start it, or correct the port. If the emulator runs in a container, ` +
      '127.0.0.1 is that container itself: use the name of the other one, or host.docker.internal.'
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `The name ${hostOf(url)} is not known where the emulator runs: correct the URL.`
  if (reason.startsWith('no complete response')) {
    return 'The program took the event and did not answer in time: it should answer first, and do what takes long afterwards.'
  }
  if (/ECONNRESET|EPIPE/.test(reason)) {
    return 'The program closed the connection without an answer: its own log may say why.'
  }
  if (reason.includes('HPE_')) {
    return 'The program that listens there does not speak HTTP, or the URL should begin with https: correct the URL.'
  }
  if (/CERT|SSL|TLS|certificate/i.test(reason)) {
    return 'The certificate was not accepted: use http for a program on this computer.'
  }
  return 'The connection failed before an answer came.'
}

function afterAnswer ({ url, response_headers: headers }: Attempt, status: number): string | null {
  if (status >= 200 && status <= 299) return null
  if (status <= 399) {
    const target = headers?.['location']
    return `Redirects are not followed: give the endpoint the URL that it leads to${target === undefined ? '' : `, ${target}`}.`
  }
  const known = ADVICE[status]
  if (known !== undefined) return known(url)
  return status >= 500
    ? 'The program failed while it worked on the event: its own log says why.'
    : 'The program refused the event: its answer below may say why.'
}

const SIGNATURE = 'Usually that is the check of the signature: it needs the endpoint’s own signing key, and the body as it ' +
  'came, before it is parsed as JSON.'

const ADVICE: Partial<Record<number, (url: string) => string>> = {
  400: () => `The program refused the event. ${SIGNATURE}`,
  401: () => `The program refused the event. ${SIGNATURE}`,
  403: () => `The program refused the event. ${SIGNATURE} It may also be a protection against cross-site requests.`,
  404: url => `The program has nothing at the path ${pathOf(url)}: correct the URL, or its routes.`,
  405: url => `The program does not take a POST at ${pathOf(url)}: correct the URL, or its routes.`,
  415: () => 'The program does not take JSON there.',
  429: () => 'The program asks for fewer events at once: give the endpoint a rate limit.'
}

function hostOf (url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function pathOf (url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}

/** Why an endpoint was not told of an event. */
export function whyNot (event: Pick<WebhookEvent, 'type' | 'created_at'>, endpoint: Endpoint): string {
  if (endpoint.created_at > event.created_at) return 'It was added after this had happened.'
  if (endpoint.disabled) return 'It is disabled.'
  const { filter_types: types } = endpoint
  if (types != null && !types.includes(event.type)) return `Its filter leaves ${event.type} out.`
  return endpoint.updated_at > event.created_at
    ? 'It was disabled, or filtered this out, when this happened; it was changed since.'
    : 'It was sent to another endpoint alone.'
}

/** How an endpoint fares, going by its latest deliveries, newest first. */
export function verdictOnEndpoint ({ disabled }: Endpoint, latest: readonly Delivery[]): Verdict {
  if (disabled) return { kind: 'bad', title: 'Nothing is sent to it, because it is disabled', advice: ['Enable it above.'] }
  const tried = latest.filter(({ attempts }) => attempts.length > 0)
  const [newest] = tried
  const attempt = newest?.attempts.at(-1)
  if (newest === undefined || attempt === undefined) {
    return {
      kind: 'calm',
      title: latest.length === 0 ? 'Nothing has been sent to it yet' : 'Nothing has been tried yet',
      advice: ['Send a sample to see whether it arrives.']
    }
  }
  if (newest.state === 'succeeded') {
    const arrived = tried.filter(({ state }) => state === 'succeeded').length
    const title = arrived === tried.length
      ? `All of the last ${tried.length} arrived`
      : `The last one arrived; ${tried.length - arrived} of the ${tried.length} before it did not`
    return { kind: 'good', title: tried.length === 1 ? 'The last one arrived' : title, advice: adviceOn(attempt) }
  }
  return { kind: 'bad', title: `The last one did not arrive: ${answerOf(attempt)}`, advice: adviceOn(attempt) }
}
