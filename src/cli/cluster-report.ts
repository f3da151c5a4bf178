import { errantTransactions } from '../cluster/errant-transactions.ts';
import { findLeader, newestEpochs } from '../cluster/failover/leader.ts';
import { isSeenMember, type Member } from '../cluster/failover/member.ts';
import { type Decision, describeStep } from '../cluster/failover/plan.ts';

/** What every server reports of itself, as JSON and as the rows of a table. */
export function clusterStatus(members: readonly Member[]) {
  const leader = findLeader(members);
  const servers = members.map((member) => {
    const { name, address, facts, trouble } = member;
    const seenLeader = leader !== null && isSeenMember(leader) ? leader : null;
    const errant =
      facts === null || seenLeader === null || member === leader
        ? []
        : (errantTransactions(facts, seenLeader.facts) ?? []);
    return {
      name,
      address: `${address.host}:${address.port}`,
      role: member === leader ? 'source' : 'replica',
      reachable: facts !== null,
      writes: facts === null ? null : !facts.readOnly,
      receiver: facts?.receiver ?? null,
      applier: facts?.applier ?? null,
      follows: facts?.follows ? `${facts.follows.host}:${facts.follows.port}` : null,
      position: facts?.position.format() ?? null,
      received: facts?.received?.format() ?? null,
      errant,
      trouble: trouble ?? facts?.replicationError ?? null,
    };
  });
  return { source: leader?.name ?? null, epoch: newestEpochs(members).at(-1)?.epoch ?? null, servers };
}

export function statusTable(members: readonly Member[]): string {
  const { source, epoch, servers } = clusterStatus(members);
  const rows = servers.map((server) => [
    server.name,
    server.address,
    server.role,
    server.writes === null ? '-' : server.writes ? 'accepted' : 'refused',
    server.receiver?.toLowerCase() ?? '-',
    server.applier?.toLowerCase() ?? '-',
    server.received?.replaceAll('\n', '') ?? '-',
    [server.trouble, ...server.errant.map((text) => `errant ${text}`)].filter(Boolean).join('; ') || '-',
  ]);
  const heads = ['server', 'address', 'role', 'writes', 'receives', 'applies', 'received', 'trouble'];
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    `source ${source ?? 'unknown'}, epoch ${epoch ?? 'not recorded'}`,
    '',
    ...[heads, ...rows].map(line),
    '',
  ].join('\n');
}

/** A decision as text, before anything is done. */
export function describeDecision(decision: Decision): string {
  switch (decision.verdict) {
    case 'nothing':
      return `Nothing to do: ${decision.why}.\n`;
    case 'refused':
      return ['Refused:', ...decision.reasons.map((reason) => `  - ${reason}`), ''].join('\n');
    case 'go': {
      const steps = decision.steps.map((step, index) => `  ${index + 1}. ${describeStep(step)}`);
      const notes = decision.notes.map((note) => `  ! ${note}`);
      return ['Plan:', ...steps, ...notes, ''].join('\n');
    }
    default:
      return decision satisfies never;
  }
}
