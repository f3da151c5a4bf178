import type { ServerFlavour } from './server-flavour.ts';

export type LocalNodeRole = 'source' | 'replica' | 'backup';

/** One running server of the local cluster, as recorded in `.tidemark/cluster.json`. */
export type LocalNode = {
  readonly name: string;
  readonly role: LocalNodeRole;
  readonly flavour: ServerFlavour;
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** The account that the application logs in with. */
  readonly user: string;
  readonly pid: number;
  readonly dataDirectory: string;
};

export type LocalRedis = { readonly host: string; readonly port: number; readonly pid: number };
