// Replaces the packages of pdfkit that we do not use, which are most of its size: fontkit (embedded fonts), linebreak (wrapping),
// png-js (images) and @noble/ciphers (encryption).
function absent () {
  throw new Error('this part of pdfkit is not in the bundle: see src/vendor/pdfkit.absent.mjs')
}

export { absent as default, absent as create, absent as cbc, absent as ecb }
