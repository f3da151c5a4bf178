import type { Session } from './session.ts';

/** Verifies and writes tokens. */
export type Tokens = {
  /** For the own database, at least one; the first contains the other databases. */
  decode(text: string, nowMs: number): readonly Session[];
  encode(session: Session): string;
  /** False when a position is too long for the session's token, which then leads to the source of its database. */
  fits(session: Session): boolean;
};
