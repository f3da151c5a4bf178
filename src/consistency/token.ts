/**
 * A session as an opaque text that a client carries: base64url of
 *
 *   version (1 byte) · key id (4) · flags (1) · epoch · issued-at in ms · cluster id · position · HMAC-SHA256 cut to 16 bytes
 *
 * The signature covers everything before it. The same session and signing key give the same token.
 *
 * Sizes: an ordinary cluster's token is 60 to 200 characters. A token travels in a header and in a cookie of the same answer, and
 * common proxies hold all headers of an answer in 4 KiB, so none longer than 1,800 characters is handed out. A position
 * that does not fit (a GTID set with hundreds of gaps) goes without what every server has anyway. Where that is still too
 * long it is left out, and the token says that its reads must go to the source: slower, never stale. A token of more than 4,096 characters is refused before anything else is looked at.
 */
import { InvalidConsistencyTokenError } from './errors.ts';
import type { Flavour, Position } from './position.ts';
import type { PositionCodec } from './position-codec.ts';
import type { Session } from './session.ts';
import { TokenBytesReader, TokenBytesWriter } from './token-bytes.ts';
import { keyIdLength, signatureLength, type TokenKeyring } from './token-keyring.ts';

export const longestIssuedToken = 1_800;
export const longestReadToken = 4_096;
/** How far the clocks of two API processes may be apart. */
export const clockToleranceMs = 300_000;

const version = 1;
const requiresSourceFlag = 1;
const headLength = 1 + keyIdLength;

export type TokenChecks = {
  /** Refuse positions of the other flavour. */
  readonly flavour?: Flavour;
  /** Refuse tokens issued later than this (and the tolerance), in milliseconds since the Unix epoch. */
  readonly nowMs?: number;
};

/** `LEFT_OUT`: the token does not tell what the client has seen, and its reads must go to the source. */
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
  const whole = signedToken(session, format);
  if (whole.length <= longestIssuedToken) return { token: whole, length: 'WHOLE' };
  const position = shorten(session);
  if (position !== null) {
    const token = signedToken({ ...session, position }, format);
    if (token.length <= longestIssuedToken) return { token, length: 'SHORTENED' };
  }
  const token = signedToken({ ...session, position: null, requiresSource: true }, format);
  return { token, length: 'LEFT_OUT' };
}

function signedToken(session: Session, { keyring, positions }: TokenFormat): string {
  const writer = new TokenBytesWriter()
    .byte(version)
    .bytes(keyring.signingKeyId)
    .byte(session.requiresSource ? requiresSourceFlag : 0)
    .number(session.epoch)
    .number(session.issuedAtMs)
    .text(session.clusterId);
  positions.writeBytes(writer, session.position);
  const body = writer.finish();
  return Buffer.concat([body, keyring.sign(body)]).toString('base64url');
}

/** The session that a token carries. Throws `InvalidConsistencyTokenError`, whose reason says what is wrong. */
export function decodeToken(text: string, format: TokenFormat, clusterId: string, checks: TokenChecks = {}): Session {
  if (text.length > longestReadToken) throw new InvalidConsistencyTokenError('oversize');
  const session = readSession(verifiedBody(text, format.keyring), format.positions);
  if (session.clusterId !== clusterId) throw new InvalidConsistencyTokenError('foreign-cluster');
  checkToken(session, checks);
  return session;
}

/** The checks that depend on more than the token itself. */
export function checkToken(session: Session, { flavour, nowMs }: TokenChecks): void {
  if (flavour !== undefined && session.position !== null && session.position.flavour !== flavour) {
    throw new InvalidConsistencyTokenError('foreign-flavour');
  }
  if (nowMs !== undefined && session.issuedAtMs > nowMs + clockToleranceMs) {
    throw new InvalidConsistencyTokenError('from-the-future');
  }
}

function verifiedBody(text: string, keyring: TokenKeyring): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  // Node skips what is not base64url and ignores spare bits: only the one text that we would have written is a token.
  if (bytes.length <= headLength + signatureLength || bytes.toString('base64url') !== text) {
    throw new InvalidConsistencyTokenError('malformed');
  }
  if (bytes[0] !== version) throw new InvalidConsistencyTokenError('unknown-version');
  const keyId = bytes.subarray(1, headLength);
  if (!keyring.knows(keyId)) throw new InvalidConsistencyTokenError('unknown-key');
  const body = bytes.subarray(0, -signatureLength);
  if (!keyring.verifies(keyId, body, bytes.subarray(-signatureLength))) {
    throw new InvalidConsistencyTokenError('bad-signature');
  }
  return body;
}

function readSession(body: Buffer, positions: PositionCodec): Session {
  try {
    const reader = new TokenBytesReader(body.subarray(headLength));
    const requiresSource = reader.byte() === requiresSourceFlag;
    const epoch = reader.number();
    const issuedAtMs = reader.number();
    const clusterId = reader.text();
    const position = positions.readBytes(reader);
    if (!reader.isAtEnd()) throw new RangeError('Bytes are left over');
    return Object.freeze({ clusterId, epoch, position, issuedAtMs, requiresSource });
  } catch (cause) {
    // Signed, yet not readable: written by a release whose body differs without a version of its own.
    if (cause instanceof RangeError) throw new InvalidConsistencyTokenError('malformed');
    throw cause;
  }
}
