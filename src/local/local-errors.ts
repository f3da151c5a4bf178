import { TidemarkError } from '../errors.ts';
import { apiUrl, describeNodes } from './describe-cluster.ts';
import type { ClusterFile } from './directory/cluster-file-schema.ts';

/** Another process runs a cluster in this directory. `cluster` is null while that one is still starting. */
export class AlreadyRunningError extends TidemarkError {
  readonly code = 'LOCAL_CLUSTER_RUNNING';
  readonly retryable = false;
  readonly cluster: ClusterFile | null;

  constructor(directory: string, ownerPid: number, cluster: ClusterFile | null) {
    const facts = { directory, ownerPid };
    const stop = `Stop it first: Ctrl-C where it was started, or kill ${ownerPid}`;
    if (cluster === null) {
      super(`Process ${ownerPid} is already starting a cluster in ${directory}.\n${stop}`, { facts });
    } else {
      const { api, redis, flavour, topology, nodes } = cluster;
      const others = redis ? [{ name: 'redis', role: '', ...redis }] : [];
      const lines = [
        `Process ${ownerPid} already runs a ${flavour} ${topology === 'group' ? 'group' : 'cluster'} in ${directory}.`,
        api ? `GraphQL and GraphiQL: ${apiUrl(api)}` : 'Its API does not answer yet.',
        '',
        ...describeNodes([...nodes, ...others]),
        '',
        stop,
      ];
      super(lines.join('\n'), { facts });
    }
    this.cluster = cluster;
  }
}

/** No server binary on the PATH, and none could be fetched. The message says what to install. */
export class ServersMissingError extends TidemarkError {
  readonly code = 'LOCAL_SERVERS_MISSING';
  readonly retryable = false;
}

/** A server would not start, or would not take part. The message ends with what its log said last. */
export class ServerStartError extends TidemarkError {
  readonly code = 'LOCAL_SERVER_START';
  readonly retryable = false;
}

/** The port was taken between looking and starting: another one may do. */
export class PortTakenError extends ServerStartError {}

/** A file or folder of the cluster that this user may not touch, or that holds something else than it should. */
export class UnusableDirectoryError extends TidemarkError {
  readonly code = 'LOCAL_DIRECTORY_UNUSABLE';
  readonly retryable = false;
}

/** A fault of the file system in words for whoever started the cluster; any other error as it is. */
export function explainFileFault(directory: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof TidemarkError) return error;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : directory;
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return belongsToAnotherUser(path, error);
    case 'EROFS':
    case 'ENOSPC':
    case 'EDQUOT':
      return new UnusableDirectoryError(
        `${path} cannot be written (${error.code}). Set TIDEMARK_DIRECTORY to a folder with room.`,
        { cause: error },
      );
    default:
      return error;
  }
}

export function belongsToAnotherUser(path: string, cause?: unknown): UnusableDirectoryError {
  return new UnusableDirectoryError(
    `${path} belongs to another user, perhaps because the cluster was once started by that user, or with sudo. ` +
      `Start it as that user, give the files back with chown -R, or set TIDEMARK_DIRECTORY to a folder of your own.`,
    { cause },
  );
}

/** Servers of this flavour do not replicate in this way. */
export class UnsupportedTopologyError extends TidemarkError {
  readonly code = 'LOCAL_TOPOLOGY_UNSUPPORTED';
  readonly retryable = false;
}

/** A name that the cluster has no node for. */
export class UnknownNodeError extends TidemarkError {
  readonly code = 'LOCAL_NODE_UNKNOWN';
  readonly retryable = false;
}

/** What was asked of the lab makes no sense as the server is now. */
export class LabRefusedError extends TidemarkError {
  readonly code = 'LAB_REFUSED';
  readonly retryable = false;
}
