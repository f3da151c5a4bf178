import {
  type ArgumentNode,
  type DocumentNode,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { RawConsistencyRequest } from '../../consistency/consistency-request.ts';
import { coercedVariables, type SentOperation } from '../limits/coerced-variables.ts';
import { isWithoutServer } from '../without-server.ts';
import type { CookieNames } from './consistency-output.ts';

export type OperationInput = SentOperation & { readonly request: Request; readonly document: DocumentNode };

/** Everything that a client sent about consistency: headers, the operation's `@consistency` directive and the cookie. */
export function rawConsistencyRequest(input: OperationInput, names: CookieNames): RawConsistencyRequest {
  const { headers } = input.request;
  return {
    headers: {
      token: headers.get('x-consistency-token'),
      level: headers.get('x-consistency-level'),
      whenBehind: headers.get('x-consistency-when-behind'),
      waitMs: headers.get('x-consistency-wait-ms'),
      maxStalenessMs: headers.get('x-consistency-max-staleness-ms'),
    },
    directive: directiveOf(input),
    cookieToken: tokenIn(headers.get('cookie'), names),
  };
}

function directiveOf(input: OperationInput): NonNullable<RawConsistencyRequest['directive']> {
  const { schema, operation } = input;
  if (operation.directives === undefined || operation.directives.length === 0) return {};
  const directive = schema.getDirective('consistency');
  return (directive && getDirectiveValues(directive, operation, coerced(input))) ?? {};
}

/** The variables as the resolvers will see them. Empty if one of them is wrong: the operation is then refused. */
export function coerced(input: OperationInput): Readonly<Record<string, unknown>> {
  return coercedVariables(input).values ?? {};
}

/** More cookies than this are not ours. */
const maxCookies = 4;

/**
 * The current cookie, else the one of an older version. While the current name is unknown, all candidates: leaving one out could
 * show its owner older data. Joined by commas, as headers are.
 */
export function tokenIn(header: string | null, { own, before }: CookieNames): string | null {
  if (own !== null) return cookieIn(header, own) ?? cookieIn(header, before);
  const names = (header ?? '').split(';').map((piece) => piece.slice(0, Math.max(piece.indexOf('='), 0)).trim());
  const perhaps = names.filter((name) => name === before || name.startsWith(`${before}_`)).slice(0, maxCookies);
  const tokens = perhaps.map((name) => cookieIn(header, name)).filter((token) => token !== null);
  return tokens.length === 0 ? null : tokens.join(',');
}

/** The value of one cookie, `null` if it was not sent. Browsers send a cookie of a narrower path first. */
export function cookieIn(header: string | null, name: string): string | null {
  if (header === null) return null;
  for (const piece of header.split(';')) {
    const equals = piece.indexOf('=');
    if (equals > 0 && piece.slice(0, equals).trim() === name) return piece.slice(equals + 1).trim();
  }
  return null;
}

/** The cursors that the operation continues from: each carries the position of its page. */
export function cursorsIn(input: OperationInput): readonly string[] {
  const given = cursorArguments(input);
  if (given.length === 0) return [];
  const variables = coerced(input);
  return given
    .map(({ value }) => (value.kind === Kind.VARIABLE ? variables[value.name.value] : 'value' in value && value.value))
    .filter((cursor) => typeof cursor === 'string');
}

/** Cached per document, because the same ones repeat. */
const argumentsByOperation = new WeakMap<OperationDefinitionNode, readonly ArgumentNode[]>();

function cursorArguments({ document, operation }: OperationInput): readonly ArgumentNode[] {
  const known = argumentsByOperation.get(operation);
  if (known !== undefined) return known;
  const found: ArgumentNode[] = [];
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  for (const definition of [operation, ...fragments]) {
    visit(definition, {
      Argument(argument) {
        if (argument.name.value === 'after' || argument.name.value === 'before') found.push(argument);
      },
    });
  }
  argumentsByOperation.set(operation, found);
  return found;
}

/** False for operations that only ask for the schema, the cluster or the process: they need no server. */
export function needsDatabase(input: Pick<OperationInput, 'schema' | 'operation' | 'document'>): boolean {
  return asksTables(input.operation.selectionSet, input, new Set());
}

/** Visits each fragment once: a `visited` fragment has no such field, or the search would have ended. */
function asksTables(
  { selections }: SelectionSetNode,
  input: Pick<OperationInput, 'schema' | 'operation' | 'document'>,
  visited: Set<string>,
): boolean {
  const { schema, operation, document } = input;
  return selections.some((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return (
          !selection.name.value.startsWith('__') && !isWithoutServer(schema, operation.operation, selection.name.value)
        );
      case Kind.INLINE_FRAGMENT:
        return asksTables(selection.selectionSet, input, visited);
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        if (visited.has(name)) return false;
        visited.add(name);
        const fragment = document.definitions.find(
          (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
        );
        return (
          fragment === undefined || !('selectionSet' in fragment) || asksTables(fragment.selectionSet, input, visited)
        );
      }
      default:
        return selection satisfies never;
    }
  });
}
