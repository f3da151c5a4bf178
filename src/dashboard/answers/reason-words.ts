/** Why a server could answer: a few words for the chip, a sentence for whoever opens it. */
const words: Readonly<Record<string, readonly [short: string, long: string]>> = {
  'write-operation': ['a write', 'It was a write, and only the source takes writes.'],
  'strong-read': [
    'newest data',
    'Only the newest data was sure to include all that you have seen, or it was asked for. Only the source has it.',
  ],
  'position-unknown': ['position unknown', 'Nobody knew how far the replicas were, so the source answered.'],
  'any-replica': ['any replica', 'Nothing had to be included, so any replica would do.'],
  'replica-caught-up': ['caught up', 'The replica was known to have everything that you have seen and written.'],
  'replica-after-wait': ['caught up after a wait', 'The answer waited until a replica had everything you have seen.'],
  'source-after-wait': ['source after a wait', 'No replica got there in time, so the source answered.'],
  'source-bypass': ['went to the source', 'No replica had everything you have seen, and waiting was not wanted.'],
  'source-no-replica': ['no replica left', 'No replica could serve, so the source answered.'],
  'source-alone': ['only server', 'There are no replicas: the source answers everything.'],
  'backup-last-resort': ['backup, last resort', 'No other server answers. The backup may be behind.'],
  'cache-hit': ['from the cache', 'A kept answer that includes everything you have seen and written.'],
};

export const knownReasons: readonly string[] = Object.keys(words);

export function reasonInShort(reason: string | null): string {
  if (reason === null) return 'no server asked';
  return words[reason]?.[0] ?? reason.replaceAll('-', ' ');
}

export function reasonInFull(reason: string | null): string {
  if (reason === null) return 'Answered from what the API knew: no server had to be asked.';
  return words[reason]?.[1] ?? reason.replaceAll('-', ' ');
}
