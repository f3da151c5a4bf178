import { MirrorConnection } from '../../src/database/mirror/mirror-connection.ts';
import { RecordApplier } from '../../src/mirror/record-applier.ts';
import { verify } from '../../src/mirror/verify.ts';
import { mirroredOrders } from '../../src/orders/mirrored-orders.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { ServerAddress } from '../../src/servers/server-address.ts';

const timeoutMs = 30_000;
const patienceMs = 30_000;

/**
 * What differs between source and backup once the mirror has come to its end, in words: as `npm run backup -- verify` finds
 * it. What is still on its way after half a minute differs.
 */
export async function differencesBetween(
  sourceAddress: ServerAddress,
  backupAddress: ServerAddress,
): Promise<string[]> {
  const source = new MirrorConnection(sourceAddress, systemClock);
  const backup = new MirrorConnection(backupAddress, systemClock);
  try {
    const applier = new RecordApplier({ models: mirroredOrders, backup, timeoutMs });
    const shapes = await Promise.all(mirroredOrders.map(({ model }) => applier.shape(source, model)));
    const epoch = await applier.epoch(source);
    const options = { source, backup, shapes, epoch, clock: systemClock, timeoutMs, patienceMs };
    const { differences, undecided } = await verify(options);
    return [
      ...differences.map(({ model, key, kind, columns }) => `${model} ${key} ${kind} ${columns.join(', ')}`.trimEnd()),
      ...undecided.map(({ model, key }) => `${model} ${key} still on its way`),
    ];
  } finally {
    await Promise.all([source.close(), backup.close()]);
  }
}
