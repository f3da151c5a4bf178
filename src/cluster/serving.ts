/**
 * What keeps a server that answers from serving: alive is not able. Determined by doing what reads do, with their account.
 */
export const servingFaultKinds = ['TABLE_MISSING', 'RIGHT_MISSING', 'TABLE_BROKEN', 'TABLE_SILENT'] as const;
export type ServingFaultKind = (typeof servingFaultKinds)[number];

export type ServingFault = {
  readonly kind: ServingFaultKind;
  readonly table: string;
  /** The server's own code, `null` if it gave none. */
  readonly code: string | null;
  /** The statement that fixes it, if the server's answer tells. */
  readonly cure: string | null;
};

const words: Readonly<Record<ServingFaultKind, (table: string) => string>> = {
  TABLE_MISSING: (table) => `has no table ${table} as this version needs it`,
  RIGHT_MISSING: (table) => `does not let the account read ${table}`,
  TABLE_BROKEN: (table) => `cannot read ${table}`,
  TABLE_SILENT: (table) => `answers, but reads of ${table} hang`,
};

export function servingFaultInWords({ kind, table, code }: ServingFault): string {
  return `${words[kind](table)}${code === null ? '' : ` (${code})`}`;
}

/** `null` if nothing is found. */
export function servingTrouble(faults: readonly ServingFault[] | undefined): string | null {
  const [first, ...others] = faults ?? [];
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${servingFaultInWords(first)}${more}`;
}
