// ajv and its formats, which tools/build.mjs bundles to dist/vendor/ajv.cjs. A CommonJS module, because validation is synchronous and
// loads it only for a request that the validators of the build do not accept.
import { _, stringify } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export { Ajv2020, _, stringify }
export const { default: addAllFormats } = addFormats
