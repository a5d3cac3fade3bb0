// The libraries for text in any script, which tools/build.mjs bundles: fontkit reads fonts and shapes text, linebreak finds where a
// line can end, and bidi-js orders text of both directions.
import bidiFactory from 'bidi-js'
import { create } from 'fontkit'
import LineBreaker from 'linebreak'

const bidi = bidiFactory()

export { bidi, create, LineBreaker }
