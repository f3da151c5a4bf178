import type { ServerTls } from './server-tls.ts';

/** Where a server is, which account to use there, and how the way is secured. */
export type Server = {
  /** How its URL begins, by which its driver is found; of the first kind of servers where that is not said. */
  readonly scheme?: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `null`: spoken to in the clear. */
  readonly tls: ServerTls | null;
};

/** A server under the name that people are told. */
export type ServerAddress = Server & { readonly name: string };
