// Prints the GraphQL schema to schema.graphql, for frontends and reviews. `npm run codegen` runs it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './src/graphql/schema.ts';

export const schemaFile = fileURLToPath(new URL('schema.graphql', import.meta.url));

export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(schemaFile, schemaText());
}
