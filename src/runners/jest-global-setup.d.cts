/** The types of jest-global-setup.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './jest-global-setup.js' with { 'resolution-mode': 'import' }

declare const main: typeof module.default
export default main
