import {
  type ClusterEvent,
  clusterEventKinds,
  clusterEventNames,
  type EventSeverity,
} from '../../cluster/cluster-event.ts';
import type { Streamed } from '../../platform/bounded-stream.ts';
import { unhurried } from '../../platform/unhurried.ts';
import { builder } from '../builder.ts';
import { inTurn } from '../event-turn.ts';
import { withoutServer } from '../without-server.ts';

const eventName = builder.enumType('ClusterEventName', {
  description: 'Everything that can happen to the cluster.',
  values: Object.fromEntries(
    clusterEventNames.map((name) => [name, { value: name, description: clusterEventKinds[name].description }]),
  ),
});

const severities = {
  info: { value: 'info', description: 'Something is well again, or as it should be.' },
  warn: { value: 'warn', description: 'Something is missing, and the rest goes on without it.' },
  error: { value: 'error', description: 'Something does not work, or a person should look at it.' },
} as const satisfies Record<EventSeverity, { value: EventSeverity; description: string }>;

const severityType = builder.enumType('ClusterEventSeverity', {
  description: 'How bad an event is.',
  values: Object.fromEntries(Object.entries(severities).map(([name, value]) => [name.toUpperCase(), value])),
});

const eventFact = builder.objectRef<{ readonly name: string; readonly value: string }>('ClusterEventFact').implement({
  description: 'One detail of an event.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is about, such as `trouble`, `from` or `to`.' }),
    value: t.exposeString('value', { description: 'In words; several are separated by commas.' }),
  }),
});

const clusterEvent = builder.objectRef<Streamed<ClusterEvent>>('ClusterEvent').implement({
  description: 'Something that has happened to the cluster, as this API process saw it.',
  fields: (t) => ({
    name: t.field({ type: eventName, description: 'What has happened.', resolve: ({ item }) => item.name }),
    severity: t.field({
      type: severityType,
      description: 'How bad it is.',
      resolve: ({ item }) => clusterEventKinds[item.name].severity,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was noticed.',
      resolve: ({ item }) => new Date(item.atMs),
    }),
    node: t.string({
      nullable: true,
      description: 'Name of the server that it is about; null when it is about none in particular.',
      resolve: ({ item }) => item.node,
    }),
    description: t.string({
      description: 'The event in a sentence.',
      resolve: ({ item }) => clusterEventKinds[item.name].description,
    }),
    facts: t.field({
      type: [eventFact],
      description: 'Details, such as why. Which there are depends on the event.',
      resolve: ({ item }) =>
        Object.entries(item.facts)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => ({ name, value: Array.isArray(value) ? value.join(', ') : String(value) })),
    }),
    missed: t.int({
      description: 'How many events before this one were dropped, because you read too slowly.',
      resolve: ({ missed }) => missed,
    }),
  }),
});

builder.subscriptionType({
  description: 'What is told as it happens, over server-sent events (`accept: text/event-stream`).',
});

builder.subscriptionField('clusterEvents', (t) =>
  t.field({
    type: clusterEvent,
    description: 'What happens to the cluster from now on. Works also while no server answers.',
    args: {
      names: t.arg({ type: [eventName], description: 'Only events of these names.' }),
    },
    subscribe: (_, { names }, context) => inTurn(context.clusterEvents.open(names ?? null), context),
    resolve: (event) => event,
  }),
);

builder.queryField('clusterEventLog', (t) =>
  t.field({
    type: [clusterEvent],
    description:
      'What has happened to the cluster, as this API process saw it, newest first. It remembers the last 200.',
    args: { last: t.arg.int({ required: true, defaultValue: 50, description: 'How many at most.' }) },
    extensions: withoutServer,
    resolve: (_, { last }, { clusterEvents, standBack }) =>
      unhurried(
        clusterEvents.last(last).map((item) => ({ item, missed: 0 })),
        standBack,
      ),
  }),
);
