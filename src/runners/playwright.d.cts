/** The types of playwright.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './playwright.js' with { 'resolution-mode': 'import' }

export type * from './playwright.js' with { 'resolution-mode': 'import' }
export declare const fixtures: typeof module.fixtures
export declare const pay: typeof module.pay
