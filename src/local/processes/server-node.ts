import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { LocalCredentials } from '../directory/secrets.ts';
import { PortTakenError, ServerStartError } from '../local-errors.ts';
import type { LocalNode, LocalNodeRole } from '../local-node.ts';
import type { ServerBinary } from '../programs/server-binaries.ts';
import { queryRows } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { credentialValues, loadStatements } from '../sql-file.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { isPortFree } from './ports.ts';
import { serverArguments, temporaryDirectory } from './server-arguments.ts';
import { type ParentDeathSignal, ServerChild } from './server-child.ts';

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
  template: string;
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
  await prepareDataDirectory(dataDirectory, launch.template);
  await mkdir(temporaryDirectory(dataDirectory), { recursive: true, mode: 0o700 });
  const initFile = join(dataDirectory, 'accounts.sql');
  const values = credentialValues(credentials);
  const statements = [
    ...(await loadStatements(flavour, 'accounts', values)),
    ...(plan.member ? await loadStatements(flavour, 'member-accounts', values) : []),
    ...(await loadStatements(flavour, 'only-local', values)),
  ];
  await writeFile(initFile, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 });
  const child = await ServerChild.start(
    binary.command,
    serverArguments({
      flavour,
      role: plan.role,
      member: plan.member,
      serverId: plan.serverId,
      port,
      dataDirectory,
      initFile,
      unpackedUsr: binary.unpackedUsr,
      asRoot: process.getuid?.() === 0,
    }),
    { cwd: dataDirectory, logPath: launch.logPath, parentDeathSignal: launch.parentDeathSignal },
  );
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
    await rm(initFile, { force: true });
  }
}

async function waitUntilReady(
  { plan, port, credentials, clock, signal }: NodeLaunch,
  child: ServerChild,
): Promise<string> {
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    if (child.exit !== null) {
      const message = `${plan.name} ended while it started: ${await child.lastWords()}`;
      throw (await isPortFree(port)) ? new ServerStartError(message) : new PortTakenError(message);
    }
    const answer = await queryRows({ host: '127.0.0.1', port }, credentials.admin, 'SELECT VERSION() AS version').catch(
      () => [],
    );
    const version = answer[0]?.version;
    if (typeof version === 'string') return version;
    if (clock.monotonic() > deadline) {
      throw new ServerStartError(
        `${plan.name} does not answer after ${patienceMs / 1000} s: ${await child.lastWords()}`,
      );
    }
    await clock.sleep(50);
  }
}
