/** The types of jest-global-teardown.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './jest-global-teardown.js' with { 'resolution-mode': 'import' }

declare const main: typeof module.default
export default main
