import { BadServerUrlError } from './bad-server-url.ts';
import { type Server, serverAt } from './server-url.ts';

/** A server under the name that people are told. */
export type ServerAddress = Server & { readonly name: string };

/** Throws `BadServerUrlError`, which never shows a password. */
export function addressAt(url: string, name?: string): ServerAddress {
  const read = serverAt(url);
  if (typeof read === 'string') throw new BadServerUrlError(name ?? 'the server', read);
  const { parameters: _, ...server } = read;
  return { name: name ?? `${server.host}:${server.port}`, ...server };
}
