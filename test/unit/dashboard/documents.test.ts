import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  buildSchema,
  type DocumentNode,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { maxOwn } from '../../../src/dashboard/orders/own-rechecks.ts';
import { ownJobs } from '../../../src/dashboard/orders/recheck-documents.ts';
import { fieldWeights } from '../../../src/graphql/limits/field-weights.ts';
import { isHeavy } from '../../../src/graphql/limits/heavy-operation.ts';
import { costOf } from '../../../src/graphql/limits/operation-cost.ts';
import { defaultConfig } from '../../support/default-config.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const files = readdirSync('src/dashboard', { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('-documents.ts'),
);

const typicalPage = { first: 20, last: 20 };
const largestPage = { first: 100, last: 100 };

describe('what the page asks', () => {
  it.each(files)('fits the schema, and costs half of what an operation may at most: %s', async (file) => {
    const exported: object = await import(pathToFileURL(join('src/dashboard', file)).href);
    const documents = Object.entries(exported)
      .map(([name, value]) => [name, typeof value === 'string' ? parse(value) : value] as const)
      .filter((entry): entry is [string, DocumentNode] => isOperation(entry[1]));
    expect(documents.length).toBeGreaterThan(0);
    for (const [name, document] of documents) {
      const faults = validate(schema, document).map(({ message }) => message);
      expect(faults, name).toEqual([]);
      const operation = getOperationAST(document) as OperationDefinitionNode;
      const { points } = costOf({ schema, document, operation, variables: largestPage }, fieldWeights);
      // Waits for nobody's heavy operations, unless somebody wants to see many rows.
      const usual = costOf({ schema, document, operation, variables: typicalPage }, fieldWeights);
      expect([name, isHeavy(usual)]).toEqual([name, false]);
      expect(points, name).toBeLessThanOrEqual(defaultConfig.graphql.maxCost / 2);
    }
  });
});

it('asks for as many rechecks of one browser at once as are remembered', () => {
  const document = ownJobs(maxOwn);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document) as OperationDefinitionNode;
  const { jobs } = { jobs: operation.selectionSet.selections[0] };
  const asked = jobs?.kind === 'Field' ? (jobs.selectionSet?.selections.length ?? 0) : 0;
  expect(asked).toBe(maxOwn);
  expect(asked).toBeLessThanOrEqual(defaultConfig.graphql.maxAliases);
});

function isOperation(value: unknown): value is DocumentNode {
  if (typeof value !== 'object' || value === null || !('definitions' in value)) return false;
  // A fragment alone belongs to the operations that use it.
  return Array.isArray(value.definitions) && value.definitions.some(({ kind }) => kind === 'OperationDefinition');
}
