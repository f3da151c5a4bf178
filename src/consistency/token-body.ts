/**
 * The content of a token, as bytes. For one database:
 *
 *   flags (1) · epoch · issued-at in ms · cluster id · position
 *
 * For several, in the order of their names:
 *
 *   count · for each: cluster id · length of the rest · flags (1) · epoch · issued-at in ms · position
 *
 * A position that a process cannot read is skipped, and written back unchanged.
 */
import type { DatabasePast } from './database-past.ts';
import type { OtherPast } from './other-databases.ts';
import type { Position } from './position.ts';
import type { PositionCodec } from './position-codec.ts';
import { TokenBytesReader, TokenBytesWriter } from './token-bytes.ts';

const requiresSourceFlag = 1;

/** How the token of one database begins, and that of several. */
export const tokenVersions = { one: 1, several: 2 } as const;
export type TokenVersion = (typeof tokenVersions)[keyof typeof tokenVersions];

export function isTokenVersion(byte: number | undefined): byte is TokenVersion {
  return byte === tokenVersions.one || byte === tokenVersions.several;
}

/** A token of one database is what it was before there were several: an older release reads it. */
export function versionFor(pasts: readonly OtherPast[]): TokenVersion {
  return pasts.length === 1 ? tokenVersions.one : tokenVersions.several;
}

export function writePasts(writer: TokenBytesWriter, pasts: readonly OtherPast[], positions: PositionCodec): void {
  const [only] = pasts;
  if (only !== undefined && pasts.length === 1) {
    writeMoment(writer, only).text(only.clusterId);
    writePosition(writer, only, positions);
    return;
  }
  writer.number(pasts.length);
  for (const past of pasts) {
    const part = writeMoment(new TokenBytesWriter(), past);
    writePosition(part, past, positions);
    const bytes = part.finish();
    writer.text(past.clusterId).number(bytes.length).bytes(bytes);
  }
}

/** Strict about the positions of `own`, whose owner is asked. Throws `RangeError` on what `writePasts` cannot have written. */
export function readPasts(
  body: Buffer,
  version: TokenVersion,
  positions: PositionCodec,
  own: string,
): readonly OtherPast[] {
  const reader = new TokenBytesReader(body);
  if (version === tokenVersions.one) {
    const moment = readMoment(reader);
    const clusterId = reader.text();
    return [{ clusterId, ...moment, ...readPosition(reader.rest(), positions, clusterId === own) }];
  }
  const pasts: OtherPast[] = [];
  for (let left = reader.number(); left > 0; left -= 1) {
    const clusterId = reader.text();
    const part = new TokenBytesReader(reader.bytes(reader.number()));
    pasts.push({ clusterId, ...readMoment(part), ...readPosition(part.rest(), positions, clusterId === own) });
  }
  if (pasts.length === 0 || !reader.isAtEnd()) throw new RangeError('Bytes are left over, or none are there');
  return pasts;
}

type Moment = Pick<DatabasePast, 'epoch' | 'issuedAtMs' | 'requiresSource'>;

function writeMoment(writer: TokenBytesWriter, { requiresSource, epoch, issuedAtMs }: Moment): TokenBytesWriter {
  return writer
    .byte(requiresSource ? requiresSourceFlag : 0)
    .number(epoch)
    .number(issuedAtMs);
}

function readMoment(reader: TokenBytesReader): Moment {
  const requiresSource = reader.byte() === requiresSourceFlag;
  return { requiresSource, epoch: reader.number(), issuedAtMs: reader.number() };
}

function writePosition(writer: TokenBytesWriter, { position, unread }: OtherPast, positions: PositionCodec): void {
  if (unread === undefined) positions.writeBytes(writer, position);
  else writer.bytes(unread);
}

function readPosition(bytes: Buffer, positions: PositionCodec, isOwn: boolean): Pick<OtherPast, 'position' | 'unread'> {
  try {
    return { position: readWhole(bytes, positions) };
  } catch (cause) {
    if (isOwn || !(cause instanceof RangeError)) throw cause;
    return { position: null, unread: bytes };
  }
}

function readWhole(bytes: Buffer, positions: PositionCodec): Position | null {
  const reader = new TokenBytesReader(bytes);
  const position = positions.readBytes(reader);
  if (!reader.isAtEnd()) throw new RangeError('Bytes are left over');
  return position;
}
