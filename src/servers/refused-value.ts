import { TidemarkError } from '../errors.ts';

export type RefusedValue = {
  readonly why: 'CHARACTERS' | 'LENGTH' | 'RANGE' | 'FORM' | 'RULE';
  /** The column, and the row among the statement's rows, counted from 1; `null` if the server does not say. */
  readonly column: string | null;
  readonly row: number | null;
};

/** For reads, which store nothing; Prisma does not pass on which value it was. */
export const incomparable: RefusedValue = { why: 'CHARACTERS', column: null, row: null };

/** The rest of a sentence that begins with the name of the refused value. */
export const refusedBecause: Readonly<Record<RefusedValue['why'], string>> = {
  CHARACTERS: 'holds characters that the database cannot store',
  LENGTH: 'is longer than the database can store',
  RANGE: 'is out of the range that the database can store',
  FORM: 'has a form that the database cannot store',
  RULE: 'breaks a rule of the database',
};

/** The server cannot store a value unchanged, or compare it with what it has. Nothing was written. */
export class ValueRefusedError extends TidemarkError {
  readonly code = 'VALUE_REFUSED';
  readonly retryable = false;
  readonly refused: RefusedValue;

  constructor(refused: RefusedValue, cause: unknown) {
    const { column, why } = refused;
    super(`${column ?? 'A value'} ${refusedBecause[why]}; nothing was written`, {
      facts: { ...(column !== null && { column }) },
      cause,
    });
    this.refused = refused;
  }
}
