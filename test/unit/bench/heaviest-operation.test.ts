import { getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { fieldWeights } from '../../../src/graphql/limits/field-weights.ts';
import { costOf } from '../../../src/graphql/limits/operation-cost.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { heaviestLogs, heaviestOperation } from '../../bench/benches/reads-beside-heavy.ts';
import { defaultConfig } from '../../support/default-config.ts';

it.each([heaviestOperation, heaviestLogs])(
  'the bench of heavy operations sends the heaviest that are allowed: %s',
  (text) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document) as OperationDefinitionNode;
    const { points } = costOf({ schema, document, operation, variables: {} }, fieldWeights);
    const most = defaultConfig.graphql.maxCost;
    expect(points).toBeLessThanOrEqual(most);
    expect(points).toBeGreaterThan(most * 0.98);
  },
);
