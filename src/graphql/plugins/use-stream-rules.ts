/** Requirements of a subscription before it is opened: it selects something, the client accepts event streams, and limits hold. */
import {
  type ExecutionArgs,
  type FragmentDefinitionNode,
  type GraphQLDirective,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  getOperationAST,
  Kind,
  type SelectionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Caller } from '../caller.ts';
import type { ErrorCode } from '../error-codes.ts';
import { refusedFor } from '../refusals.ts';
import { factsOf } from '../request-facts.ts';

type NodeContext = { caller?: Caller };
type YogaContext = NodeContext & { readonly request: Request };

export function useStreamRules(): Plugin<object, NodeContext> {
  return {
    onSubscribe({ args }) {
      const { request, caller } = args.contextValue as YogaContext;
      // A GET that a page can cause without scripts, such as an image, accepts any type.
      if (request.method === 'GET') {
        if (!/(^|,)\s*text\/event-stream\b/i.test(request.headers.get('accept') ?? '')) {
          throw refusal(406, 'NOT_ACCEPTABLE', 'A subscription over GET needs "accept: text/event-stream".');
        }
        if (caller?.page === 'foreign') {
          throw refusal(
            403,
            'FORBIDDEN_ORIGIN',
            'Pages of other origins open no streams. CORS_ORIGINS lists those that may.',
          );
        }
      }
      if (!tellsSomething(args)) {
        throw refusal(400, 'BAD_REQUEST', 'The subscription selects no field: @skip and @include exclude all of them.');
      }
      const usedUp = caller?.admission.openStream(factsOf(request).maxCost) ?? null;
      if (usedUp === 'events') throw refusedFor('client', 'events');
      if (usedUp !== null) throw refusedFor(usedUp, 'streams');
    },
  };
}

function refusal(status: number, code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Variables do not matter: GraphQL's own validation refuses them here. */
function tellsSomething({ document, operationName }: ExecutionArgs): boolean {
  const operation = getOperationAST(document, operationName);
  if (operation == null) return true;
  const fragments = new Map(
    document.definitions.flatMap((part) => (part.kind === Kind.FRAGMENT_DEFINITION ? [[part.name.value, part]] : [])),
  );
  return leavesField(operation.selectionSet.selections, fragments, new Set());
}

function leavesField(selections: readonly SelectionNode[], fragments: Fragments, seen: Set<string>): boolean {
  return selections.some((node) => {
    if (isLeftOut(node)) return false;
    if (node.kind === Kind.FIELD) return true;
    if (node.kind === Kind.INLINE_FRAGMENT) return leavesField(node.selectionSet.selections, fragments, seen);
    const name = node.name.value;
    if (seen.has(name)) return false;
    seen.add(name);
    return leavesField(fragments.get(name)?.selectionSet.selections ?? [], fragments, seen);
  });
}

function isLeftOut(node: SelectionNode): boolean {
  const said = (directive: GraphQLDirective) => getDirectiveValues(directive, node)?.if;
  return said(GraphQLSkipDirective) === true || said(GraphQLIncludeDirective) === false;
}
