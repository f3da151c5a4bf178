import { seenFlavour } from '../cluster/seen-flavour.ts';
import type { Config } from '../config/config.ts';
import { TokenCodec } from '../consistency/token-codec.ts';
import { TokenKeyring } from '../consistency/token-keyring.ts';
import { shortenBy } from '../database/engine/shorten-by.ts';
import { countTokens } from '../database/engine/token-metrics.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { positions } from '../servers/known-flavours.ts';

export function openTokens(config: Config, database: OrdersDatabase): TokenCodec {
  const { cluster } = database;
  return new TokenCodec({
    keyring: new TokenKeyring(config.tokens.keys),
    positions,
    clusterId: config.cluster.id,
    flavour: () => seenFlavour(cluster.snapshot()),
    shorten: shortenBy(database),
    onIssued: countTokens(database.metrics),
  });
}
