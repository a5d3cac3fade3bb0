/** The types of index.cjs: those of index.ts, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as index from './index.js' with { 'resolution-mode': 'import' }

export type * from './index.js' with { 'resolution-mode': 'import' }
export declare const start: typeof index.start
export declare const connect: typeof index.connect
export declare const EmulatorError: typeof index.EmulatorError
export type EmulatorError = index.EmulatorError
export declare const SetupError: typeof index.SetupError
export type SetupError = index.SetupError
