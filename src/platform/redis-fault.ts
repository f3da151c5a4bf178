/**
 * What an error means that Redis answers, by the word that it begins with. Its own words are for its operators: they hold
 * addresses, and name keys and scripts; whoever uses the API is told ours.
 *
 *   LEAVE   it is not, or no more, the server that takes writes: a new connection may lead to the one that is
 *   WAIT    it will be able by itself
 *   SAY     a person has to do something about it
 *   FAULT   it is well, and this command was wrong
 */
export type RedisReaction = 'LEAVE' | 'WAIT' | 'SAY' | 'FAULT';
/** `trouble` continues a sentence that begins with "Redis". */
export type RedisFault = { readonly word: string; readonly reaction: RedisReaction; readonly trouble: string };

export const clusterMode = 'runs in cluster mode, which is not supported: name one that does not, or Sentinels';

const known: Readonly<Record<string, { readonly reaction: RedisReaction; readonly trouble: string }>> = {
  READONLY: { reaction: 'LEAVE', trouble: 'is a replica there, and takes no writes' },
  UNBLOCKED: { reaction: 'LEAVE', trouble: 'has become a replica there' },
  MASTERDOWN: { reaction: 'LEAVE', trouble: 'is a replica there that has lost its master' },
  LOADING: { reaction: 'WAIT', trouble: 'is still loading what it had saved' },
  BUSY: { reaction: 'WAIT', trouble: 'is busy with a script of somebody' },
  NOREPLICAS: { reaction: 'WAIT', trouble: 'refuses writes, because too few replicas follow it' },
  NOAUTH: { reaction: 'SAY', trouble: 'wants a password, and REDIS_URL has none' },
  WRONGPASS: { reaction: 'SAY', trouble: 'refuses the user and password of REDIS_URL' },
  NOPERM: { reaction: 'SAY', trouble: 'does not allow the user of REDIS_URL what is needed' },
  MISCONF: { reaction: 'SAY', trouble: 'refuses writes, because it cannot save to its disk' },
  OOM: { reaction: 'SAY', trouble: 'is full, and refuses writes' },
  CLUSTERDOWN: { reaction: 'SAY', trouble: clusterMode },
  CROSSSLOT: { reaction: 'SAY', trouble: clusterMode },
  MOVED: { reaction: 'SAY', trouble: clusterMode },
  ASK: { reaction: 'SAY', trouble: clusterMode },
};

/** Errors that begin with ERR, which says nothing. */
const knownTexts: readonly (readonly [RegExp, string])[] = [
  [/^ERR (?:invalid )?DB index/, 'has no database of the number in REDIS_URL'],
  [/^ERR AUTH .*without any password configured/, 'knows no password, and REDIS_URL has one'],
  [/^ERR max number of clients reached/, 'takes no more connections'],
];

/** Before version 7 an error that a script runs into stands in the middle of the script's. */
const inScript =
  /(?:^|[\s:])-(READONLY|MASTERDOWN|LOADING|NOREPLICAS|NOPERM|MISCONF|OOM|CLUSTERDOWN|CROSSSLOT|MOVED|ASK)\b/;

export function redisFault(answer: string): RedisFault {
  const own = /^[A-Z]+(?=\s|$)/.exec(answer)?.[0] ?? 'ERR';
  const word = own === 'ERR' ? (inScript.exec(answer)?.[1] ?? own) : own;
  const fault = known[word];
  if (fault !== undefined) return { word, ...fault };
  const text = knownTexts.find(([pattern]) => pattern.test(answer));
  if (text !== undefined) return { word, reaction: 'SAY', trouble: text[1] };
  return { word, reaction: 'FAULT', trouble: `refused a command with ${word}` };
}

/** For clients that connect by themselves: whether they had better do so anew. */
export function leadsAway(error: Error): boolean {
  return error.name === 'ReplyError' && redisFault(error.message).reaction === 'LEAVE';
}
