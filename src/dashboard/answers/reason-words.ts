/** Why a server could answer: a few words for the chip, a sentence for the details. */
const words: Readonly<Record<string, readonly [short: string, long: string]>> = {
  'write-operation': ['a write', 'It was a write, and only the source takes writes.'],
  'strong-read': [
    'newest data',
    'The newest data was requested, or only it was certain to include everything that you have seen. Only the source has it.',
  ],
  'position-unknown': ['position unknown', 'The positions of the replicas were unknown, so the source answered.'],
  'any-replica': ['any replica', 'No particular position was required, so any replica could answer.'],
  'replica-caught-up': ['caught up', 'The replica was known to have everything that you have seen and written.'],
  'replica-after-wait': ['caught up after a wait', 'The answer waited until a replica had everything you have seen.'],
  'source-after-wait': ['source after a wait', 'No replica caught up in time, so the source answered.'],
  'source-bypass': [
    'went to the source',
    'No replica had everything you have seen, and the request did not allow waiting.',
  ],
  'source-no-replica': ['no replica available', 'No replica could serve the read, so the source answered.'],
  'source-alone': ['only server', 'There are no replicas: the source answers everything.'],
  'backup-last-resort': ['backup, last resort', 'No other server answers. The backup may be behind.'],
  'cache-hit': ['from the cache', 'A cached answer that includes everything you have seen and written.'],
};

export const knownReasons: readonly string[] = Object.keys(words);

export function reasonInShort(reason: string | null): string {
  if (reason === null) return 'no server asked';
  return words[reason]?.[0] ?? reason.replaceAll('-', ' ');
}

export function reasonInFull(reason: string | null): string {
  if (reason === null) return 'Answered from what the API knew; no server was queried.';
  return words[reason]?.[1] ?? reason.replaceAll('-', ' ');
}
