import { Prisma } from '@prisma/client/extension';
import type { CapturingPool } from '../clients/capturing-pool.ts';
import type { MirroredModel } from '../mirror/mirrored-tables.ts';
import { type DataModel, watchedTables } from './watched-tables.ts';

export type MirroringOptions = {
  readonly mirrored: readonly MirroredModel[];
  /**
   * Called after each COMMIT of outbox rows, whatever its outcome, so that a worker in this process need not poll. For
   * users of the extension without an engine, whose `committed` event says the same.
   */
  readonly onAppended?: (() => void) | undefined;
};

/**
 * A Prisma client extension: every write to the mirrored models brings its outbox rows in its own transaction, be it single,
 * nested, in a batch or in an interactive transaction.
 *
 * The extension knows the models. The rows are seen where all those forms are alike: Prisma turns them into statements of one
 * table each, on one connection for each transaction. So the pool beneath the client, the one that is given here, does the work,
 * for this client and for all that share the pool.
 *
 * Not seen: what the server changes by itself (triggers, cascades into mirrored tables from others), and raw statements that
 * write to several tables. Raw writes to one mirrored table are mirrored or refused. Throws `MirroredModelsError`.
 */
export function mirroring(pool: CapturingPool, { mirrored, onAppended }: MirroringOptions) {
  return Prisma.defineExtension((client) => {
    // Generated into every client; Prisma's types keep it to themselves.
    const { _runtimeDataModel: dataModel } = client as unknown as { readonly _runtimeDataModel: DataModel };
    pool.mirror({ tables: watchedTables(mirrored, dataModel), onAppended });
    return client.$extends({ name: 'tidemark-mirroring' });
  });
}
