/**
 * Positions as texts and bytes for storage and transport, whatever servers they come from. Created once from the list of
 * kinds, and passed to tokens, cache, records and marks: none of them knows how a server numbers its transactions.
 *
 *   text    the kind's name, a space, the position on one line: `mariadb 0-1-100`
 *   bytes   the kind's byte and what the kind writes; a single 0 means no position
 */
import type { Flavour, Position } from './position.ts';
import type { PositionKind } from './position-kind.ts';
import type { TokenBytesReader, TokenBytesWriter } from './token-bytes.ts';

const noPosition = 0;

export class PositionCodec {
  readonly #byFlavour = new Map<Flavour, PositionKind>();
  readonly #byByte = new Map<number, PositionKind>();

  /** Throws `RangeError` if two kinds could not be distinguished. */
  constructor(kinds: Iterable<PositionKind>) {
    for (const kind of kinds) {
      const { flavour, tokenByte } = kind;
      const isByte = Number.isInteger(tokenByte) && tokenByte > noPosition && tokenByte < 0x100;
      if (!isByte || this.#byByte.has(tokenByte)) throw new RangeError(`Byte ${tokenByte} cannot stand for ${flavour}`);
      if (!/^\S+$/.test(flavour) || this.#byFlavour.has(flavour))
        throw new RangeError(`No kind can be named ${flavour}`);
      this.#byFlavour.set(flavour, kind);
      this.#byByte.set(tokenByte, kind);
    }
  }

  /** Throws `RangeError` when no kind is named so. */
  kind(flavour: Flavour): PositionKind {
    const kind = this.#byFlavour.get(flavour);
    if (kind === undefined) throw new RangeError(`No positions are known of servers named ${flavour.slice(0, 40)}`);
    return kind;
  }

  writeText(position: Position): string {
    return `${position.flavour} ${position.line()}`;
  }

  /** Also of a text over several lines, as earlier releases wrote it. Throws `RangeError` or `MalformedPositionError`. */
  readText(text: string): Position {
    const space = text.indexOf(' ');
    if (space < 0) throw new RangeError('A position begins with the name of its servers');
    return this.kind(text.slice(0, space)).parse(text.slice(space + 1));
  }

  writeBytes(writer: TokenBytesWriter, position: Position | null): void {
    if (position === null) {
      writer.byte(noPosition);
    } else {
      writer.byte(this.kind(position.flavour).tokenByte);
      position.write(writer);
    }
  }

  /** Throws `RangeError` on bytes that `writeBytes` cannot have written. */
  readBytes(reader: TokenBytesReader): Position | null {
    const byte = reader.byte();
    if (byte === noPosition) return null;
    const kind = this.#byByte.get(byte);
    if (kind === undefined) throw new RangeError(`No position is of kind ${byte}`);
    return kind.read(reader);
  }
}
