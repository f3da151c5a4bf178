import type { Session } from './session.ts';

/** Verifies and writes tokens. */
export type Tokens = {
  decode(text: string, nowMs: number): Session;
  encode(session: Session): string;
  /** False when the session's position is too long for its token, which then leads to the source. */
  fits(session: Session): boolean;
};
