import type { ServerFlavour } from '../../src/local/server-flavour.ts';
import type { Ground } from './scenario.ts';
import { Stage } from './stage.ts';

/** One stage at a time: the machine is small. */
export class Stages {
  readonly #flavour: ServerFlavour | undefined;
  #current: Stage | null = null;
  #closing: Promise<void> | null = null;

  constructor(flavour: ServerFlavour | undefined) {
    this.#flavour = flavour;
  }

  async for(ground: Ground): Promise<Stage> {
    if (ground === 'shared' && this.#current?.ground === ground) return this.#current;
    await this.#current?.close();
    this.#current = null;
    const stage = await Stage.open(this.#flavour, { ground });
    this.#current = stage;
    await stage.untilWhole();
    return stage;
  }

  output(): readonly string[] {
    return this.#current?.output() ?? [];
  }

  close(): Promise<void> {
    this.#closing ??= this.#current?.close() ?? Promise.resolve();
    return this.#closing;
  }
}
