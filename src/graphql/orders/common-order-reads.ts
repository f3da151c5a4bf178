/**
 * The reads that an operation will make, by name, when all it asks for is common: then one answer of the cache can hold all
 * of it, and it shows one world. An operation that asks for anything else reads everything from its own node.
 */
import {
  type FieldNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { TidemarkError } from '../../errors.ts';
import { countName, pageName } from '../../orders/common-reads.ts';
import type { OrderSort } from '../../orders/order-sort.ts';
import { type PageArguments, pageRequestOf } from '../../orders/page-request.ts';
import { coerced, type OperationInput, withoutServer } from '../plugins/consistency-input.ts';
import { countedFilters } from './order-counts.ts';
import { orderFilterOf } from './order-filter-input.ts';

/** Beyond this an answer is a collection of its own. */
const mostReads = 8;

/** `null` when something is not common, or nothing is asked for. */
export function commonOrderReads(given: OperationInput): readonly string[] | null {
  try {
    const input = { ...given, variables: coerced(given) };
    const names = new Set<string>();
    for (const field of fieldsOf(input.operation.selectionSet, input)) {
      if (field.name.value.startsWith('__') || withoutServer.has(field.name.value)) continue;
      const reads = readsOf(field, input);
      if (reads === null) return null;
      for (const name of reads) names.add(name);
    }
    return names.size === 0 || names.size > mostReads ? null : [...names];
  } catch (error) {
    // Whatever is wrong with the arguments, executing the operation will say so.
    if (error instanceof TidemarkError || (error instanceof Error && error.name === 'GraphQLError')) return null;
    throw error;
  }
}

function readsOf(field: FieldNode, input: OperationInput): readonly string[] | null {
  const below = field.selectionSet === undefined ? [] : [...fieldsOf(field.selectionSet, input)];
  switch (field.name.value) {
    case 'orderCounts':
      return allOrNone(below.filter(isData).map(({ name }) => nameOfCount(name.value)));
    case 'orders': {
      const list = listOf(field, input);
      const pages = below.filter(({ name }) => name.value !== 'totalCount' && !name.value.startsWith('__'));
      const counts = below.filter(({ name }) => name.value === 'totalCount');
      return allOrNone([
        ...(pages.length === 0
          ? []
          : [
              pageName(
                list,
                pages.some((page) => asksFor('items', page, input)),
              ),
            ]),
        ...(counts.length === 0 ? [] : [countName(list.filter)]),
      ]);
    }
    default:
      return null;
  }
}

const isData = ({ name }: FieldNode) => !name.value.startsWith('__');

function nameOfCount(field: string): string | null {
  return field in countedFilters ? countName(countedFilters[field as keyof typeof countedFilters]) : null;
}

function listOf(field: FieldNode, { schema, variables }: OperationInput) {
  const definition = schema.getQueryType()?.getFields()[field.name.value] as GraphQLField<unknown, unknown>;
  const { where, orderBy, ...page } = getArgumentValues(definition, field, variables) as PageArguments & {
    where?: unknown;
    orderBy: OrderSort;
  };
  return { filter: orderFilterOf(where), sort: orderBy, page: pageRequestOf(page, orderBy) };
}

function allOrNone(names: readonly (string | null)[]): readonly string[] | null {
  const known = names.filter((name) => name !== null);
  return known.length === names.length ? known : null;
}

function asksFor(name: string, field: FieldNode, input: OperationInput): boolean {
  if (field.selectionSet === undefined) return false;
  return [...fieldsOf(field.selectionSet, input)].some(
    (below) => below.name.value === name || asksFor(name, below, input),
  );
}

/** The fields that will be resolved, fragments opened. Valid documents only: their fragments do not go in circles. */
function* fieldsOf({ selections }: SelectionSetNode, input: OperationInput): Generator<FieldNode> {
  for (const selection of selections) {
    if (!isIncluded(selection, input)) continue;
    if (selection.kind === Kind.FIELD) yield selection;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldsOf(selection.selectionSet, input);
    else {
      for (const definition of input.document.definitions) {
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value) {
          yield* fieldsOf(definition.selectionSet, input);
        }
      }
    }
  }
}

function isIncluded(selection: SelectionNode, { variables }: OperationInput): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;
}
