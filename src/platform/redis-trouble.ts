/** Why Redis cannot be used, in our own words and without addresses: clients may see it. Phrased to follow "Redis". */
import { OverdueError } from './deadline.ts';
import { redisFault } from './redis-fault.ts';

/** A connection has become useless, with a reason in our own words. */
export class LostError extends Error {}

const knownFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ENOTFOUND: 'has an unknown host name',
  EAI_AGAIN: 'has a host name that cannot be resolved now',
  EHOSTUNREACH: 'cannot be reached over the network',
  ENETUNREACH: 'cannot be reached over the network',
  ETIMEDOUT: 'did not accept the connection in time',
  EPROTO: 'does not use TLS on this port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not use TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not use TLS on this port',
  ERR_TLS_CERT_ALTNAME_INVALID: 'presents a certificate for another host name',
  CERT_HAS_EXPIRED: 'presents an expired certificate',
  CERT_NOT_YET_VALID: 'presents a certificate that is not valid yet',
};

/** Errors of an untrusted certificate authority. */
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
  if (untrusted.has(code)) return 'presents a certificate of an untrusted CA; REDIS_CA names a file of trusted ones';
  return knownFaults[code] ?? `failed with ${code}`;
}
