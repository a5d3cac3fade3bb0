/** The types of jest.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './jest.js' with { 'resolution-mode': 'import' }

export type * from './jest.js' with { 'resolution-mode': 'import' }
export declare const EmulatorEnvironment: typeof module.EmulatorEnvironment
export declare const createGlobalSetup: typeof module.createGlobalSetup
export declare const globalTeardown: typeof module.globalTeardown
declare const main: typeof module.default
export default main
