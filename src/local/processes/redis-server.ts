import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { PortTakenError, ServerStartError } from '../local-errors.ts';
import type { ServerBinary } from '../programs/server-binaries.ts';
import { isPortFree } from './ports.ts';
import { type ParentDeathSignal, ServerChild } from './server-child.ts';

export type RedisLaunch = {
  binary: ServerBinary;
  dataDirectory: string;
  logPath: string;
  port: number;
  /** Without it, every user of this machine could read cached answers and change jobs; `null`: no password. */
  password: string | null;
  parentDeathSignal: ParentDeathSignal;
  clock: Clock;
  signal?: AbortSignal | undefined;
};

const patienceMs = 20_000;

/** Starts Redis and resolves when it, and not another Redis on that port, answers. */
export async function startRedisServer(launch: RedisLaunch): Promise<ServerChild> {
  const { binary, dataDirectory, logPath, port, password, parentDeathSignal, clock, signal } = launch;
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  // Other users can see a process's arguments.
  const secretFile = join(dataDirectory, 'redis.conf');
  await writeFile(secretFile, password === null ? '' : `requirepass ${password}\n`, { mode: 0o600 });
  const child = await ServerChild.start(binary.command, [secretFile, ...redisArguments(port, dataDirectory)], {
    cwd: dataDirectory,
    logPath,
    parentDeathSignal,
  });
  const deadline = clock.monotonic() + patienceMs;
  try {
    while ((await pidOfRedis(port, password)) !== child.pid) {
      signal?.throwIfAborted();
      if (child.exit !== null) {
        const message = `redis exited while starting: ${await child.lastWords()}`;
        throw (await isPortFree(port)) ? new ServerStartError(message) : new PortTakenError(message);
      }
      if (clock.monotonic() > deadline) throw new ServerStartError(`redis does not answer: ${await child.lastWords()}`);
      await clock.sleep(30);
    }
    return child;
  } catch (error) {
    await child.end('SIGTERM', clock);
    throw error;
  }
}

export function redisArguments(port: number, dataDirectory: string): string[] {
  return [
    ...['--bind', '127.0.0.1'],
    ...['--port', String(port)],
    ...['--dir', dataDirectory],
    ...['--appendonly', 'yes'],
    // Each write reaches the file before it is answered: `everysec` delays it while the disk is busy, and a kill would lose it.
    ...['--appendfsync', 'no'],
    ...['--save', ''],
    ...['--maxmemory', '128mb'],
    // Queues are kept here too: refusing a write is better than losing one.
    ...['--maxmemory-policy', 'noeviction'],
    // By default the title hides the data directory, by which our servers are recognised.
    ...['--set-proc-title', 'no'],
  ];
}

/** The pid reported by the process that listens on the port; null if there is no such answer. */
function pidOfRedis(port: number, password: string | null): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    const end = (pid: number | null) => {
      socket.destroy();
      resolve(pid);
    };
    socket.setTimeout(1_000, () => end(null));
    socket.once('error', () => end(null));
    const login = password === null ? '' : `AUTH ${password}\r\n`;
    socket.once('connect', () => socket.write(`${login}INFO server\r\n`));
    socket.on('data', (bytes) => {
      answer += bytes.toString();
      const pid = /^process_id:(\d+)\r$/m.exec(answer)?.[1];
      if (pid !== undefined) end(Number(pid));
      else if (answer.startsWith('-')) end(null);
    });
    socket.once('close', () => resolve(null));
  });
}
