import type { ClusterNow, ClusterProblem } from './cluster-documents.ts';

export type Missing = { readonly level: 'warn' | 'bad'; readonly text: string };

/** What is not working now and what that means for users, the worst first. Empty if all is well. */
export function whatIsMissing({ reads, writes, redis, nodes, problems }: ClusterNow['cluster']): readonly Missing[] {
  const missing: Missing[] = [];
  if (!reads) {
    missing.push({ level: 'bad', text: withoutReads(nodes) });
  } else if (!writes) {
    missing.push({ level: 'bad', text: 'No server takes writes: orders can be read, not changed.' });
  }
  if (redis !== null && redis.trouble !== null) {
    missing.push({
      level: 'warn',
      text: `Redis ${redis.trouble}: nothing is cached, rechecks wait, and live updates are those of this API process.`,
    });
  }
  for (const { name, state, trouble } of nodes) {
    if (state === 'HEALTHY') continue;
    const why = trouble === null ? '' : `: ${trouble}`;
    const how = state === 'DOWN' ? 'is down' : state === 'DEGRADED' ? 'is degraded' : 'has not been seen yet';
    missing.push({ level: 'warn', text: `${name} ${how}${why}` });
  }
  for (const problem of problems) {
    // Said above in other words.
    if (problem.code === 'REDIS_UNAVAILABLE') continue;
    missing.push({ level: 'warn', text: inWords(problem) });
  }
  return missing;
}

function inWords({ message, variable, value, cure }: ClusterProblem): string {
  const setting = variable === null ? '' : ` (${variable}=${value ?? 'unknown'})`;
  return `${message}${setting}.${cure === null ? '' : ` Cure: ${cure}`}`;
}

/** The backup is the last resort, as long as it is up itself. */
function withoutReads(nodes: ClusterNow['cluster']['nodes']): string {
  const backups = nodes.filter(({ role, configuredRole }) => (role ?? configuredRole) === 'BACKUP');
  const left = backups.filter(({ state }) => state === 'HEALTHY' || state === 'DEGRADED').map(({ name }) => name);
  if (left.length === 0) return 'No server answers: orders can be neither read nor changed.';
  return `Neither the source nor a replica answers: orders may be read from ${left.join(' or ')}, and not changed.`;
}
