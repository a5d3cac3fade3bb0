/** The types of handler.cjs: those of handler.ts, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as handler from './handler.js' with { 'resolution-mode': 'import' }

export type * from './handler.js' with { 'resolution-mode': 'import' }
export declare const createHandler: typeof handler.createHandler
export declare const EmulatorError: typeof handler.EmulatorError
export type EmulatorError = handler.EmulatorError
export declare const SetupError: typeof handler.SetupError
export type SetupError = handler.SetupError
