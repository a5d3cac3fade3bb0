import neostandard from 'neostandard'

// examples/node-test/sample.js is a published program, which must stay unchanged.
export default neostandard({
  ts: true,
  ignores: ['dist/', '.build/', '.tap/', 'data/', '**/*.gen.ts', 'bench/node_modules/', 'examples/node-test/sample.js']
})
