/**
 * Operations of the service that the documents in openapi/ do not describe. The published Python client 1.123.0 has them. They
 * return 501 and their name, so that a program does not take them for missing objects.
 */

const TRANSLATED = ['addons', 'credit-entitlements', 'entitlements', 'meters', 'product-collections', 'products']

/** In the form `PUT /meters/{id}/translations/{locale}`. */
export const UNSERVED: readonly string[] = [
  'GET /locales',
  'PATCH /meters/{id}',
  'DELETE /addons/{id}',
  'POST /addons/{id}/unarchive',
  ...TRANSLATED.flatMap(resource => [
    `GET /${resource}/{id}/translations`,
    `PUT /${resource}/{id}/translations/{locale}`,
    `DELETE /${resource}/{id}/translations/{locale}`
  ])
]
