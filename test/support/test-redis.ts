import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree, pickPort } from '../../src/local/processes/ports.ts';
import { startRedisServer } from '../../src/local/processes/redis-server.ts';
import type { ServerChild } from '../../src/local/processes/server-child.ts';
import { findServer } from '../../src/local/programs/server-binaries.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type RedisTarget, readRedisUrl } from '../../src/platform/redis-target.ts';
import { binariesDirectory } from './test-cluster.ts';

/** A real Redis without a cluster. What it was told survives `kill`, as it appends it to a file. */
export class TestRedis {
  readonly #directory: string;
  readonly #port: number;
  #child: ServerChild;

  private constructor(directory: string, port: number, child: ServerChild) {
    this.#directory = directory;
    this.#port = port;
    this.#child = child;
  }

  static async start(): Promise<TestRedis> {
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-redis-'));
    const port = await pickPort({ remembered: undefined, taken: new Set(), isFree: isPortFree });
    return new TestRedis(directory, port, await launch(directory, port));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get target(): RedisTarget {
    return targetOf(this.url);
  }

  async kill(): Promise<void> {
    await this.#child.end('SIGKILL', systemClock);
  }

  /** Starts it again on the same port, with the same data. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = await launch(this.#directory, this.#port);
  }

  /** It hangs with its sockets open. */
  pause(): void {
    process.kill(this.#child.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.#child.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export function targetOf(url: string): RedisTarget {
  const target = readRedisUrl(url);
  if (typeof target === 'string') throw new Error(`The URL ${target}`);
  return target;
}

async function launch(directory: string, port: number): Promise<ServerChild> {
  const finding = { directory: binariesDirectory, log: () => undefined };
  return startRedisServer({
    binary: await findServer('redis', finding),
    dataDirectory: join(directory, 'data'),
    logPath: join(directory, 'redis.log'),
    port,
    password: null,
    parentDeathSignal: 'KILL',
    clock: systemClock,
  });
}
