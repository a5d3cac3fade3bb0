// The documentation site: the Markdown files of the repository, with a menu and a search. `npm run site` builds it into dist/guide,
// and fails if a link leads nowhere. The emulator serves it at /docs/guide/.

import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { defineConfig } from 'vitepress'

const ROOT = resolve(import.meta.dirname, '../..')
const REPOSITORY = 'https://github.com/dodo-emulator/dodo-emulator'
const BASE = '/docs/guide/'
const ICON = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2a56c6"/></svg>')}`

/** Files outside of docs/ that are pages, and their addresses. */
const PAGES = new Map([
  ['README.md', 'index.md'],
  ['CHANGELOG.md', 'changelog.md'],
  ['CONTRIBUTING.md', 'contributing.md'],
  ['SECURITY.md', 'report-a-vulnerability.md'],
  ['CODE_OF_CONDUCT.md', 'code-of-conduct.md'],
  ['bench/README.md', 'speed.md'],
  ['fixtures/README.md', 'fixtures.md']
])

const how = (text, name) => ({ text, link: `/how-to/${name}` })

export default defineConfig({
  title: 'dodo-emulator',
  description: 'An unofficial local emulator of the Dodo Payments API',
  base: BASE,
  head: [['link', { rel: 'icon', href: ICON }]],
  srcDir: ROOT,
  srcExclude: ['**/node_modules/**', '.build/**', 'dist/**', 'data/**', '.github/**', 'docs/decisions/**', 'examples/**', 'skills/**', 'test/**', 'src/**'],
  outDir: join(ROOT, 'dist/guide'),
  cacheDir: join(ROOT, '.build/site'),
  rewrites: addressOf,
  ignoreDeadLinks: [/^https?:\/\/(?:localhost|127\.0\.0\.1)\b/],
  vite: { publicDir: false, build: { chunkSizeWarningLimit: 1000 } },
  markdown: {
    config ({ core: { ruler } }) {
      ruler.push('repository-links', rewriteLinks)
      ruler.push('relative-pictures', markAsRelative)
    }
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    nav: [{ text: 'Guide', link: '/' }, { text: 'Options', link: '/options' }, { text: 'Commands', link: '/commands' }, { text: 'Errors', link: '/errors' }],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'What it is', link: '/' },
          how('Point your program', 'point-your-program'),
          how('From test mode and back', 'from-test-mode'),
          how('Compare with test mode', 'compare-with-test-mode'),
          how('Use it in tests', 'use-in-tests'),
          how('Test with vitest', 'test-with-vitest'),
          how('Test with jest', 'test-with-jest'),
          how('Test with Playwright', 'test-with-playwright'),
          how('Test with Testcontainers', 'test-with-containers'),
          how('Matchers for tests', 'matchers'),
          how('Inside your application', 'inside-your-application'),
          how('Use it with coding agents', 'use-with-agents'),
          how('Postman and Bruno', 'use-postman-or-bruno'),
          how('Recipes by framework', 'recipes'),
          how('Your own data', 'your-own-data'),
          how('Troubleshooting', 'troubleshooting')
        ]
      },
      {
        text: 'Test',
        items: [
          how('Webhooks', 'webhooks'),
          how('Subscriptions', 'test-subscriptions'),
          how('Usage-based billing', 'test-usage-based-billing'),
          how('Credits', 'test-credits'),
          how('Licences, files and e-mails', 'test-licences'),
          how('Disputes and payouts', 'test-disputes-and-payouts'),
          how('The embedded checkout', 'embed-the-checkout'),
          how('Other languages', 'test-languages'),
          how('Faults', 'break-things')
        ]
      },
      { text: 'Look', items: [how('The dashboard', 'dashboard'), how('Find out why', 'find-out-why')] },
      {
        text: 'Reference',
        items: [
          { text: 'Options', link: '/options' },
          { text: 'Commands', link: '/commands' },
          { text: 'Functions', link: '/functions' },
          { text: 'Errors', link: '/errors' },
          { text: 'Warnings', link: '/warnings' },
          { text: 'Fixtures', link: '/fixtures' },
          { text: 'Coverage', link: '/coverage' },
          { text: 'Fidelity', link: '/fidelity' },
          { text: 'Clients', link: '/clients' },
          { text: 'Lifecycles', link: '/lifecycles' },
          { text: 'Security', link: '/security' },
          { text: 'Speed', link: '/speed' },
          { text: 'Changes', link: '/changelog' }
        ]
      },
      {
        text: 'Operate and change',
        items: [how('Scale out', 'scale-out'), { text: 'Contribute', link: '/contributing' }, { text: 'Architecture', link: '/architecture' },
          how('Add a resource', 'add-a-resource')]
      }
    ],
    footer: { message: 'Not made, endorsed or supported by Dodo Payments.' }
  }
})

/** Vite finds a picture only if its path begins with a dot. */
function markAsRelative ({ tokens }) {
  for (const token of tokens) {
    if (token.type === 'html_block') token.content = token.content.replace(/\b(src|srcset)="(?=\w)(?!https?:)/g, '$1="./')
  }
}

/** Links to pages lead to their addresses, and links to other files to the repository. VitePress checks all others. */
function rewriteLinks ({ tokens, env }) {
  const folder = dirname(env.realPath ?? env.path)
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type !== 'link_open') continue
    const href = token.attrGet('href')
    if (/^(?:[a-z]+:|#|\/)/.test(href)) continue
    const [path, anchor] = decodeURI(href).split('#')
    const file = relative(ROOT, join(folder, path))
    if (!existsSync(join(ROOT, file))) continue
    const target = isPage(file) ? `/${addressOf(file)}` : `${REPOSITORY}/blob/main/${file}`
    token.attrSet('href', anchor === undefined ? target : `${target}#${anchor}`)
  }
}

/** The address of a file that is a page, relative to the site. */
function addressOf (file) {
  return PAGES.get(file) ?? file.replace(/^docs\//, '').replace(/\.gen\.md$/, '.md')
}

function isPage (file) {
  return PAGES.has(file) || (file.startsWith('docs/') && !file.startsWith('docs/decisions/') && file.endsWith('.md'))
}
