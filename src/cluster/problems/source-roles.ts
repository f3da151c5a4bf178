/** Servers that accept writes beside the source, or of which it is unclear which one is meant. */
import { isDecided, straySources, writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus, ProbeReport } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';

export const sourceRolesRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot) ?? null;
  const strays = isDecided(snapshot) ? straySources(snapshot) : [];
  return [
    ...strays.map((stray) => conflict(stray, source, strays)),
    ...snapshot.flatMap((status) => writableReplica(status, source)),
  ];
};

function conflict(
  { node, report, writableRing }: NodeStatus,
  source: NodeStatus | null,
  strays: readonly NodeStatus[],
) {
  const { name } = node;
  const others = strays.filter((other) => other.node.name !== name).map((other) => other.node.name);
  const beside = source === null ? listed(others) : source.node.name;
  const ring = writableRing.length > 0 ? ', and they replicate each other' : '';
  const sent = source === null ? 'no writes are sent until only one of them is left' : `${beside} is sent all of them`;
  const problem: Problem = {
    code: 'SOURCE_CONFLICT',
    node: name,
    message: `${name} accepts writes beside ${beside}${ring}: ${sent}, and what others write to ${name} may be lost`,
    ...readOnly(report),
    cure: report && `on the one that is not meant to accept writes: ${report.terms.refuseWrites}`,
  };
  return problem;
}

function writableReplica(status: NodeStatus, source: NodeStatus | null): readonly Problem[] {
  const { node, report, writableReplica: found } = status;
  if (found === null || report === null) return [];
  const follows = listed(found.follows);
  if (!found.isDoubtful || source !== null) {
    return [
      {
        code: 'WRITABLE_REPLICA',
        node: node.name,
        message: `${node.name} replicates ${follows} and also accepts writes: a write sent there is lost`,
        ...readOnly(report),
        cure: `on ${node.name}: ${report.terms.refuseWrites}`,
      },
    ];
  }
  return [
    {
      code: 'SOURCE_DOUBTFUL',
      node: node.name,
      message: `${node.name} accepts writes and still replicates ${follows}, which is unreachable and may accept them too: it is sent none`,
      ...readOnly(report),
      cure: `if ${node.name} is to be the source, there: ${report.terms.leaveSource}; else: ${report.terms.refuseWrites}`,
    },
  ];
}

const readOnly = (report: ProbeReport | null) => ({
  variable: report?.terms.readOnlyVariable ?? null,
  value: 'OFF',
});

const listed = (names: readonly string[]): string => (names.length === 0 ? 'others' : names.join(' and '));
