/**
 * What a cluster on one machine needs of a kind of server. A kind describes how its programs are found, started and told to
 * replicate; `src/local` has the processes, the ports and the files.
 */
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import type { Command } from '../platform/run-command.ts';
import type { Connection } from './connection.ts';

export interface LocalServers {
  readonly program: ServerProgram;
  /** What an empty data directory is filled with; another recipe makes other templates. */
  readonly recipe: readonly string[];
  /** Fills an empty data directory with the server's own tables. */
  initialise(request: InitialiseRequest): Promise<void>;
  /** Files of a filled one that would make two copies of it the same server. */
  readonly identityFiles: readonly string[];
  /** Writes what the server reads when it starts, and answers how it is started. */
  launch(request: LaunchRequest): Promise<Launch>;
  version(connection: Connection): Promise<string>;
  /** Has a server follow the source, from where it is. Returns before it has connected. */
  follow(server: LocalServer, request: LocalFollow): Promise<void>;
  /** Lets a server accept writes; `acknowledged`: once a replica has received them. */
  lead(server: LocalServer, how: { readonly acknowledged: boolean }): Promise<void>;
  /** Applies nothing any more of what it receives. */
  stopApplying(connection: Connection): Promise<void>;
  /** Applies each change that many whole seconds after the source made it. */
  delay(connection: Connection, seconds: number): Promise<void>;
  /** `null` of servers that elect no source among themselves. */
  readonly group: LocalGroup | null;
}

/** A program of servers, and where it is found. */
export type ServerProgram = {
  readonly packages: PackageSet;
  readonly program: string;
  /** The oldest version whose statements and settings are used. */
  readonly oldest: readonly number[];
  readonly versionArguments: readonly string[];
  /** The version in what it says of itself, `null` when that is no server of the kind. */
  versionIn(text: string): string | null;
  /** The data directory among the arguments that one was started with. */
  dataDirectoryIn(args: readonly string[]): string | null;
};

/** Packages of a distribution. */
export type PackageSet = {
  readonly title: string;
  /** Names start so; releases add a version (`mysql-server-core-8.0`). */
  readonly prefixes: readonly string[];
  /** Where to look when this machine's own release has none: its C library comes along, as it will be newer. */
  readonly fallbackRelease: 'sid' | null;
  /** What a person does when nothing else works. */
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
  /** The `usr` folder of unpacked packages; null for a server of this machine, which knows its own places. */
  readonly unpackedUsr: string | null;
};

export type InitialiseRequest = {
  readonly binary: FoundProgram;
  /** An empty folder. */
  readonly dataDirectory: string;
  /** Servers refuse to run as root unless told to. */
  readonly asRoot: boolean;
  readonly signal?: AbortSignal | undefined;
};

export type LocalRole = 'source' | 'replica' | 'backup';

export type LaunchRequest = {
  readonly role: LocalRole;
  /** Of a replication group, which decides itself who is read-only. */
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
  /** Files that are removed once it answers: they hold secrets. */
  readonly secretFiles: readonly string[];
};

/** One that runs. */
export type LocalServer = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Runs `work` on a connection of the administrator's own. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Stops it, has its files changed, and starts it again. */
  restarted(change: () => Promise<void>): Promise<void>;
};

export type LocalFollow = {
  readonly source: { readonly host: string; readonly port: number };
  /** What a server already has that never followed anybody; `null` when it goes on where it was. */
  readonly begin: Position | null;
  /** Whether it acknowledges what it has received. */
  readonly acknowledges: boolean;
  readonly account: LocalAccount;
};

/** Servers that elect their source among themselves. */
export interface LocalGroup {
  /** Resolves to the name of the source once all that run are together, or to `null` when the group cannot start. */
  form(request: GroupRequest): Promise<string | null>;
  /** Keeps a member from committing what it applies, as long as the connection lives. */
  hold(connection: Connection): Promise<void>;
}

export type GroupRequest = {
  readonly groupName: string;
  readonly members: readonly LocalServer[];
  /** Names of members that do not run. */
  readonly away: readonly string[];
  readonly accounts: LocalAccounts;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
};
