/**
 * Settings of a server that only a separate question returns: asked on each new connection, because a restart may have
 * changed them, and again from time to time, because an administrator may have.
 */

import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import { type Row, rowsOf } from '../rows.ts';
import { faultOf } from './faults.ts';
import type { ServerStatements } from './server-statements.ts';
import { versionOf } from './session-state.ts';
import { logFiltersOf, setupVariables, statesNow, variablesOf } from './setup-questions.ts';

type Variables = Readonly<Record<string, string>>;

const againAfterMs = 10_000;

export class ServerSetup {
  readonly #clock: Clock;
  #known: { readonly connection: Connection; readonly atMs: number; readonly variables: Variables } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rejects if the connection is lost; what the account may not see is left out. */
  async variables(connection: Connection, statements: ServerStatements): Promise<Variables> {
    const known = this.#known;
    const atMs = this.#clock.monotonic();
    if (known?.connection === connection && atMs - known.atMs < againAfterMs) return known.variables;
    const logStatus = statements.logStatus(versionOf(connection));
    const questions = [setupVariables, logStatus, statesNow];
    const [rows, log, states] = await Promise.all(questions.map((sql) => tryTo(connection, sql)));
    const variables = { ...variablesOf(rows ?? []), ...variablesOf(states ?? []), ...logFiltersOf(log ?? null) };
    this.#known = { connection, atMs, variables };
    return variables;
  }
}

async function tryTo(connection: Connection, sql: string): Promise<readonly Row[] | null> {
  try {
    return rowsOf(await connection.query(sql));
  } catch (error) {
    if (faultOf(error) === 'CONNECTION') throw error;
    return null;
  }
}
