/** The types of vitest.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './vitest.js' with { 'resolution-mode': 'import' }

export type * from './vitest.js' with { 'resolution-mode': 'import' }
export declare const createGlobalSetup: typeof module.createGlobalSetup
export declare const withEmulator: typeof module.withEmulator
