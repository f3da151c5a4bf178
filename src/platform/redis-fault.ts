/**
 * The meaning of an error reply of Redis, by its first word. Its text is for Redis's operators: it contains addresses, keys and
 * scripts, so users of the API get our own.
 *
 *   LEAVE   it is not, or no longer, the master: a new connection may lead to the one that is
 *   WAIT    it will recover by itself
 *   SAY     an operator has to act
 *   FAULT   it is healthy, and this command was wrong
 */
export type RedisReaction = 'LEAVE' | 'WAIT' | 'SAY' | 'FAULT';
/** `trouble` is phrased to follow "Redis". */
export type RedisFault = { readonly word: string; readonly reaction: RedisReaction; readonly trouble: string };

export const clusterMode = 'runs in cluster mode, which is not supported: use a standalone server or Sentinels';

const known: Readonly<Record<string, { readonly reaction: RedisReaction; readonly trouble: string }>> = {
  READONLY: { reaction: 'LEAVE', trouble: 'is a replica and accepts no writes' },
  UNBLOCKED: { reaction: 'LEAVE', trouble: 'has become a replica' },
  MASTERDOWN: { reaction: 'LEAVE', trouble: 'is a replica that has lost its master' },
  LOADING: { reaction: 'WAIT', trouble: 'is still loading its data set' },
  BUSY: { reaction: 'WAIT', trouble: 'is busy running a script' },
  NOREPLICAS: { reaction: 'WAIT', trouble: 'refuses writes, because it has too few replicas' },
  NOAUTH: { reaction: 'SAY', trouble: 'requires a password, and REDIS_URL has none' },
  WRONGPASS: { reaction: 'SAY', trouble: 'rejects the user or password of REDIS_URL' },
  NOPERM: { reaction: 'SAY', trouble: 'denies the user of REDIS_URL a required permission' },
  MISCONF: { reaction: 'SAY', trouble: 'refuses writes, because it cannot save to its disk' },
  OOM: { reaction: 'SAY', trouble: 'is full, and refuses writes' },
  CLUSTERDOWN: { reaction: 'SAY', trouble: clusterMode },
  CROSSSLOT: { reaction: 'SAY', trouble: clusterMode },
  MOVED: { reaction: 'SAY', trouble: clusterMode },
  ASK: { reaction: 'SAY', trouble: clusterMode },
};

/** Errors that begin with the unspecific ERR. */
const knownTexts: readonly (readonly [RegExp, string])[] = [
  [/^ERR (?:invalid )?DB index/, 'does not have the database number in REDIS_URL'],
  [/^ERR AUTH .*without any password configured/, 'has no password set, but REDIS_URL has one'],
  [/^ERR max number of clients reached/, 'has reached its connection limit'],
];

/** Before version 7, an error inside a script is in the middle of the script's error. */
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

/** Whether clients that connect on their own should reconnect. */
export function leadsAway(error: Error): boolean {
  return error.name === 'ReplyError' && redisFault(error.message).reaction === 'LEAVE';
}
