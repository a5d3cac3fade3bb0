// The types of vendor/forge.js, which tools/build.mjs bundles from forge.entry.mjs. Written by hand, because node-forge has no types.

interface Key { readonly key: unique symbol }

interface Attribute {
  name: 'commonName' | 'organizationName'
  value: string
}

/** Type 2 is a DNS name, type 7 an address. */
type AlternativeName = { type: 2, value: string } | { type: 7, ip: string }

type Extension =
  | { name: 'basicConstraints', cA: boolean, critical?: boolean, pathLenConstraint?: number }
  | { name: 'keyUsage', critical?: boolean, keyCertSign?: boolean, cRLSign?: boolean, digitalSignature?: boolean, keyEncipherment?: boolean }
  | { name: 'extKeyUsage', serverAuth: boolean }
  | { name: 'subjectAltName', altNames: AlternativeName[] }
  | { name: 'subjectKeyIdentifier' }
  | { name: 'authorityKeyIdentifier', keyIdentifier: string }

export interface Certificate {
  publicKey: Key
  /** Hexadecimal. */
  serialNumber: string
  validity: { notBefore: Date, notAfter: Date }
  readonly subject: { attributes: Attribute[] }
  setSubject (attributes: Attribute[]): void
  setIssuer (attributes: Attribute[]): void
  setExtensions (extensions: Extension[]): void
  generateSubjectKeyIdentifier (): { getBytes (): string }
  sign (key: Key, digest: Digest): void
}

interface Digest { readonly digest: unique symbol }

export declare const pki: {
  createCertificate (): Certificate
  certificateFromPem (pem: string): Certificate
  certificateToPem (certificate: Certificate): string
  privateKeyFromPem (pem: string): Key
  publicKeyFromPem (pem: string): Key
}

export declare const md: { sha256: { create (): Digest } }
