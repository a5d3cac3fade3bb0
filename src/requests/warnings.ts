/**
 * All warnings about accepted calls that are probably mistakes: values that the API ignores or takes for something else.
 * docs/warnings.md is generated from this table.
 */

interface WarningRow {
  /** The mistake, in Markdown. */
  about: string
  /** The change to make, in Markdown. */
  advice: string
}

export const WARNINGS = {
  IGNORED_FIELD: {
    about: 'The body has a field that the API does not know, or that does not apply to the call. Listed in `ignored_fields`',
    advice: 'Correct its name, or remove it'
  },
  IGNORED_QUERY: { about: 'The query has a parameter that the API does not know', advice: 'Correct its name, or remove it' },
  DEPRECATED_OPERATION: { about: 'The contract marks the operation as deprecated', advice: 'Use the operation that replaces it' },
  URL_WITHOUT_SCHEME: {
    about: '`return_url`, `cancel_url` or `redirect_url` has no scheme: `localhost:3000/thanks`. No browser can follow it',
    advice: 'Begin it with `http://` or `https://`'
  },
  API_KEY_IN_BROWSER: {
    about: 'A browser sent the API key. Visitors of the page can read it',
    advice: 'Call the API from your server'
  },
  REFUND_AMOUNT_IGNORED: {
    about: '`POST /refunds` has `amount` at the top. The API ignores it and refunds all that is left of the payment',
    advice: 'Give the amount in `items`'
  },
  UNENCODED_PLUS: {
    about: 'A query parameter has a `+` in an address, a phone number or a time. It means a space',
    advice: 'Write it as `%2B`'
  },
  REPEATED_CREATION: {
    about: 'The same call created something less than five seconds before: a button was clicked twice, or a call was retried. ' +
      'Both exist now',
    advice: 'Disable the button after the first click, and find out why the call was repeated'
  }
} as const satisfies Record<string, WarningRow>

export type WarningCode = keyof typeof WARNINGS
