/**
 * The cost of an operation before it is run. Pure.
 *
 * A fragment is visited once, however often it is spread: its size and cost are numbers that are added. A selection has a fixed cost
 * and a cost per row of the connection that it is part of; a connection multiplies the latter by its rows.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { FieldWeight } from './field-weights.ts';

export type PlannedOperation = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced variables. */
  readonly variables: Readonly<Record<string, unknown>>;
};

export type OperationCost = {
  /** Number of selections with all fragments expanded. */
  readonly size: number;
  readonly points: number;
  /** Upper bound: every list at its maximum length. */
  readonly maxPoints: number;
  /** False if the cost depends on the variables. */
  readonly isFixed: boolean;
};

type Cost = { readonly size: number; readonly once: number; readonly perRow: number };
const nothing: Cost = { size: 0, once: 0, perRow: 0 };
const unlistedLength = 10;
/** Introspection: the size of the schema does not depend on the query. */
const introspectionPoints = 200;

export function costOf(planned: PlannedOperation, weights: Readonly<Record<string, FieldWeight>>): OperationCost {
  const walk = new Walk(planned, weights, 'usual');
  const { size, once, perRow } = walk.whole();
  const points = once + perRow;
  const most = walk.mayBeMore ? new Walk(planned, weights, 'longest').whole() : null;
  const maxPoints = most === null ? points : most.once + most.perRow;
  return { size, points, maxPoints, isFixed: !walk.askedVariables };
}

class Walk {
  readonly #planned: PlannedOperation;
  readonly #weights: Readonly<Record<string, FieldWeight>>;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** `null` while it is being visited: a fragment that spreads itself is invalid, and its cost infinite. */
  readonly #seen = new Map<string, Cost | null>();
  readonly #lengths: 'usual' | 'longest';
  askedVariables = false;
  /** There is a list whose maximum exceeds its typical length. */
  mayBeMore = false;

  constructor(planned: PlannedOperation, weights: Readonly<Record<string, FieldWeight>>, lengths: 'usual' | 'longest') {
    this.#lengths = lengths;
    this.#planned = planned;
    this.#weights = weights;
    for (const definition of planned.document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  whole(): Cost {
    const { schema, operation } = this.#planned;
    return this.#selections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  }

  #selections({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Cost {
    let { size, once, perRow } = nothing;
    for (const selection of selections) {
      const cost = this.#selection(selection, parent);
      size += cost.size;
      once += cost.once;
      perRow += cost.perRow;
    }
    return { size, once, perRow };
  }

  #selection(selection: SelectionNode, parent: GraphQLNamedType | undefined): Cost {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#field(selection, parent);
      case Kind.INLINE_FRAGMENT:
        return counted(
          this.#selections(selection.selectionSet, this.#type(selection.typeCondition?.name.value, parent)),
        );
      case Kind.FRAGMENT_SPREAD:
        return counted(this.#fragment(selection.name.value));
      default:
        return selection satisfies never;
    }
  }

  #fragment(name: string): Cost {
    const before = this.#seen.get(name);
    if (before === null) return { size: Number.POSITIVE_INFINITY, once: Number.POSITIVE_INFINITY, perRow: 0 };
    if (before !== undefined) return before;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return nothing;
    this.#seen.set(name, null);
    const cost = this.#selections(fragment.selectionSet, this.#type(fragment.typeCondition.name.value, undefined));
    this.#seen.set(name, cost);
    return cost;
  }

  #field(field: FieldNode, parent: GraphQLNamedType | undefined): Cost {
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    const weight = parent === undefined ? undefined : this.#weights[`${parent.name}.${field.name.value}`];
    const own = weight?.own ?? (field.name.value === '__typename' ? 0 : 1);
    if (field.selectionSet === undefined) return { size: 1, once: own, perRow: 0 };
    const below = this.#selections(field.selectionSet, definition && getNamedType(definition.type));
    const size = below.size + 1;
    if (field.name.value.startsWith('__')) return { size, once: introspectionPoints + below.size, perRow: 0 };
    if (weight?.ofRows) return { size, once: own, perRow: below.once + below.perRow };
    const sent = (argument: string) => this.#sent(field, argument);
    if (weight?.rows) return { size, once: own + below.once + below.perRow * weight.rows(sent), perRow: 0 };
    const isList =
      definition !== undefined && isListType(isNonNullType(definition.type) ? definition.type.ofType : definition.type);
    if (weight?.longest !== undefined) this.mayBeMore = true;
    const longest = this.#lengths === 'longest' ? weight?.longest : undefined;
    const times = longest ?? weight?.times?.(sent) ?? (isList ? unlistedLength : 1);
    return { size, once: own + (below.once + below.perRow) * times, perRow: 0 };
  }

  #sent(field: FieldNode, name: string): unknown {
    const argument = field.arguments?.find((candidate) => candidate.name.value === name);
    if (argument !== undefined && argument.value.kind !== Kind.INT) this.askedVariables = true;
    // `null` includes the field, as omitting the argument does.
    return argument === undefined
      ? undefined
      : (valueFromASTUntyped(argument.value, this.#planned.variables) ?? undefined);
  }

  #type(name: string | undefined, otherwise: GraphQLNamedType | undefined): GraphQLNamedType | undefined {
    return name === undefined ? otherwise : this.#planned.schema.getType(name);
  }
}

/** A spread counts as a selection, even of an empty fragment. */
function counted({ size, once, perRow }: Cost): Cost {
  return { size: size + 1, once, perRow };
}
