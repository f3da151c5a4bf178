#!/usr/bin/env bash
# GraphQL Yoga answers the fields of a selection in the order in which they were resolved, not in that of the query.
#
# Version:  graphql-yoga 5.24.1 with @graphql-tools/executor 2.0.1, graphql 16.15.0; @graphql-tools/executor 4.1.5 beside it (all npm)
# Guess:    The order of an answer is that of the query, as the specification has it and as graphql's own `execute` does it.
# So it is: Yoga executes with @graphql-tools/executor. In that version a selection with a field that is resolved later holds the
#           others first, and those that are resolved later in the order in which they end: two answers to one query may differ in
#           their bytes. Version 4 keeps the order; Yoga asks for version 2.
#
# Output seen:
#   graphql's execute: late id name soon
#   Yoga: id name soon late
#   executor 4.1.5: late id name soon
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

install_npm graphql-yoga@5.24.1 graphql@16.15.0 @graphql-tools/executor@2.0.1 executor4@npm:@graphql-tools/executor@4.1.5
cat > "$work/look.js" <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { normalizedExecutor } from 'executor4';
import { execute, parse } from 'graphql';
import { createSchema, createYoga } from 'graphql-yoga';

const query = '{ order { late id name soon } }';
const order = { id: '1', name: 'a', soon: async () => 'soon', late: () => sleep(20, 'late') };
const schema = createSchema({
  typeDefs: 'type Query { order: Order } type Order { id: ID name: String soon: String late: String }',
  resolvers: { Query: { order: () => order } },
});
const keys = ({ data }) => Object.keys(data.order).join(' ');

const yoga = createYoga({ schema, logging: false });
const response = await yoga.fetch('http://localhost/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});
console.log(keys(await execute({ schema, document: parse(query) })));
console.log(keys(await response.json()));
console.log(keys(await normalizedExecutor({ schema, document: parse(query) })));
JS
(cd "$work" && node look.js) > "$work/seen"
see "graphql's execute" "$(sed -n 1p "$work/seen")" 'late id name soon'
see 'Yoga' "$(sed -n 2p "$work/seen")" 'id name soon late'
see 'executor 4.1.5' "$(sed -n 3p "$work/seen")" 'late id name soon'
finish "Yoga's answers are not in the order of the query"
