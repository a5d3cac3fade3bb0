// The words and turns of phrase that tools/words.mjs finds. `kinds` limits a rule to some units of tools/words/prose.mjs; the
// pattern of a rule meets text in which every run of white space may be a line break and a comment marker.

/** Files that are not looked at: generated, written by others, history, and the rules themselves. */
export const LEFT_OUT = [
  /\.gen\./, /^src\/vendor\//, /package-lock\.json$/, /^LICENSE$/, /^tools\/words\/rules\.mjs$/
]

const DIALECT = 'not how the field writes'
const OLD_NAME = 'an old name'
const PEOPLE = 'said of people, not of programs'

export const RULES = [
  {
    name: 'is none',
    pattern: /(?<!\bif there )\b(?:is|are|was|were) none\b/gi,
    reason: DIALECT,
    suggestion: 'Write "does not exist", "without a …", or "is not a …".'
  },
  {
    name: 'makes none',
    pattern: /\b(?:makes?|has|have|takes?|gets?) none\b/gi,
    reason: DIALECT,
    suggestion: 'Write "no …" or "never …".'
  },
  {
    name: 'told',
    pattern: /\b(?:told|tells)\b/gi,
    reason: PEOPLE,
    suggestion: 'Write "shown", "reported", "notified", "says".'
  },
  {
    name: 'hears',
    pattern: /\b(?:hears?|heard)\b/gi,
    reason: PEOPLE,
    suggestion: 'Write "is called with", "receives", "is notified of".'
  },
  {
    name: 'lets',
    pattern: /\blets?\b(?! (?:(?:a|the) (?:customer|user)|customers|you|us|me|people)\b)(?=\s+[a-z])/g,
    kinds: ['doc', 'comment', 'text', 'title'],
    reason: DIALECT,
    suggestion: 'Name the action: "runs", "fails", "allows", "applies".'
  },
  {
    name: 'Lets',
    pattern: /^\s*Lets?\s+(?!you\b)/g,
    kinds: ['doc', 'comment', 'string'],
    reason: DIALECT,
    suggestion: 'Begin with the action.'
  },
  {
    name: 'Who',
    pattern: /(?:^|[.:;]\s+)Who\b(?![^.]*\?)/gi,
    reason: PEOPLE,
    suggestion: 'Name the subject: "the caller", "a client that", "programs that".'
  },
  {
    name: 'whoever',
    pattern: /\b(?:whoever|who only)\b/gi,
    reason: DIALECT,
    suggestion: 'Name the subject: "the caller", "any client that".'
  },
  {
    name: 'What …',
    pattern: /^\s*(?:What|Whatever)\b(?![^.]*\?)/g,
    kinds: ['doc'],
    reason: 'a doc comment names its subject',
    suggestion: 'Begin with a noun or a verb.'
  },
  {
    name: 'what … (title)',
    pattern: /^\s*(?:what(?! follows\s*$)|who)\b/gi,
    kinds: ['title'],
    reason: 'a test title names its subject',
    suggestion: 'Write "refuses …", "returns …", "a session that …".'
  },
  {
    name: 'somebody',
    pattern: /\b(?:somebody|anybody|nobody)\b/gi,
    reason: DIALECT,
    suggestion: 'Name the subject: "a user", "no client", "a receiver".'
  },
  {
    name: 'so many',
    pattern: /(?<!\bnot )\b(?:so (?:many|much|long)(?! (?:that|as))|every so (?:many|often))\b/gi,
    reason: DIALECT,
    suggestion: 'Name the number: "the limit", "n calls", "the delay".'
  },
  {
    name: 'of which',
    pattern: /(?:(?<!,),|\b(?!(?:all|both|each|half|many|most|none|one|some|two)\b)[a-z]+)\s+of\s+which\b/gi,
    reason: 'an inversion',
    suggestion: 'Write "whose", or two sentences.'
  },
  {
    name: 'stands',
    pattern: /\b(?:stands?|stood)\b(?!\s+(?:for|out|in for)\b)(?!-)/gi,
    reason: DIALECT,
    suggestion: 'Write "is", "is in", "is stopped".'
  },
  {
    name: 'anew',
    pattern: /\banew\b/gi,
    reason: DIALECT,
    suggestion: 'Write "again" or "from scratch".'
  },
  {
    name: 'whatever',
    pattern: /\bwhatever\b/gi,
    reason: DIALECT,
    suggestion: 'Write "any …", "everything that …", "regardless of …".'
  },
  {
    name: 'becomes of',
    pattern: /\b(?:becomes?|became) of\b/gi,
    reason: DIALECT,
    suggestion: 'Write "outcome", "result", "what happens to".'
  },
  {
    name: 'makes of',
    pattern: /\bmakes? of\b/gi,
    reason: DIALECT,
    suggestion: 'Write "the result of", "how … parses".'
  },
  {
    name: 'comes to its end',
    pattern: /\b(?:comes?|came)\s+to\s+(?:an|its|their) end\b/gi,
    reason: DIALECT,
    suggestion: 'Write "ends".'
  },
  {
    name: 'comes about',
    pattern: /\b(?:comes?|came|brings?|brought|bringing)(?:\s+it)?\s+about\b/gi,
    reason: DIALECT,
    suggestion: 'Write "is calculated", "causes".'
  },
  {
    name: 'comes to',
    pattern: /\bcomes\s+to\b/gi,
    reason: DIALECT,
    suggestion: 'Write "totals", "amounts to", "is".'
  },
  {
    name: 'kind',
    pattern: /\b(?:unkind|kind again|unkindly)\b/gi,
    reason: DIALECT,
    suggestion: 'Name the fault, or "without faults".'
  },
  {
    name: 'puts into words',
    pattern: /\b(?:(?:puts?|putting)\s+into\s+words|in words)\b/gi,
    reason: DIALECT,
    suggestion: 'Write "describes", "as text".'
  },
  {
    name: 'nothing but',
    pattern: /\b(?:nothing|none|nobody|nowhere)\s+but\b/gi,
    reason: DIALECT,
    suggestion: 'Write "only".'
  },
  {
    name: 'gives back',
    pattern: /\b(?:gives?|given|gave|giving)\s+back\b/gi,
    reason: DIALECT,
    suggestion: 'Write "credited", "refunded", "returned".'
  },
  {
    name: 'takes back',
    pattern: /\b(?:takes?|taken|took|taking)\s+back\b/gi,
    reason: DIALECT,
    suggestion: 'Write "revoked", "rolled back", "removed".'
  },
  {
    name: 'way back',
    pattern: /\b(?:(?:leads?|led)\s+back|(?:the|a)\s+way\s+back)\b/gi,
    reason: DIALECT,
    suggestion: 'Write "links to", "returns to", "redirects to", "return link".'
  },
  {
    name: 'the newest first',
    pattern: /\bthe\s+(?:newest|oldest|latest)\s+first\b/gi,
    reason: DIALECT,
    suggestion: 'Write "newest first", "oldest first".'
  },
  {
    name: 'of ours',
    pattern: /\bof\s+(?:ours|theirs|yours)\b/gi,
    reason: DIALECT,
    suggestion: 'Write "our …", "their …".'
  },
  {
    name: 'no more',
    pattern: /\bno more\b(?! than)/gi,
    reason: DIALECT,
    suggestion: 'Write "no longer".'
  },
  {
    name: 'world',
    pattern: /(?<![.#-])\bworlds?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "sandbox" or "sandbox options".'
  },
  {
    name: 'turn',
    pattern: /\b(?:an?|the|this|one|each|every|next|whole|same|own|their|its)\s+turns?\b(?!\s+of\s+the\s+event\s+loop)/gi,
    reason: OLD_NAME,
    suggestion: 'Write "batch", or "the event loop".'
  },
  {
    name: 'lane',
    pattern: /\blanes?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "endpoint queue".'
  },
  {
    name: 'plant',
    pattern: /\bplant(?:s|ed|ing)?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "load" or "insert".'
  },
  {
    name: 'memo',
    pattern: /\bmemos?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "cache".'
  },
  {
    name: 'door',
    pattern: /\bdoors?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "session" or "sign-in".'
  },
  {
    name: 'sheet',
    pattern: /(?<!style\s)(?<![.#-])\bsheets?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "form state"; "page" in a PDF.'
  },
  {
    name: 'visit',
    pattern: /\b(?:a|the|this|that|each|every|one)\s+visits?\b/gi,
    reason: OLD_NAME,
    suggestion: 'Write "page", "request" or "page context".'
  },
  {
    name: 'ruling',
    pattern: /\brulings?\b/gi,
    reason: 'outside readers do not have it',
    suggestion: 'State the rule, or link docs/decisions/.'
  }
]

/** Sentences in which a word is right: the file, and the text with single spaces. */
export const EXCEPTIONS = []
