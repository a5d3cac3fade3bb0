/** The types of testcontainers.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './testcontainers.js' with { 'resolution-mode': 'import' }

export type * from './testcontainers.js' with { 'resolution-mode': 'import' }
export declare const startContainer: typeof module.startContainer
