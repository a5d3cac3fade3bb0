import neostandard from 'neostandard'

// examples/node-test/sample.js is a published program, kept as it is.
export default neostandard({
  ts: true,
  ignores: ['dist/', '.build/', '.tap/', 'data/', '**/*.gen.ts', 'bench/node_modules/', 'examples/node-test/sample.js']
})
