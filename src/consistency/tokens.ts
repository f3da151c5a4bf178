import type { Session } from './session.ts';

/** Verifies and writes tokens. */
export type Tokens = {
  /** Of the own database, at least one; what the token says of others is in the first. */
  decode(text: string, nowMs: number): readonly Session[];
  encode(session: Session): string;
  /** False when a position is too long for the session's token, which then leads to the source of its database. */
  fits(session: Session): boolean;
};
