import { systemClock } from '../../src/platform/clock.ts';
import { freePort } from '../consistency/api-process.ts';
import type { Laboratory } from './laboratory.ts';
import type { Throughput } from './load.ts';

const startsWithinMs = 30_000;

/** Orders that a background process updates at a steady pace: see `background-writer.ts`. */
export class BackgroundUpdates {
  readonly #url: string;
  readonly #stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url;
    this.#stop = stop;
  }

  static async start(
    laboratory: Laboratory,
    { workers, ordersEach, perSecond }: { workers: number; ordersEach: number; perSecond: number },
  ): Promise<BackgroundUpdates> {
    const port = await freePort();
    const words = [port, workers, ordersEach, perSecond].map(String);
    const { child, output, stop } = await laboratory.startBeside('cached', ['dist/background-writer.js', ...words]);
    const deadlineMs = systemClock.monotonic() + startsWithinMs;
    while (!output().includes('ready')) {
      if (child.exitCode !== null || systemClock.monotonic() > deadlineMs) {
        throw new Error(`the writer did not start:\n${output().join('\n')}`);
      }
      await systemClock.sleep(50);
    }
    return new BackgroundUpdates(`http://127.0.0.1:${port}`, stop);
  }

  /** Writes while `work` runs. */
  async during<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly written: Throughput }> {
    await this.#ask('begin');
    const value = await work();
    return { value, written: (await this.#ask('end')) as Throughput };
  }

  async stop(): Promise<void> {
    await this.#stop();
  }

  async #ask(what: 'begin' | 'end'): Promise<unknown> {
    const response = await fetch(`${this.#url}/${what}`, { method: 'POST' });
    if (!response.ok) throw new Error(`the writer fell over: ${await response.text()}`);
    return response.json();
  }
}
