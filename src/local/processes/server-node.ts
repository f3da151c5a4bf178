import { rm } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.ts';
import type { LocalCredentials } from '../directory/secrets.ts';
import { PortTakenError, ServerStartError } from '../local-errors.ts';
import type { LocalNode, LocalNodeRole } from '../local-node.ts';
import { localServers } from '../programs/known-programs.ts';
import type { ServerBinary } from '../programs/server-binaries.ts';
import { onServer } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { prepareDataDirectory, type Templates } from './data-directory.ts';
import { isPortFree } from './ports.ts';
import { type ParentDeathSignal, ServerChild } from './server-child.ts';
import { giveTo, root } from './unprivileged.ts';

export type NodePlan = {
  readonly name: string;
  readonly role: LocalNodeRole;
  /** Of a replication group. */
  readonly member: boolean;
  readonly serverId: number;
};

export type NodeLaunch = {
  plan: NodePlan;
  flavour: ServerFlavour;
  binary: ServerBinary;
  templates: Templates;
  dataDirectory: string;
  logPath: string;
  port: number;
  credentials: LocalCredentials;
  parentDeathSignal: ParentDeathSignal;
  clock: Clock;
  signal?: AbortSignal | undefined;
};

export type RunningNode = { readonly node: LocalNode; readonly child: ServerChild };

const patienceMs = 90_000;

/** Starts one server and resolves when it answers a query over TCP. */
export async function startNodeServer(launch: NodeLaunch): Promise<RunningNode> {
  const { plan, flavour, binary, dataDirectory, port, credentials } = launch;
  const asRoot = process.getuid?.() === 0;
  await prepareDataDirectory(dataDirectory, launch.templates[plan.role === 'backup' ? 'backup' : 'cluster']);
  const { args, secretFiles } = await localServers(flavour).launch({
    name: plan.name,
    role: plan.role,
    member: plan.member,
    serverId: plan.serverId,
    port,
    dataDirectory,
    accounts: credentials,
    unpackedUsr: binary.unpackedUsr,
    asRoot,
  });
  // A server that ran in another way before left files of another user.
  if (asRoot) await giveTo(binary.command.user ?? root, dataDirectory);
  const child = await ServerChild.start(binary.command, args, {
    cwd: dataDirectory,
    logPath: launch.logPath,
    stopSignal: localServers(flavour).program.stopSignal,
    parentDeathSignal: launch.parentDeathSignal,
  });
  try {
    const version = await waitUntilReady(launch, child);
    const { name, role } = plan;
    const user = credentials.app.user;
    return {
      child,
      node: { name, role, flavour, version, host: '127.0.0.1', port, user, pid: child.pid, dataDirectory },
    };
  } catch (error) {
    await child.end('SIGTERM', launch.clock);
    throw error;
  } finally {
    for (const file of secretFiles) await rm(file, { force: true });
  }
}

async function waitUntilReady(
  { plan, flavour, port, credentials, clock, signal }: NodeLaunch,
  child: ServerChild,
): Promise<string> {
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    if (child.exit !== null) {
      const message = `${plan.name} exited while starting: ${await child.lastWords()}`;
      throw (await isPortFree(port)) ? new ServerStartError(message) : new PortTakenError(message);
    }
    const { version: ask } = localServers(flavour);
    const version = await onServer({ flavour, host: '127.0.0.1', port }, credentials.admin, ask).catch(() => '');
    if (version !== '') return version;
    if (clock.monotonic() > deadline) {
      throw new ServerStartError(
        `${plan.name} does not answer after ${patienceMs / 1000} s: ${await child.lastWords()}`,
      );
    }
    await clock.sleep(50);
  }
}
