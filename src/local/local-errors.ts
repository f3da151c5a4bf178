import { TidemarkError } from '../errors.ts';
import { apiUrl, describeNodes } from './describe-cluster.ts';
import type { ClusterFile } from './directory/cluster-file-schema.ts';

/** Another process runs a cluster in this directory. `cluster` is null while it is still starting. */
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

/** There is no server program on the PATH, and none could be fetched. The message says what to install. */
export class ServersMissingError extends TidemarkError {
  readonly code = 'LOCAL_SERVERS_MISSING';
  readonly retryable = false;
}

/** A server did not start, or did not join the cluster. The message ends with the last lines of its log. */
export class ServerStartError extends TidemarkError {
  readonly code = 'LOCAL_SERVER_START';
  readonly retryable = false;
}

/** The port was taken between the check and the start; another port may work. */
export class PortTakenError extends ServerStartError {}

/** This user may not access a file or folder of the cluster, or its content is malformed. */
export class UnusableDirectoryError extends TidemarkError {
  readonly code = 'LOCAL_DIRECTORY_UNUSABLE';
  readonly retryable = false;
}

/** A file-system fault explained to the user who started the cluster; any other error unchanged. */
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

/** Servers of this flavour do not support this topology. */
export class UnsupportedTopologyError extends TidemarkError {
  readonly code = 'LOCAL_TOPOLOGY_UNSUPPORTED';
  readonly retryable = false;
}

/** The cluster has no node of this name. */
export class UnknownNodeError extends TidemarkError {
  readonly code = 'LOCAL_NODE_UNKNOWN';
  readonly retryable = false;
}

/** The lab refuses an action in the server's current state. */
export class LabRefusedError extends TidemarkError {
  readonly code = 'LAB_REFUSED';
  readonly retryable = false;
}
