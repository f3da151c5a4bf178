/** The code of a page could not be loaded: the network or the API is down. */
export class CodeMissingError extends Error {}
