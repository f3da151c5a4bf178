/**
 * What an earlier release has handed out or kept: tokens outlive releases, and two releases run beside each other while one
 * replaces the other. Recorded, and never to be recorded anew.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAnswer, writeAnswer } from '../../../src/cache/cached-answer.ts';
import { readMarks, writeMark } from '../../../src/cache/invalidation-marks.ts';
import { decodeToken, encodeToken } from '../../../src/consistency/token.ts';
import { TokenKeyring } from '../../../src/consistency/token-keyring.ts';
import { readPosition } from '../../../src/orders/idempotency-record.ts';
import { positions } from '../../../src/servers/known-flavours.ts';

type Recorded = Readonly<
  Record<'flavour' | 'title' | 'text' | 'token' | 'idempotencyRecord' | 'mark' | 'told' | 'answer' | 'epochRow', string>
>;
const recorded: { readonly positions: readonly Recorded[]; readonly withoutPosition: string } = JSON.parse(
  readFileSync(new URL('recorded-bytes.json', import.meta.url), 'utf8'),
);

const keyring = new TokenKeyring([{ id: 'recorded', secret: 'a secret that signs what was recorded once' }]);
const format = { keyring, positions };
const clusterId = 'orders-eu-1';
const session = { clusterId, epoch: 3, issuedAtMs: 1_760_000_000_123, requiresSource: false };
const answer = {
  epoch: 3,
  node: 'replica-1',
  role: 'REPLICA',
  readAtMs: 1_760_000_000_789,
  values: { order: { id: '7' } },
};

/** An earlier release printed line breaks between servers, which it reads with and without. */
const withoutBreaks = (text: string) => text.replaceAll(/\\n|\n/g, '');

describe.each(recorded.positions)('$flavour, $title', (kept) => {
  const position = positions.kind(kept.flavour).parse(kept.text);

  it('is printed as it was', () => {
    expect(position.format()).toBe(kept.text);
    expect(position.line()).toBe(withoutBreaks(kept.text));
  });

  it('is the same token in both directions', () => {
    const read = decodeToken(kept.token, format, clusterId);
    expect(read.map((past) => ({ ...past, position: past.position?.format() }))).toEqual([
      { ...session, position: kept.text },
    ]);
    expect(encodeToken({ ...session, position }, format)).toBe(kept.token);
  });

  it('is the same in a record of a key', () => {
    expect(readPosition(kept.idempotencyRecord)?.format()).toBe(kept.text);
    expect(positions.writeText(position)).toBe(withoutBreaks(kept.idempotencyRecord));
    expect(readPosition(positions.writeText(position))?.format()).toBe(kept.text);
  });

  it('is the same mark in both directions', () => {
    const read = readMarks(`version\n${kept.mark}`, positions).marks;
    expect(read.map((mark) => ({ ...mark, position: mark.position.format() }))).toEqual([
      { atMs: 1_760_000_000_456, position: kept.text },
    ]);
    expect(writeMark({ atMs: 1_760_000_000_456, position }, positions)).toBe(kept.mark);
    expect(positions.writeText(position)).toBe(kept.told);
  });

  it('is the same in a kept answer', () => {
    const read = readAnswer(kept.answer, positions);
    expect({ ...read, includes: read?.includes.format(), seen: read?.seen.format() }).toEqual({
      ...answer,
      includes: kept.text,
      seen: kept.text,
    });
    expect(writeAnswer({ ...answer, includes: position, seen: position })).toBe(withoutBreaks(kept.answer));
  });

  it('is the same in the record of an epoch', () => {
    const kind = positions.kind(kept.flavour);
    expect(kind.parse(kept.epochRow).format()).toBe(kept.text);
    expect(kind.parse(position.line()).format()).toBe(kept.text);
  });
});

it('a token without a position is the same in both directions', () => {
  const bare = { ...session, position: null, requiresSource: true };
  expect(decodeToken(recorded.withoutPosition, format, clusterId)).toEqual([bare]);
  expect(encodeToken(bare, format)).toBe(recorded.withoutPosition);
});

it.each(['none', 'postgres 0/16B3748', 'mariadb', 'mariadb what', ''])(
  'a record that names %j leads to the source',
  (text) => {
    expect(readPosition(text)).toBeNull();
  },
);
