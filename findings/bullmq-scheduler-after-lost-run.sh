#!/usr/bin/env bash
# A BullMQ job scheduler ends for ever, in silence, when the one job of its next run is lost.
#
# Version:  bullmq 6.7.0 (npm), Redis 7.0.15 from Debian bookworm's packages, Node 20 or newer
# Guess:    The scheduler's record and the worker make the runs: when one job's key is evicted, that run is lost, an error or an
#           event tells, and the next run comes.
# So it is: Each run is made by the one before it, when a worker takes that up. Without that job nothing ever runs again:
#           no error, no event of the worker, and getJobScheduler goes on to tell of a next run, which lies in the past. Calling
#           upsertJobScheduler again, with the same settings, revives it: a service that does so only at its start has no runs
#           until its next one.
#
# Output seen:
#   more than one run at first: true
#   runs in four seconds, from three seconds after the loss: 0
#   errors, failures and stalled jobs that the worker told of: 0
#   the next run of the scheduler that is still listed lies in the: past
#   more than one run after upsertJobScheduler with the same settings: true
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"

install_npm bullmq@6.7.0 ioredis@5.11.1
unpack_debian bookworm redis-server=5:7.0.15-1~deb12u7 redis-tools=5:7.0.15-1~deb12u7
port=$(free_port)
"$work/bin/redis-server" --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$work" > "$work/redis.log" 2>&1 &
pids+=($!)
wait_until 30 "$work/bin/redis-cli" -h 127.0.0.1 -p "$port" ping || give_up 'redis-server does not start'
cat > "$work/look.js" <<'JS'
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connection = { host: '127.0.0.1', port: Number(process.argv[2]) };
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const redis = new Redis(connection);
const queue = new Queue('ticks', { connection });
let [runs, troubles] = [0, 0];
const worker = new Worker('ticks', async () => void (runs += 1), { connection });
for (const event of ['error', 'failed', 'stalled']) worker.on(event, () => void (troubles += 1));
const schedule = () => queue.upsertJobScheduler('tick', { every: 1000 }, { name: 'tick' });

await schedule();
while (runs < 2) await sleep(100);
console.log('before', runs > 1);
// As an eviction does: the job's hash goes, the rest stays.
for (let lost = 0; lost === 0; await sleep(20)) {
  const [next] = await queue.getDelayed();
  if (next !== undefined) lost = await redis.del(`bull:ticks:${next.id}`);
}
await sleep(3000);
runs = 0;
await sleep(4000);
console.log('after', runs);
console.log('troubles', troubles);
const scheduler = await queue.getJobScheduler('tick');
console.log('next', scheduler === undefined ? 'none' : scheduler.next < Date.now() ? 'past' : 'future');
await schedule();
// A busy machine may take its time; a schedule that stays dead never gets there.
for (let waited = 0; runs < 2 && waited < 30_000; waited += 100) await sleep(100);
console.log('revived', runs > 1);
await worker.close();
await queue.close();
redis.disconnect();
JS
seen=$(cd "$work" && node look.js "$port")
of() { awk -v name="$1" '$1 == name { print $2 }' <<< "$seen"; }
see 'more than one run at first' "$(of before)" true
see 'runs in four seconds, from three seconds after the loss' "$(of after)" 0
see 'errors, failures and stalled jobs that the worker told of' "$(of troubles)" 0
see 'the next run of the scheduler that is still listed lies in the' "$(of next)" past
see 'more than one run after upsertJobScheduler with the same settings' "$(of revived)" true
finish 'a scheduler whose next job is lost ends in silence'
