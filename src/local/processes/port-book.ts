import { PortTakenError, UnknownNodeError } from '../local-errors.ts';
import { isPortFree, pickPort } from './ports.ts';

const attempts = 5;

/** The port of each server of a cluster, kept between starts. */
export class PortBook {
  readonly #ports: Map<string, number>;
  readonly #save: (ports: Readonly<Record<string, number>>) => Promise<void>;

  constructor(
    remembered: Readonly<Record<string, number>>,
    save: (ports: Readonly<Record<string, number>>) => Promise<void>,
  ) {
    this.#ports = new Map(Object.entries(remembered));
    this.#save = save;
  }

  portOf(name: string): number {
    const port = this.#ports.get(name);
    if (port === undefined) throw new UnknownNodeError(`The cluster has no port for ${name}`);
    return port;
  }

  async choose(names: readonly string[]): Promise<void> {
    const taken = new Set<number>();
    for (const name of names) {
      const port = await pickPort({ remembered: this.#ports.get(name), taken, isFree: isPortFree });
      taken.add(port);
      this.#ports.set(name, port);
    }
    await this.#keep();
  }

  /** Another program may take a port between our check and the server's start. */
  async onSomePort<T>(name: string, start: (port: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await start(this.portOf(name));
      } catch (error) {
        if (!(error instanceof PortTakenError) || attempt === attempts) throw error;
        const taken = new Set(this.#ports.values());
        this.#ports.set(name, await pickPort({ remembered: undefined, taken, isFree: isPortFree }));
        await this.#keep();
      }
    }
  }

  #keep(): Promise<void> {
    return this.#save(Object.fromEntries(this.#ports));
  }
}
