import type { Streamed } from '../../platform/bounded-stream.ts';
import { unhurried } from '../../platform/unhurried.ts';
import { routeReasons } from '../../routing/route-decision.ts';
import type { RoutedOperation, RoutingLogFilter } from '../../routing/routing-log.ts';
import { builder } from '../builder.ts';
import { roleType } from '../cluster/cluster-type.ts';
import { levelType } from '../consistency/level-type.ts';
import { inTurn } from '../event-turn.ts';
import { withoutServer } from '../without-server.ts';

const mostAtOnce = 1000;
const listed = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');

const operationKinds = builder.enumType('OperationKind', {
  description: 'What kind of operation was sent.',
  values: {
    QUERY: { value: 'query', description: 'It reads only.' },
    MUTATION: { value: 'mutation', description: 'It writes, on the source.' },
  },
});

const routedOperation = builder.objectRef<Streamed<RoutedOperation>>('RoutedOperation').implement({
  description: 'One operation that asked for a server: who served it, and why that was fresh enough.',
  fields: (t) => ({
    sequence: t.int({
      description: 'Counts the operations of this API process.',
      resolve: ({ item }) => item.sequence,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was answered.',
      resolve: ({ item }) => new Date(item.atMs),
    }),
    kind: t.field({
      type: operationKinds,
      description: 'Whether it reads or writes.',
      resolve: ({ item }) => (item.operation.type === 'mutation' ? 'mutation' : 'query'),
    }),
    name: t.string({
      nullable: true,
      description: 'The name that its client gave it. Null when it has none.',
      resolve: ({ item }) => item.operation.name,
    }),
    node: t.string({
      nullable: true,
      description: 'Name of the server that served it. Null when none was chosen; then there is an error.',
      resolve: ({ item }) => item.decision?.node ?? null,
    }),
    role: t.field({
      type: roleType,
      nullable: true,
      description: 'What that server was.',
      resolve: ({ item }) => item.decision?.role ?? null,
    }),
    reason: t.string({
      nullable: true,
      description: `Why that server: ${listed(Object.keys(routeReasons))}.`,
      resolve: ({ item }) => item.decision?.reason ?? null,
    }),
    level: t.field({ type: levelType, description: 'How fresh it had to be.', resolve: ({ item }) => item.level }),
    required: t.string({
      nullable: true,
      description: 'The position that a replica had to include, shortened. Null when none was asked for.',
      resolve: ({ item }) => item.required && shortened(item.required.line()),
    }),
    waitedMs: t.int({
      description: 'How many milliseconds it waited for a replica.',
      resolve: ({ item }) => Math.round(item.decision?.waitedMs ?? 0),
    }),
    tookMs: t.int({
      description: 'How many milliseconds it took from its arrival to its answer.',
      resolve: ({ item }) => Math.round(item.tookMs),
    }),
    errorCode: t.string({
      nullable: true,
      description: 'Code of the first error of the answer. Null when there was none.',
      resolve: ({ item }) => item.errorCode,
    }),
    missed: t.int({
      description: 'Of a subscription: how many before this one were dropped, because you read too slowly.',
      resolve: ({ missed }) => missed,
    }),
  }),
});

const filterType = builder.inputType('RoutingLogFilter', {
  description: 'Which operations to show. All conditions that are given must hold together.',
  fields: (t) => ({
    node: t.string({ description: 'Was served by the server of this name.' }),
    role: t.field({ type: roleType, description: 'Was served by a server of this role.' }),
    reasons: t.stringList({ description: 'Was routed for one of these reasons. An empty list matches nothing.' }),
    level: t.field({ type: levelType, description: 'Had to be this fresh.' }),
    kind: t.field({ type: operationKinds, description: 'Reads, or writes.' }),
    name: t.string({ description: 'Has this in its name, in capital or small letters.' }),
    failed: t.boolean({ description: 'True: ended with an error. False: did not.' }),
    minWaitedMs: t.int({ description: 'Waited at least this many milliseconds for a replica.' }),
  }),
});

builder.queryField('routingLog', (t) =>
  t.field({
    type: [routedOperation],
    nullable: true,
    description:
      'The last operations that this API process routed, newest first. Works also while no server answers. ' +
      'Null when none are kept.',
    args: {
      filter: t.arg({ type: filterType, description: 'Which operations. All of them without it.' }),
      last: t.arg.int({ required: true, defaultValue: 100, description: `How many at most, 0 to ${mostAtOnce}.` }),
    },
    extensions: withoutServer,
    resolve: (_, { filter, last }, { routingLog, standBack }) => {
      if (routingLog === null) return null;
      const count = Math.min(Math.max(last, 0), mostAtOnce);
      const routed = routingLog.last(count, filterOf(filter)).map((item) => ({ item, missed: 0 }));
      return unhurried(routed, standBack);
    },
  }),
);

builder.subscriptionField('routingLogged', (t) =>
  t.field({
    type: routedOperation,
    description: 'Operations as this API process routes them. Ends at once when none are noted.',
    args: { filter: t.arg({ type: filterType, description: 'Which operations. All of them without it.' }) },
    subscribe: (_, { filter }, context) =>
      inTurn(context.routingLog?.open(filterOf(filter), context.client) ?? nothing(), context),
    resolve: (routed) => routed,
  }),
);

type Given<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined };

/** GraphQL says `null` for what is not asked. */
function filterOf(given: Given<RoutingLogFilter> | null | undefined): RoutingLogFilter {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null));
}

async function* nothing(): AsyncGenerator<Streamed<RoutedOperation>> {}

const shownCharacters = 48;

/** The end of a position is what moves. */
function shortened(text: string): string {
  return text.length <= shownCharacters ? text : `…${text.slice(-shownCharacters)}`;
}
