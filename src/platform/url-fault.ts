/**
 * Why a URL with an account is malformed, if a character of its user or password has a meaning in URLs. Names the character and its
 * escape, and repeats nothing else of the URL.
 */
const escapes: Readonly<Record<string, string>> = {
  '@': '%40',
  '#': '%23',
  '/': '%2F',
  '?': '%3F',
  '[': '%5B',
  ']': '%5D',
  '\\': '%5C',
  ' ': '%20',
};

/** `null` if no character of the account is to blame. */
export function accountFault(text: string): string | null {
  const rest = /^[a-z][a-z\d+.-]*:\/\/(.*)$/is.exec(text)?.[1] ?? '';
  // The host begins after the last @, whatever stands before it.
  const account = rest.slice(0, Math.max(rest.lastIndexOf('@'), 0));
  const found = [...new Set(account)].filter((character) => Object.hasOwn(escapes, character));
  const words = found.map((character) => `${character === ' ' ? 'a space' : character} as ${escapes[character]}`);
  if (/%(?![\da-f]{2})/i.test(account)) words.push('% as %25');
  if (words.length === 0) return null;
  return `has a user or password with reserved characters: write ${words.join(', ')}`;
}

/** A socket path in place of a host. */
export function isSocketPath(host: string): boolean {
  return /%2f|\//i.test(host);
}

export const socketFault = 'names a Unix socket: use TCP with a host and port';
