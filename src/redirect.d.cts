/** The types of redirect.cjs, which exports nothing. */
export {}
