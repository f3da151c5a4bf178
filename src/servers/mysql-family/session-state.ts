/** What the protocol tells with each answer, which the driver keeps beside the connection. */
const statusInTransaction = 1;
const statusAutocommit = 2;

type Told = {
  readonly info?: {
    readonly status?: number;
    isMariaDB?(): boolean;
    readonly serverVersion?: { readonly raw?: string };
  } | null;
};

const toldOn = (connection: object): Told['info'] => (connection as Told).info ?? null;

/** A pool wraps a connection anew each time that it hands it out; what it was told stays the same. */
export const keyOf = (connection: object): object => toldOn(connection) ?? connection;

const says = (connection: object, flag: number): boolean => ((toldOn(connection)?.status ?? 0) & flag) !== 0;

export const isInTransaction = (connection: object): boolean => says(connection, statusInTransaction);

export const isAutocommitting = (connection: object): boolean => says(connection, statusAutocommit);

/** As the greeting has it. */
export const versionOf = (connection: object): string => toldOn(connection)?.serverVersion?.raw ?? '';

/** Which of the two servers greeted; `null` of a connection that is no driver's of the family. */
export function greetedByMariadb(connection: object): boolean | null {
  return 'info' in connection ? toldOn(connection)?.isMariaDB?.() === true : null;
}
