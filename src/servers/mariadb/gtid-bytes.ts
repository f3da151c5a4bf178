/** GTIDs in a token: how many, then domain, server id and sequence number of each. */
import type { TokenBytesReader, TokenBytesWriter } from '../../consistency/token-bytes.ts';
import type { MariadbGtid } from './gtid.ts';

export function writeGtids(writer: TokenBytesWriter, gtids: readonly MariadbGtid[]): void {
  writer.number(gtids.length);
  for (const { domainId, serverId, sequence } of gtids) writer.number(domainId).number(serverId).bigint(sequence);
}

/** Throws `RangeError` when the bytes end early. */
export function readGtids(reader: TokenBytesReader): MariadbGtid[] {
  const gtids: MariadbGtid[] = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    gtids.push({ domainId: reader.number(), serverId: reader.number(), sequence: reader.bigint() });
  }
  return gtids;
}
