import type { Clock } from '../../platform/clock.ts';
import type { PrismaClientLike } from '../clients/node-clients.ts';

const warmUpMs = 3000;

/** A client's first query loads its engine, which takes most of a second: this is done before the first request. */
export async function warmUp(clients: readonly Pick<PrismaClientLike, '$connect'>[], clock: Clock): Promise<void> {
  const connecting = clients.map((client) => client.$connect());
  await Promise.race([Promise.allSettled(connecting), clock.sleep(warmUpMs, { unref: true })]);
}
