/** The configuration of each channel of a replica, from the rows of its status. */
import type { ReplicationChannel } from '../../cluster/server-settings.ts';
import { type Row, textOf } from '../rows.ts';

/** Columns of the status, and the option that each of them reflects. */
const filterColumns = [
  'Replicate_Do_DB',
  'Replicate_Ignore_DB',
  'Replicate_Do_Table',
  'Replicate_Ignore_Table',
  'Replicate_Wild_Do_Table',
  'Replicate_Wild_Ignore_Table',
  'Replicate_Rewrite_DB',
  'Replicate_Ignore_Server_Ids',
  'Replicate_Do_Domain_Ids',
  'Replicate_Ignore_Domain_Ids',
] as const;

export type ChannelWords = {
  readonly name: string;
  readonly sourceId: string;
  readonly follows: string;
  readonly byFile: string;
};

export function channelsOf(rows: readonly Row[], words: ChannelWords): readonly ReplicationChannel[] {
  return rows.map((row) => {
    const value = textOf(row, words.follows);
    const filters = filterColumns.flatMap((column) => {
      const text = textOf(row, column);
      return text === '' ? [] : [[column, text] as const];
    });
    return {
      name: textOf(row, words.name),
      sourceId: textOf(row, words.sourceId),
      follows: { byNumber: value !== words.byFile, variable: words.follows, value },
      filters: Object.fromEntries(filters),
    };
  });
}
