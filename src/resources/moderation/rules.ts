/**
 * Screening as in the real test mode, where no text is judged: the decision is `allow`, unless the text contains one of the
 * documented test words.
 */
import type { Schemas } from '../../contract/operations.js'
import { ApiError, invalid } from '../../errors.js'

type ScreenRequest = Schemas['ModerationScreenRequest']
type ScreenResponse = Required<Schemas['ModerationScreenResponse']>
type Category = Schemas['ModerationCategory']

const TEXT_MAX = 8000
const IMAGE_MAX_BYTES = 5 * 1024 * 1024
const REQUEST_ID_MAX = 128
/** Refused before, because base64 text of this length is longer than the largest image. */
const IMAGE_MAX_CHARACTERS = Math.ceil(IMAGE_MAX_BYTES / 3) * 4
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** In the order of their priority: a failure of the service wins over a decision. */
const WORDS = {
  dodo_mock_overloaded: 'MODERATION_OVERLOADED',
  dodo_mock_not_ready: 'MODERATION_NOT_READY'
} as const
/** Scores are ours. The flagged category is not documented. */
const DECISIONS = {
  dodo_mock_deny: { decision: 'deny', score: 0.98 },
  dodo_mock_flag: { decision: 'flag', score: 0.6 }
} as const
const TRIGGERED: Category = 'prompt_injection'

const CATEGORIES: readonly Category[] = [
  'violent_crimes', 'sex_related_crimes', 'child_sexual_exploitation', 'suicide_and_self_harm', 'indiscriminate_weapons',
  'intellectual_property', 'defamation', 'non_violent_crimes', 'hate', 'privacy', 'specialized_advice', 'sexual_content',
  'non_consensual_intimate_imagery', 'minor_coded_language', 'real_person_likeness', 'living_artist_style', 'prompt_injection'
]

/** Throws for an invalid request, and the failures of the service that a test word asks for. */
export function decideScreen (request: ScreenRequest): ScreenResponse {
  const { text = null, image = null, request_id: requestId = null } = request
  if (text === null && image === null) throw invalid('text', 'text or image is required: give one of them, or both')
  if (text !== null) checkText(text)
  if (image !== null) checkImage(image)
  if (requestId !== null && requestId.length > REQUEST_ID_MAX) {
    throw invalid('request_id', `request_id must not be longer than ${REQUEST_ID_MAX} characters`)
  }
  const normalized = (text ?? '').normalize('NFKC')
  for (const [word, code] of Object.entries(WORDS)) {
    if (normalized.includes(word)) throw new ApiError(code, { because: `the text contains ${word}` })
  }
  const [, found] = Object.entries(DECISIONS).find(([word]) => normalized.includes(word)) ?? []
  const scores = scoresWith(found?.score ?? 0)
  return {
    decision: found?.decision ?? 'allow',
    categories: scores,
    provenance: ofEach(category => category === TRIGGERED && found !== undefined ? 'targeted' : 'broad'),
    triggered: found === undefined ? [] : [TRIGGERED],
    compound_triggered: false,
    latency_ms: 0,
    normalized_applied: normalized !== (text ?? ''),
    notes: [],
    passes: Number(text !== null) + Number(image !== null),
    request_id: requestId
  }
}

function checkText (text: string): void {
  if (text === '') throw invalid('text', 'text must not be empty: leave it out, or give an image')
  if (text.length > TEXT_MAX) throw invalid('text', `text must not be longer than ${TEXT_MAX} characters`)
}

function checkImage (image: string): void {
  if (image.length > IMAGE_MAX_CHARACTERS) throw invalid('image', 'image must not be larger than 5 MiB')
  const isBase64 = image !== '' && image.length % 4 === 0 && BASE64.test(image)
  if (!isBase64) throw invalid('image', 'image must be base64, without a data: prefix')
}

const scoresWith = (score: number) => ofEach(category => category === TRIGGERED ? score : 0)

function ofEach<Value> (valueOf: (category: Category) => Value): Record<Category, Value> {
  return Object.fromEntries(CATEGORIES.map(category => [category, valueOf(category)])) as Record<Category, Value>
}
