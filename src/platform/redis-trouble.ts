/** Why Redis cannot be used, in our words and without addresses: clients may see it. Continues a sentence that begins with "Redis". */
import { OverdueError } from './deadline.ts';
import { redisFault } from './redis-fault.ts';

/** A connection is of no more use, for a reason that is in our words already. */
export class LostError extends Error {}

const knownFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOTFOUND: 'has a host name that nobody knows',
  EAI_AGAIN: 'has a host name that cannot be looked up now',
  EHOSTUNREACH: 'cannot be reached over the network',
  ENETUNREACH: 'cannot be reached over the network',
  ETIMEDOUT: 'did not accept the connection in time',
  EPROTO: 'does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS there',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another host name',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet',
};

/** Of an authority that is not among those that are trusted. */
const untrusted: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export function connectionTrouble(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error instanceof OverdueError || error instanceof LostError) return error.message;
  if (error.name === 'ReplyError') return redisFault(error.message).trouble;
  if (/^All sentinels are unreachable/.test(error.message)) return 'has no Sentinel that knows its master';
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return 'closed the connection';
  if (untrusted.has(code))
    return 'shows a certificate of an authority that is not trusted; REDIS_CA names a file of those that are';
  return knownFaults[code] ?? `failed with ${code}`;
}
