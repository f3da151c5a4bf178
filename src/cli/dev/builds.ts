import { systemClock } from '../../platform/clock.ts';
import { partsOf } from './changes.ts';

/** Each rejects when the sources are at fault. */
export type Builders = {
  readonly page: () => Promise<void>;
  readonly server: () => Promise<void>;
  /** What is generated from the Prisma schemas. */
  readonly schema: () => Promise<void>;
};

export type Built = Readonly<Record<'page' | 'server', boolean>>;

/** Builds what a change asks for, and tells of faults. */
export class Builds {
  readonly #builders: Builders;
  readonly #say: (line: string) => void;

  constructor(builders: Builders, say: (line: string) => void) {
    this.#builders = builders;
    this.#say = say;
  }

  /** Resolves to whether there is a server. */
  async all(): Promise<boolean> {
    const [, server] = await Promise.all([this.#build('page'), this.#build('server')]);
    return server;
  }

  async after(paths: readonly string[]): Promise<Built> {
    const parts = partsOf(paths);
    if (parts.has('restart'))
      this.#say('The servers keep what they were started with: start `npm run dev` again for that.');
    const generated = parts.has('schema') && (await this.#build('schema'));
    const [page, server] = await Promise.all([
      parts.has('page') && this.#build('page'),
      (parts.has('server') || parts.has('restart') || generated) && this.#build('server'),
    ]);
    return { page, server };
  }

  async #build(part: keyof Builders): Promise<boolean> {
    const beganMs = systemClock.monotonic();
    try {
      await this.#builders[part]();
      this.#say(`built the ${part} in ${Math.round(systemClock.monotonic() - beganMs)} ms`);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#say(`The ${part} cannot be built, and what was built before goes on:\n${reason}`);
      return false;
    }
  }
}
