/**
 * A session as an opaque text that a client carries: base64url of
 *
 *   version (1 byte) · key id (4) · content (token-body.ts) · HMAC-SHA256 cut to 16 bytes
 *
 * The signature covers everything before it. The same session and signing key give the same token, whichever of the databases
 * in it was used last.
 *
 * Sizes: an ordinary token of one database is 60 to 200 characters. A token travels in a header and in a cookie of the same
 * answer, and common proxies hold all headers of an answer in 4 KiB, so none longer than 1,800 characters is issued. A position
 * that does not fit (a GTID set with hundreds of gaps) omits what every server has anyway. If that is still too
 * long, the longest positions are left out, and the token says that reads of their databases must go to the source: slower, never
 * stale. A token of more than 4,096 characters is refused before anything else is checked.
 */
import { hasPast } from './database-past.ts';
import { InvalidConsistencyTokenError } from './errors.ts';
import type { OtherPast } from './other-databases.ts';
import type { Flavour, Position } from './position.ts';
import type { PositionCodec } from './position-codec.ts';
import { emptySession, type Session, withOthers } from './session.ts';
import { isTokenVersion, readPasts, type TokenVersion, versionFor, writePasts } from './token-body.ts';
import { TokenBytesWriter } from './token-bytes.ts';
import { keyIdLength, signatureLength, type TokenKeyring } from './token-keyring.ts';

export const maxIssuedTokenLength = 1_800;
export const maxReadTokenLength = 4_096;
/** The tolerated difference between the clocks of two API processes. */
export const clockToleranceMs = 300_000;

const headLength = 1 + keyIdLength;

export type TokenChecks = {
  /** Refuse positions of the other flavour. */
  readonly flavour?: Flavour;
  /** Refuse tokens issued later than this (and the tolerance), in milliseconds since the Unix epoch. */
  readonly nowMs?: number;
};

/** `LEFT_OUT`: the token does not cover everything the client has seen of some database, whose reads must go to its source. */
export type TokenLength = 'WHOLE' | 'SHORTENED' | 'LEFT_OUT';
/** The position of a session without what every server has anyway; `null` where nothing can be left out. */
export type Shorten = (session: Session) => Position | null;

/** What it takes to make a token and to read one. */
export type TokenFormat = { readonly keyring: TokenKeyring; readonly positions: PositionCodec };

/** The token of a session, signed by the first key of the ring. */
export function encodeToken(session: Session, format: TokenFormat): string {
  return fittingToken(session, format).token;
}

export function fittingToken(
  session: Session,
  format: TokenFormat,
  shorten: Shorten = () => null,
): { readonly token: string; readonly length: TokenLength } {
  const whole = signed(pastsOf(session), format);
  if (whole.length <= maxIssuedTokenLength) return { token: whole, length: 'WHOLE' };
  const position = shorten(session);
  let pasts = pastsOf(position === null ? session : { ...session, position });
  let token = position === null ? whole : signed(pasts, format);
  if (token.length <= maxIssuedTokenLength) return { token, length: 'SHORTENED' };
  while (token.length > maxIssuedTokenLength) {
    const longest = findLongest(pasts, format);
    if (longest === null) throw new RangeError(`${pasts.length} databases are more than a token can name`);
    pasts = pasts.map((past) => (past === longest ? withoutPosition(past) : past));
    token = signed(pasts, format);
  }
  return { token, length: 'LEFT_OUT' };
}

/** In the order of their names. Of its own database nothing, when that is all that there is to say. */
function pastsOf(session: Session): readonly OtherPast[] {
  const { others } = session;
  if (others === undefined) return [session];
  if (!hasPast(session)) return others;
  const index = others.findIndex(({ clusterId }) => clusterId > session.clusterId);
  return others.toSpliced(index < 0 ? others.length : index, 0, session);
}

/** `null` when none names a position any more. */
function findLongest(pasts: readonly OtherPast[], { positions }: TokenFormat): OtherPast | null {
  let longest: { readonly past: OtherPast; readonly length: number } | null = null;
  for (const past of pasts) {
    if (past.position === null && past.unread === undefined) continue;
    const writer = new TokenBytesWriter();
    writePasts(writer, [past], positions);
    const { length } = writer.finish();
    if (longest === null || length > longest.length) longest = { past, length };
  }
  return longest?.past ?? null;
}

function withoutPosition({ clusterId, epoch, issuedAtMs }: OtherPast): OtherPast {
  return { clusterId, epoch, position: null, issuedAtMs, requiresSource: true };
}

function signed(pasts: readonly OtherPast[], { keyring, positions }: TokenFormat): string {
  const writer = new TokenBytesWriter().byte(versionFor(pasts)).bytes(keyring.signingKeyId);
  writePasts(writer, pasts, positions);
  const body = writer.finish();
  return Buffer.concat([body, keyring.sign(body)]).toString('base64url');
}

/**
 * The token's content for the database of `clusterId`: one session, or several if it has several epochs. The first contains
 * the other databases. Throws `InvalidConsistencyTokenError`, whose reason says what is wrong.
 */
export function decodeToken(
  text: string,
  format: TokenFormat,
  clusterId: string,
  checks: TokenChecks = {},
): readonly Session[] {
  if (text.length > maxReadTokenLength) throw new InvalidConsistencyTokenError('oversize');
  const pasts = readToken(text, format, clusterId).map((past) => Object.freeze(past));
  const others = pasts.filter((past) => past.clusterId !== clusterId);
  const [first = emptySession(clusterId, 0), ...older] = pasts.filter((past) => past.clusterId === clusterId);
  const sessions = [withOthers(first, others.length === 0 ? undefined : others), ...older];
  checkToken(sessions, checks);
  return sessions;
}

/** The checks that depend on more than the token itself. */
export function checkToken(sessions: readonly Session[], { flavour, nowMs }: TokenChecks): void {
  for (const { position, issuedAtMs } of sessions) {
    if (flavour !== undefined && position !== null && position.flavour !== flavour) {
      throw new InvalidConsistencyTokenError('foreign-flavour');
    }
    if (nowMs !== undefined && issuedAtMs > nowMs + clockToleranceMs) {
      throw new InvalidConsistencyTokenError('from-the-future');
    }
  }
}

function readToken(text: string, { keyring, positions }: TokenFormat, own: string): readonly OtherPast[] {
  const { version, body } = verified(text, keyring);
  try {
    return readPasts(body, version, positions, own);
  } catch (cause) {
    // Signed, yet not readable: written by a release whose body differs without a version of its own.
    if (cause instanceof RangeError) throw new InvalidConsistencyTokenError('malformed');
    throw cause;
  }
}

function verified(text: string, keyring: TokenKeyring): { readonly version: TokenVersion; readonly body: Buffer } {
  const bytes = Buffer.from(text, 'base64url');
  // Node skips what is not base64url and ignores spare bits: only the one text that we would have written is a token.
  if (bytes.length <= headLength + signatureLength || bytes.toString('base64url') !== text) {
    throw new InvalidConsistencyTokenError('malformed');
  }
  const version = bytes[0];
  if (!isTokenVersion(version)) throw new InvalidConsistencyTokenError('unknown-version');
  const keyId = bytes.subarray(1, headLength);
  if (!keyring.knows(keyId)) throw new InvalidConsistencyTokenError('unknown-key');
  const signedBytes = bytes.subarray(0, -signatureLength);
  if (!keyring.verifies(keyId, signedBytes, bytes.subarray(-signatureLength))) {
    throw new InvalidConsistencyTokenError('bad-signature');
  }
  return { version, body: signedBytes.subarray(headLength) };
}
