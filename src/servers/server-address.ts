import type { ServerTls } from './server-tls.ts';

/** Where a server is, which account to use, and how the connection is secured. */
export type Server = {
  /** The scheme of its URL, which selects the driver. Default: that of the first kind of servers. */
  readonly scheme?: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `null`: without TLS. */
  readonly tls: ServerTls | null;
};

/** A server with the name that users see. */
export type ServerAddress = Server & { readonly name: string };
