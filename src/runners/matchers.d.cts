/** The types of matchers.cjs, for CommonJS modules that TypeScript compiles with `module: node16`. */
import type * as module from './matchers.js' with { 'resolution-mode': 'import' }

export type * from './matchers.js' with { 'resolution-mode': 'import' }
export declare const matchers: typeof module.matchers
export declare const toHaveDelivered: typeof module.toHaveDelivered
export declare const toHaveReceivedCall: typeof module.toHaveReceivedCall
