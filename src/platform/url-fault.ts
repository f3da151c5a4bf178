/**
 * Why a URL with an account cannot be read, when the cause is a character of its user or password that means something else in
 * a URL. The character is named, and how to write it; nothing else of the URL is repeated.
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

/** `null` when no character of the account is in the way. */
export function accountFault(text: string): string | null {
  const rest = /^[a-z][a-z\d+.-]*:\/\/(.*)$/is.exec(text)?.[1] ?? '';
  // The host begins behind the last one, whatever stands before.
  const account = rest.slice(0, Math.max(rest.lastIndexOf('@'), 0));
  const found = [...new Set(account)].filter((character) => Object.hasOwn(escapes, character));
  const words = found.map((character) => `${character === ' ' ? 'a space' : character} as ${escapes[character]}`);
  if (/%(?![\da-f]{2})/i.test(account)) words.push('% as %25');
  if (words.length === 0) return null;
  return `has a user or password with characters that mean something else in a URL: write ${words.join(', ')}`;
}

/** A path of a socket in the place of a host. */
export function isSocketPath(host: string): boolean {
  return /%2f|\//i.test(host);
}

export const socketFault = 'names a Unix socket: servers are reached over TCP, by host and port';
