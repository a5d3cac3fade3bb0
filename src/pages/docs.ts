/**
 * The API reference: the OpenAPI document at /openapi.json, and a page at /docs that shows it or the document of the control API
 * (served by control/routes). The page loads nothing from other hosts. /llms.txt is an index for language models.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StaticDocumentSpec } from '@fastify/swagger'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { contract, olderContract } from '../contract/load.js'
import type { ContractVersion } from '../contract/versions.js'
import { packagePath } from '../root.js'

const ASSETS = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png'
}

/** The build copies the files to this folder. */
const ASSETS_FOLDER = packagePath('dist', 'vendor', 'swagger-ui')

interface ShownDocument {
  title: string
  /** Relative, like all URLs of the page, because it may be below the path of a sandbox or of a proxy. */
  file: string
  /** The URL of the page with this document. */
  page: string
}

const API: ShownDocument = { title: 'The emulated API', file: 'openapi.json', page: 'docs' }
const CONTROL: ShownDocument = {
  title: "The emulator's own API", file: '_emulator/openapi.json', page: 'docs?document=control'
}

/** The page's own parts, and the colours of Swagger UI that have too little contrast. Its dark theme is the class dark-mode. */
const STYLE = `
nav { display: flex; flex-wrap: wrap; gap: 4px 24px; box-sizing: border-box; max-width: 1460px; margin: 0 auto;
  padding: 16px 20px 0; font: 16px/1.5 sans-serif }
nav a { color: #1c5d99; white-space: nowrap }
h1 { max-width: 1420px; margin: 0 auto; padding: 16px 20px 0; font: bold 22px/1.4 sans-serif }
nav a[aria-current] { color: inherit; font-weight: bold; text-decoration: none }
@media (prefers-reduced-motion: reduce) { .swagger-ui * { transition: none !important } }
.dark-mode nav, .dark-mode h1 { color: #eef1f7 }
.dark-mode nav a:not([aria-current]) { color: #9db6ff }
.swagger-ui :is(.renderedMarkdown, .markdown) code { padding: 1px 5px }
.swagger-ui :is(.renderedMarkdown, .markdown) :is(p, li) { line-height: 1.6 }
.swagger-ui .auth-btn-wrapper { gap: 12px }
.swagger-ui .opblock.opblock-deprecated { opacity: 1 }
.swagger-ui .info .title small { background: #5b6270 }
.swagger-ui .info .title small.version-stamp { background: #456b00 }
.swagger-ui .info a, .swagger-ui .info .url, .swagger-ui .renderedMarkdown a { color: #1c5d99 }
.swagger-ui .btn.authorize, .swagger-ui .btn.execute, .swagger-ui .btn.try-out__btn { color: #17683f; border-color: #17683f }
.swagger-ui .btn.execute { background: #1363b8; border-color: #1363b8; color: #fff }
.swagger-ui .btn.authorize svg { fill: #17683f }
.swagger-ui .opblock .opblock-summary .opblock-summary-method { background: #1363b8; text-shadow: none }
.swagger-ui .opblock.opblock-post .opblock-summary .opblock-summary-method { background: #17683f }
.swagger-ui .opblock.opblock-put .opblock-summary .opblock-summary-method { background: #8a5200 }
.swagger-ui .opblock.opblock-patch .opblock-summary .opblock-summary-method { background: #0a6b57 }
.swagger-ui .opblock.opblock-delete .opblock-summary .opblock-summary-method { background: #b91c1c }
.swagger-ui .opblock.opblock-deprecated .opblock-summary .opblock-summary-method,
.dark-mode .swagger-ui .opblock.opblock-deprecated .opblock-summary .opblock-summary-method { background: #5b6270; color: #fff }
.swagger-ui .download-contents { background: #5b6270 }
:root:not(.dark-mode) .swagger-ui .json-schema-2020-12-expand-deep-button { color: #4b5262 }
.swagger-ui .json-schema-2020-12__constraint { background-color: #8a5200 }
.swagger-ui .opblock-tag small, .swagger-ui .parameter__in, .swagger-ui .prop-format,
.swagger-ui .response-col_links { color: #4b5262 }
.swagger-ui .parameter__name.required::after, .swagger-ui .parameter__name.required span { color: #b91c1c }
.dark-mode .swagger-ui .info a, .dark-mode .swagger-ui .info .url, .dark-mode .swagger-ui .renderedMarkdown a { color: #9db6ff }
.dark-mode .swagger-ui .btn.authorize, .dark-mode .swagger-ui .btn.try-out__btn { color: #7ee0ad; border-color: #7ee0ad }
.dark-mode .swagger-ui .btn.authorize svg { fill: #7ee0ad }
`

/** The page with one of the documents, and links to the others. */
function page (shown: ShownDocument, documents: readonly ShownDocument[]): string {
  const link = (document: ShownDocument) =>
    `<a href="${document.page}"${document === shown ? ' aria-current="page"' : ''}>${document.title}</a>`
  const file = ({ file }: ShownDocument) => `<a href="${file}">${file}</a>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${shown === API ? 'Dodo Payments API, as emulated' : 'dodo-emulator control API'}</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Documents">${documents.map(link).join(' ')} <a href="./">Dashboard</a></nav>
<main><h1>${shown.title}</h1><div id="contract" data-document="${shown.file}"></div></main>
<noscript>This page needs JavaScript. The documents themselves: ${documents.map(file).join(', ')}</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`
}

const START = `const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => { document.documentElement.classList.toggle('dark-mode', dark.matches) }
dark.addEventListener('change', follow)
follow()
const ui = SwaggerUIBundle({
  url: document.getElementById('contract').dataset.document, dom_id: '#contract', deepLinking: true, docExpansion: 'none',
  validatorUrl: null, persistAuthorization: true,
  onComplete () { this.preauthorizeApiKey?.('API_KEY', 'any key') }
})
// A link to an operation works on the open page, too.
addEventListener('hashchange', () => { ui.getSystem().layoutActions.parseDeepLinkHash(location.hash) })

const UNNAMED = [['textarea.body-param__text', 'Request body'], ['.copy-to-clipboard button', 'Copy'], ['.close-modal', 'Close']]

const correct = () => {
  for (const select of document.querySelectorAll('select:not([aria-label])')) {
    select.setAttribute('aria-label', select.closest('.servers') === null ? 'Media type' : 'Server')
  }
  for (const input of document.querySelectorAll('.parameters :is(input, textarea):not([aria-label])')) {
    const name = input.closest('tr')?.querySelector('.parameter__name')?.firstChild
    input.setAttribute('aria-label', name?.textContent ?? 'Value')
  }
  for (const region of document.querySelectorAll('.opblock [role=region]:not([aria-label])')) {
    const operation = region.closest('.opblock').querySelector('.opblock-summary-path')?.textContent ?? ''
    region.setAttribute('aria-label', 'Responses: ' + region.id.split('_')[0].toUpperCase() + ' ' + operation)
  }
  for (const [control, label] of UNNAMED) {
    for (const unnamed of document.querySelectorAll(control + ':not([aria-label])')) unnamed.setAttribute('aria-label', label)
  }
  // The label of the button is not its text.
  for (const named of document.querySelectorAll('.auth-btn-wrapper [aria-label]')) named.removeAttribute('aria-label')
  for (const text of document.querySelectorAll('pre:not([tabindex])')) text.tabIndex = 0 // to scroll it
  document.querySelector('.info .title')?.setAttribute('aria-level', '2')
  document.querySelector('.models > h4')?.setAttribute('aria-level', '3')
  // A link inside a button, which does the same, is a second stop for the keyboard.
  for (const link of document.querySelectorAll('.opblock-summary-control a[href]')) link.removeAttribute('href')
}
new MutationObserver(correct).observe(document.getElementById('contract'), { childList: true, subtree: true })
`

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

export interface DocsOptions {
  offersControl: boolean
  /** The contract whose document a request gets. */
  contractOf (request: FastifyRequest): ContractVersion
}

export function addDocsRoutes (app: FastifyInstance, { offersControl, contractOf }: DocsOptions): void {
  const documents = offersControl ? [API, CONTROL] : [API]
  const published = new Map<ContractVersion, Promise<string>>()
  app.get('/openapi.json', async (request, reply) => {
    const version = contractOf(request)
    const document = published.get(version) ?? publish(version)
    published.set(version, document)
    return reply.type('application/json; charset=utf-8').send(await document)
  })
  app.get('/llms.txt', (_request, reply) => {
    reply.type('text/plain; charset=utf-8').send(readFileSync(packagePath('openapi', 'llms.gen.txt')))
  })
  app.get<{ Querystring: { document?: string } }>('/docs', ({ url, query }, reply) => {
    // With a slash at the end, relative URLs would be one level too deep.
    if (/^[^?]*\/(?:\?|$)/.test(url)) return reply.redirect(`../docs${/\?.*/.exec(url)?.[0] ?? ''}`)
    const shown = offersControl && query.document === 'control' ? CONTROL : API
    return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(page(shown, documents))
  })
  app.get('/docs/start.js', (_request, reply) => { reply.type('text/javascript; charset=utf-8').send(START) })
  for (const [name, type] of Object.entries(ASSETS)) {
    app.get(`/docs/${name}`, (_request, reply) => {
      reply.type(type).header('cache-control', 'public, max-age=3600').send(readFileSync(join(ASSETS_FOLDER, name)))
    })
  }
}

/**
 * Creates the document with @fastify/swagger on a separate server. The library is loaded on first use, because its YAML parser
 * takes much of the memory of an idle emulator.
 */
async function publish (version: ContractVersion): Promise<string> {
  const specification = version === 'newest' ? contract().document : olderContract()
  const { default: swagger } = await import('@fastify/swagger')
  const publisher = fastify()
  publisher.register(swagger, {
    mode: 'static',
    specification: { document: specification as unknown as StaticDocumentSpec['document'] }
  })
  await publisher.ready()
  const document = JSON.stringify(publisher.swagger())
  await publisher.close()
  return document
}
