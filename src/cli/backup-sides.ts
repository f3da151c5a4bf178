import type { Config } from '../config/config.ts';
import { MirrorConnection } from '../database/mirror/mirror-connection.ts';
import { isWritable } from '../database/mirror/mirror-facts.ts';
import { MirrorFaultError } from '../database/mirror/mirror-fault.ts';
import { systemClock } from '../platform/clock.ts';
import type { ServerAddress } from '../servers/server-address.ts';
import { addressAt } from '../servers/server-url.ts';
import { UsageError } from './usage-error.ts';

const lookMs = 3000;

/** The connections of one command. */
export class BackupSides {
  readonly #config: Config;
  readonly #opened: MirrorConnection[] = [];

  constructor(config: Config) {
    this.#config = config;
  }

  /** Throws `UsageError` if none is configured. */
  backup(): MirrorConnection {
    const node = this.#config.cluster.nodes.find(({ role }) => role === 'backup');
    if (node === undefined) throw new UsageError('No backup is configured. Set BACKUP_URL');
    return this.#open(node);
  }

  /** The server that accepts writes. Throws `MirrorFaultError` if none does. */
  async source(): Promise<MirrorConnection> {
    const nodes = this.#config.cluster.nodes.filter(({ role }) => role !== 'backup');
    const sourceFirst = [...nodes].sort((a, b) => Number(b.role === 'source') - Number(a.role === 'source'));
    const troubles: string[] = [];
    for (const node of sourceFirst) {
      const connection = this.#open(node);
      try {
        if (await connection.use(lookMs, isWritable)) return connection;
        troubles.push(`${node.name} accepts no writes`);
      } catch (error) {
        if (!(error instanceof MirrorFaultError)) throw error;
        troubles.push(error.message);
      }
    }
    throw new MirrorFaultError('server', `No source was found: ${troubles.join(', ')}`);
  }

  at(url: string): MirrorConnection {
    return this.#open(addressAt(url));
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((connection) => connection.close()));
  }

  #open(address: ServerAddress): MirrorConnection {
    const connection = new MirrorConnection(address, systemClock);
    this.#opened.push(connection);
    return connection;
  }
}
