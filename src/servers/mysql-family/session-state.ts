/** What the protocol reports with each answer; the driver keeps it beside the connection. */
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

/** A pool wraps a connection anew each time it hands it out; the state kept beside it stays the same object. */
export const keyOf = (connection: object): object => toldOn(connection) ?? connection;

const says = (connection: object, flag: number): boolean => ((toldOn(connection)?.status ?? 0) & flag) !== 0;

export const isInTransaction = (connection: object): boolean => says(connection, statusInTransaction);

export const isAutocommitting = (connection: object): boolean => says(connection, statusAutocommit);

/** As in the greeting. */
export const versionOf = (connection: object): string => toldOn(connection)?.serverVersion?.raw ?? '';

/** Which of the two servers sent the greeting; `null` for a connection of another driver. */
export function greetedByMariadb(connection: object): boolean | null {
  return 'info' in connection ? toldOn(connection)?.isMariaDB?.() === true : null;
}
