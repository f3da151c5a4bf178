import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Driver } from 'ioredis';
import { isPortFree, pickPort } from '../../src/local/processes/ports.ts';
import { ServerChild } from '../../src/local/processes/server-child.ts';
import { findServer } from '../../src/local/programs/server-binaries.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { binariesDirectory } from './test-cluster.ts';
import { until } from './until.ts';

type RedisServerOptions = { readonly sentinel?: boolean; readonly password?: string };

/** A real Redis of any kind: a replica, one with TLS, a node of a cluster, a Sentinel. Keeps nothing on disk. */
export class RedisServer {
  readonly port: number;
  readonly #directory: string;
  readonly #child: ServerChild;
  readonly #password: string;
  readonly #open: Driver[] = [];

  private constructor(port: number, directory: string, child: ServerChild, password: string) {
    this.#password = password;
    this.port = port;
    this.#directory = directory;
    this.#child = child;
  }

  /** `lines` are of its configuration file, as `maxmemory 3mb`. Without `port 0` it is spoken to in the clear. */
  static async start(lines: readonly string[] = [], options: RedisServerOptions = {}): Promise<RedisServer> {
    for (let attempt = 1; ; attempt += 1) {
      const started = await RedisServer.#tryToStart(lines, options);
      if (typeof started !== 'string') return started;
      // Another server took one of its ports after they had been seen to be free.
      if (attempt === 3) throw new Error(`Redis did not start:\n${started}`);
    }
  }

  /** Its log if it does not listen. */
  static async #tryToStart(
    lines: readonly string[],
    { sentinel = false, password = '' }: RedisServerOptions,
  ): Promise<RedisServer | string> {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-redis-'));
    const port = await pickPort({ remembered: undefined, taken: new Set(), isFree: isFreeWithBus });
    const own = lines.some((line) => line.startsWith('tls-port')) ? [] : [`port ${port}`];
    const kept = sentinel ? [] : ['save ""', 'appendonly no'];
    const file = join(directory, 'redis.conf');
    const logPath = join(directory, 'redis.log');
    const text = [...own, 'bind 127.0.0.1', `dir ${directory}`, ...kept, ...lines].join('\n');
    await writeFile(file, `${text.replaceAll('<port>', String(port))}\n`);
    const binary = await findServer('redis', { directory: binariesDirectory, log: () => undefined });
    const child = await ServerChild.start(binary.command, [file, ...(sentinel ? ['--sentinel'] : [])], {
      cwd: directory,
      logPath,
      parentDeathSignal: 'KILL',
    });
    await until('the server listens', async () => child.exit !== null || (await accepts(port)));
    if (child.exit === null) return new RedisServer(port, directory, child, password);
    const log = await readFile(logPath, 'utf8');
    await rm(directory, { recursive: true, force: true });
    return log;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** What a test itself asks of the server. */
  async ask(command: string, ...parts: readonly (string | number)[]): Promise<unknown> {
    this.#open[0] ??= new Driver(this.url, {
      maxRetriesPerRequest: 1,
      ...(this.#password !== '' && { password: this.#password }),
    }).on('error', () => undefined);
    return this.#open[0].call(command, ...parts);
  }

  async stop(): Promise<void> {
    for (const client of this.#open) client.disconnect();
    await this.#child.end('SIGKILL', systemClock);
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** A node of a cluster listens ten thousand above as well. */
async function isFreeWithBus(port: number): Promise<boolean> {
  return (await isPortFree(port)) && (await isPortFree(port + 10_000));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
