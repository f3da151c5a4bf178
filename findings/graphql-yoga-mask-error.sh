#!/usr/bin/env bash
# GraphQL Yoga's maskError is asked about errors of syntax, of variables and of resolvers, but not about those of validation.
#
# Version:  graphql-yoga 5.24.1, graphql 16.15.0 (npm), Node 20 or newer
# Guess:    `maskedErrors.maskError` sees each error on its way out, so that one place can give all of them a code, a language or
#           a bound; or it sees only what resolvers throw, and none of what GraphQL itself finds wrong.
# So it is: It is called for a syntax error, for each wrong variable and for an unknown operation name, and never for a
#           validation error, which leaves as it is. One query with a list variable of 200 wrong items calls it 51 times:
#           the executor reports 50 errors and one that it stops, each with the wrong value printed.
#
# Output seen:
#   an error of a resolver: errors 1, maskError called 1
#   a syntax error: errors 1, maskError called 1
#   an unknown field: errors 1, maskError called 0
#   a list variable with 200 wrong items: errors 51, maskError called 51
#   two operations and no name: errors 1, maskError called 1
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

install_npm graphql-yoga@5.24.1 graphql@16.15.0
cat > "$work/look.js" <<'JS'
import { createSchema, createYoga } from 'graphql-yoga';

let called = 0;
const yoga = createYoga({
  logging: false,
  schema: createSchema({
    typeDefs: 'type Query { fail: Int take(list: [Int!]): Int }',
    resolvers: {
      Query: {
        fail() {
          throw new Error('from a resolver');
        },
      },
    },
  }),
  maskedErrors: {
    maskError(error) {
      called += 1;
      return error;
    },
  },
});

async function ask(name, body) {
  called = 0;
  const response = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { errors } = await response.json();
  console.log(name, errors.length, called);
}

await ask('resolver', { query: '{ fail }' });
await ask('syntax', { query: '{ fail' });
await ask('validation', { query: '{ unknown }' });
await ask('variables', { query: 'query ($list: [Int!]) { take(list: $list) }', variables: { list: Array(200).fill('x') } });
await ask('operation', { query: 'query A { take } query B { take }' });
JS
seen=$(cd "$work" && node look.js)
of() { awk -v name="$1" '$1 == name { print "errors " $2 ", maskError called " $3 }' <<< "$seen"; }
see 'an error of a resolver' "$(of resolver)" 'errors 1, maskError called 1'
see 'a syntax error' "$(of syntax)" 'errors 1, maskError called 1'
see 'an unknown field' "$(of validation)" 'errors 1, maskError called 0'
see 'a list variable with 200 wrong items' "$(of variables)" 'errors 51, maskError called 51'
see 'two operations and no name' "$(of operation)" 'errors 1, maskError called 1'
finish 'maskError is not asked about validation errors'
