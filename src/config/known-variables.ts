import { databaseVariables, ordersNames } from './database/database-names.ts';
import { tlsVariables } from './database/tls-defaults.ts';
import { deployment } from './parts/deployment.ts';
import { parts } from './parts.ts';
import type { Variable } from './variable.ts';

/** Every variable that is read, by its part. */
export const knownVariables: readonly { readonly title: string; readonly variables: readonly Variable<unknown>[] }[] = [
  { title: 'Servers', variables: [...databaseVariables(ordersNames), ...tlsVariables] },
  ...[deployment, ...Object.values(parts)].map(({ title, variables }) => ({ title, variables })),
];
