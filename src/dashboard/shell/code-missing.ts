/** The code of a page did not arrive: there is no network, or the API is away. */
export class CodeMissingError extends Error {}
