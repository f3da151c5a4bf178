/**
 * Lua scripts on the records of jobs, each atomic. The layout is in job-records.ts; each script gets the keys of `JobRecords`, and the
 * job's id and the time as its first two values.
 */

export const keptMs = 24 * 60 * 60 * 1000;
const unbegunMs = 60_000;
/** How long an order that was being processed when its job was cancelled may still be counted, once. */
const cancelledTasksMs = 10 * 60 * 1000;
const listedJobs = 200;
/** Ended jobs kept: 0.5 kB each, plus failures. */
export const endedJobs = { all: 2000, perClient: 100 } as const;
/** Running jobs of one client. Each has an order in the queue, or searches for new ones. */
export const goingJobs = 1000;

const names = `
local id, now = ARGV[1], ARGV[2]
local function ofClient(what)
  return KEYS[6] .. (redis.call('HGET', KEYS[1], 'client') or '') .. ':' .. what
end
local function forget(one)
  local job = string.sub(KEYS[1], 1, #KEYS[1] - #id) .. one
  redis.call('UNLINK', job, job .. ':tasks', job .. ':failed')
  redis.call('ZREM', KEYS[4], one)
  redis.call('ZREM', KEYS[5], one)
end
local function keepNewest(key, most)
  local over = redis.call('ZCARD', key) - most
  if over > 0 then
    local oldest = redis.call('ZPOPMIN', key, over)
    for i = 1, #oldest, 2 do forget(oldest[i]) end
  end
  redis.call('PEXPIRE', key, ${keptMs})
end`;

// After the end, outcomes are dropped except failures, because those may be replayed.
const told = `
local going = ofClient('going')
redis.call('HINCRBY', KEYS[1], 'revision', 1)
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ${keptMs}) end
local fields = redis.call('HGETALL', KEYS[1])
if redis.call('HEXISTS', KEYS[1], 'finishedAtMs') == 1 then
  redis.call('ZREM', going, id)
  if redis.call('HEXISTS', KEYS[1], 'cancelledAtMs') == 1 then
    redis.call('PEXPIRE', KEYS[2], ${cancelledTasksMs})
  else
    redis.call('UNLINK', KEYS[2])
  end
  local ended = ofClient('ended')
  redis.call('ZADD', ended, 'NX', now, id)
  redis.call('ZADD', KEYS[5], 'NX', now, id)
  keepNewest(ended, ${endedJobs.perClient})
  keepNewest(KEYS[5], ${endedJobs.all})
end
return fields`;

const finishWhenDone = `
local counts = redis.call('HMGET', KEYS[1], 'CHANGED', 'UNCHANGED', 'GONE', 'FAILED', 'total')
local done = 0
for i = 1, 4 do done = done + (tonumber(counts[i]) or 0) end
if done >= tonumber(counts[5]) then redis.call('HSETNX', KEYS[1], 'finishedAtMs', now) end`;

/** Returns the client's running orders and jobs, and 1 if the job was opened; otherwise the limit is reached. */
export const open = `${names}
local kind, total, client, most = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local going = KEYS[6] .. client .. ':going'
local function waiting()
  local orders, jobs = 0, 0
  local found = redis.call('ZRANGE', going, 0, -1, 'WITHSCORES')
  for i = 1, #found, 2 do
    orders, jobs = orders + found[i + 1], jobs + 1
  end
  return orders, jobs
end
local orders, jobs = waiting()
if orders + total > most or jobs >= ${goingJobs} then
  -- Records may be gone without having ended.
  local job = string.sub(KEYS[1], 1, #KEYS[1] - #id)
  for _, one in ipairs(redis.call('ZRANGE', going, 0, -1)) do
    if redis.call('EXISTS', job .. one) == 0 then redis.call('ZREM', going, one) end
  end
  orders, jobs = waiting()
  if orders + total > most or jobs >= ${goingJobs} then return { orders, jobs, 0 } end
end
redis.call('HSET', KEYS[1], 'kind', kind, 'total', total, 'queuedAtMs', now, 'client', client)
redis.call('PEXPIRE', KEYS[1], ${unbegunMs})
redis.call('ZADD', going, total, id)
redis.call('PEXPIRE', going, ${keptMs})
redis.call('ZADD', KEYS[4], now, id)
redis.call('ZREMRANGEBYRANK', KEYS[4], 0, -${listedJobs + 1})
return { orders, jobs, 1 }`;

export const begin = `${names}
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
redis.call('HSET', KEYS[1], 'begunAtMs', now)
local leftOut = tonumber(ARGV[3])
redis.call('HINCRBY', KEYS[1], 'total', 0 - leftOut)
redis.call('HINCRBY', KEYS[1], 'alreadyQueued', leftOut)
redis.call('ZADD', ofClient('going'), 'XX', 'INCR', 0 - leftOut, id)
if ARGV[4] ~= 'grow' then${finishWhenDone} end${told}`;

export const settle = `${names}
local task, outcome, grow = ARGV[3], ARGV[4], ARGV[7] == 'grow'
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local before = redis.call('HGET', KEYS[2], task) or redis.call('HGET', KEYS[3], task)
local ended = redis.call('HEXISTS', KEYS[1], 'finishedAtMs') == 1
local cancelled = redis.call('HEXISTS', KEYS[1], 'cancelledAtMs') == 1
-- Of a job that was done altogether, every order was counted.
if ended and not before and not cancelled then return redis.call('HGETALL', KEYS[1]) end
if before == 'CHANGED' and outcome == 'UNCHANGED' then outcome = before end
if before then redis.call('HINCRBY', KEYS[1], before, -1) end
if not before and grow then redis.call('HINCRBY', KEYS[1], 'total', 1) end
if not before and not grow then redis.call('ZADD', ofClient('going'), 'XX', 'INCR', -1, id) end
if not ended or cancelled then redis.call('HSET', KEYS[2], task, outcome) end
if outcome == 'FAILED' then redis.call('HSET', KEYS[3], task, outcome) else redis.call('HDEL', KEYS[3], task) end
redis.call('HINCRBY', KEYS[1], outcome, 1)
redis.call('HSETNX', KEYS[1], 'startedAtMs', now)
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'token:' .. ARGV[5], ARGV[6]) end
if not grow then${finishWhenDone} end${told}`;

export const finish = `${names}
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
redis.call('HSETNX', KEYS[1], 'startedAtMs', now)
redis.call('HSET', KEYS[1], 'finishedAtMs', now)${told}`;

// An ended job keeps its outcome.
export const cancel = `${names}
if redis.call('HEXISTS', KEYS[1], 'begunAtMs') == 0 then return {} end
if redis.call('HEXISTS', KEYS[1], 'finishedAtMs') == 1 then return redis.call('HGETALL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'finishedAtMs', now, 'cancelledAtMs', now)${told}`;

export const forgetJob = `${names}
redis.call('ZREM', ofClient('going'), id)
forget(id)`;

// A script, because the driver turns the reply of HGETALL itself into an object.
export const read = `return redis.call('HGETALL', KEYS[1])`;

export const recent = `
local jobs = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1)) do
  local fields = redis.call('HGETALL', ARGV[2] .. id)
  if #fields > 0 then jobs[#jobs + 1] = { id, fields } end
end
return jobs`;
