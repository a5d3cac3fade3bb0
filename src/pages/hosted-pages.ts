/** The hosted pages. `hosted.ts` loads them on demand. */
import { acceptPages } from './accept/routes.js'
import { sendAsset } from './assets.js'
import { productLinks } from './checkout/product-links.js'
import { checkoutPages } from './checkout/routes.js'
import { embeddedTheme, keepOptions, scripts } from './embed/routes.js'
import type { Pages } from './hosted-routes.js'
import type { PagesOptions } from './hosted-layout.js'
import { portalPages } from './portal/routes.js'

export function hostedPages (options: PagesOptions): Pages {
  return {
    checkout: checkoutPages(options),
    overlay: { ...checkoutPages({ ...options, embed: 'overlay' }), showEmbeddedTheme: embeddedTheme },
    inline: { ...checkoutPages({ ...options, embed: 'inline' }), showEmbeddedTheme: embeddedTheme },
    portal: portalPages(options),
    accept: acceptPages(options),
    others: { ...productLinks(options), ...scripts, asset: sendAsset },
    keepOptions
  }
}
