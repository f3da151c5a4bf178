/**
 * Whether a server that accepts writes would carry out ours: the server is asked to check each, and writes nothing.
 *
 * The check waits for a lock of the whole table, as a backup or a migration holds it. That says nothing about the account, so
 * the wait is short, and what was known stays.
 */
import type { WriteFault, WriteRight } from '../../cluster/write-fault.ts';
import type { Connection } from '../../servers/connection.ts';
import { faultOf, isDriverError, unableBy, wordOf } from '../../servers/faults.ts';
import type { ServerChecks } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { WriteNeed, WrittenTable } from './serves.ts';

/** `null` if inconclusive. A server that refuses all writes is not asked about each. */
export async function writeFaults(
  connection: Connection,
  database: string,
  written: readonly WrittenTable[],
): Promise<readonly WriteFault[] | null> {
  const flavour = flavourOf(connection);
  const { checks } = flavour;
  if ((await flavour.refusedBy(connection)).length > 0) return [];
  return checks.impatiently(connection, async () => {
    const faults: WriteFault[] = [];
    for (const needed of written) {
      const found = await faultAt(connection, checks, database, needed);
      if (found === null) return null;
      faults.push(...found);
    }
    return faults;
  });
}

async function faultAt(
  connection: Connection,
  checks: ServerChecks,
  database: string,
  needed: WrittenTable,
): Promise<WriteFault[] | null> {
  const { table } = needed;
  const refused: { readonly right: WriteRight; readonly error: unknown }[] = [];
  for (const [right, { columns }] of Object.entries(needed.rights) as [WriteRight, WriteNeed][]) {
    try {
      await checks.write(connection, right, table, columns);
    } catch (error) {
      if (!isDriverError(error) || faultOf(error) === 'CONNECTION') throw error;
      const kind = unableBy(error);
      if (kind === null || kind === 'TABLE_SILENT') return null;
      refused.push({ right, error });
    }
  }
  const [first] = refused;
  if (first === undefined) return [];
  const kind = unableBy(first.error);
  if (kind === null || kind === 'TABLE_SILENT') return null;
  const rights = refused.map(({ right }) => right);
  const lost = rights.flatMap((right) => needed.rights[right] ?? []);
  return [
    {
      kind,
      table,
      rights,
      code: wordOf(first.error),
      without: [...new Set(lost.map(({ without }) => without))],
      stops: lost.some(({ stops }) => stops === true),
      cure: kind === 'RIGHT_MISSING' ? checks.grant(rights, database, table, 'the account in its URL') : null,
    },
  ];
}
