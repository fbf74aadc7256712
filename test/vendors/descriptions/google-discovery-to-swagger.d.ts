declare module 'google-discovery-to-swagger' {
  /** Google's discovery format in, Swagger 2.0 out. */
  const discovery: { convert: (document: object) => object }
  export default discovery
}
