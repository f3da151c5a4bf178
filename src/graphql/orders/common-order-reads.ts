/**
 * The reads that an operation will make, by name, if all that it asks for is common: then one cached answer can hold all of it and
 * shows a single snapshot. Any other operation reads everything from its own node.
 */
import {
  type FieldNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { TidemarkError } from '../../errors.ts';
import { type CommonRead, commonCount, commonPage } from '../../orders/common-reads.ts';
import type { OrderSort } from '../../orders/order-sort.ts';
import { type PageArguments, readPageRequest } from '../../orders/page-request.ts';
import { coerced, type OperationInput } from '../consistency/consistency-input.ts';
import { isWithoutServer } from '../without-server.ts';
import { countedFilters } from './order-counts.ts';
import { orderFilterOf } from './order-filter-input.ts';

/** An answer with more reads than this is not cached. */
const maxReads = 8;

export type CommonReads = {
  readonly reads: readonly CommonRead[];
  readonly names: readonly string[];
  /** Whether the operation asks for nothing else: its answer then depends on nothing else. */
  readonly alone: boolean;
};

/** Per operation, by its declared variables, because the same ones repeat. */
const known = new WeakMap<OperationDefinitionNode, Map<string, CommonReads | null>>();
const maxKnown = 16;
const maxKnownLength = 512;

/** `null` if something is not common, or nothing is asked for. Mostly the same object for the same operation and variables. */
export function commonOrderReads(input: OperationInput): CommonReads | null {
  const sent = declaredVariables(input);
  if (sent === null) return findReads(input);
  const byVariables = known.get(input.operation) ?? new Map<string, CommonReads | null>();
  const before = byVariables.get(sent);
  if (before !== undefined) return before;
  const found = findReads(input);
  if (byVariables.size >= maxKnown) byVariables.clear();
  known.set(input.operation, byVariables.set(sent, found));
  return found;
}

/** As text; `null` if they are too large to remember. */
function declaredVariables({ operation, variables }: OperationInput): string | null {
  const names = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  const sent = names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]);
  try {
    const text = JSON.stringify(sent);
    return text.length <= maxKnownLength ? text : null;
  } catch {
    // Nested too deep to be serialised.
    return null;
  }
}

function findReads(given: OperationInput): CommonReads | null {
  try {
    const input = { ...given, variables: coerced(given) };
    const found = new Map<string, CommonRead>();
    let alone = true;
    for (const field of fieldsOf(input.operation.selectionSet, input)) {
      if (field.name.value.startsWith('__')) continue;
      if (isWithoutServer(input.schema, input.operation.operation, field.name.value)) {
        alone = false;
        continue;
      }
      const reads = readsOf(field, input);
      if (reads === null) return null;
      for (const read of reads) found.set(read.name, read);
    }
    if (found.size === 0 || found.size > maxReads) return null;
    return { reads: [...found.values()], names: [...found.keys()], alone };
  } catch (error) {
    // Executing the operation reports whatever is wrong with the arguments.
    if (error instanceof TidemarkError || (error instanceof Error && error.name === 'GraphQLError')) return null;
    throw error;
  }
}

function readsOf(field: FieldNode, input: OperationInput): readonly CommonRead[] | null {
  const below = field.selectionSet === undefined ? [] : [...fieldsOf(field.selectionSet, input)];
  switch (field.name.value) {
    case 'orderCounts':
      return allOrNone(below.filter(isData).map(({ name }) => countOf(name.value)));
    case 'orders': {
      const list = listOf(field, input);
      const pages = below.filter(({ name }) => name.value !== 'totalCount' && !name.value.startsWith('__'));
      const counts = below.filter(({ name }) => name.value === 'totalCount');
      return allOrNone([
        ...(pages.length === 0 ? [] : [commonPage(list, asksFor('items', pages, input))]),
        ...(counts.length === 0 ? [] : [commonCount(list.filter)]),
      ]);
    }
    default:
      return null;
  }
}

const isData = ({ name }: FieldNode) => !name.value.startsWith('__');

function countOf(field: string): CommonRead | null {
  return field in countedFilters ? commonCount(countedFilters[field as keyof typeof countedFilters]) : null;
}

function listOf(field: FieldNode, { schema, variables }: OperationInput) {
  const definition = schema.getQueryType()?.getFields()[field.name.value] as GraphQLField<unknown, unknown>;
  const { where, orderBy, ...page } = getArgumentValues(definition, field, variables) as PageArguments & {
    where?: unknown;
    orderBy: OrderSort;
  };
  return { filter: orderFilterOf(where), sort: orderBy, page: readPageRequest(page, orderBy) };
}

function allOrNone(reads: readonly (CommonRead | null)[]): readonly CommonRead[] | null {
  const common = reads.filter((read) => read !== null);
  return common.length === reads.length ? common : null;
}

/** Whether a field is requested below any of these. Skips what has been searched before. */
function asksFor(
  name: string,
  fields: readonly FieldNode[],
  input: OperationInput,
  searched = new Set<SelectionSetNode>(),
): boolean {
  return fields.some(({ selectionSet }) => {
    if (selectionSet === undefined || searched.has(selectionSet)) return false;
    searched.add(selectionSet);
    const below = [...fieldsOf(selectionSet, input)];
    return below.some((field) => field.name.value === name) || asksFor(name, below, input, searched);
  });
}

/**
 * The fields that will be resolved, with fragments expanded, each once however often it is spread. Valid documents only: their
 * fragments have no cycles.
 */
function* fieldsOf(
  { selections }: SelectionSetNode,
  input: OperationInput,
  opened = new Set<string>(),
): Generator<FieldNode> {
  for (const selection of selections) {
    if (!isIncluded(selection, input)) continue;
    if (selection.kind === Kind.FIELD) yield selection;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldsOf(selection.selectionSet, input, opened);
    else if (!opened.has(selection.name.value)) {
      opened.add(selection.name.value);
      for (const definition of input.document.definitions) {
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value) {
          yield* fieldsOf(definition.selectionSet, input, opened);
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
