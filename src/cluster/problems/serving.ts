/** Servers that answer and cannot serve, a source that cannot write everything that it should, and what the account may not see. */
import { commandLine } from '../../platform/command-line.ts';
import { writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem, ProblemCode } from '../problem.ts';
import { refusalTrouble } from '../read-refusals.ts';
import { type ServingFault, servingFaultInWords } from '../serving.ts';
import { type WriteFault, writeFaultInWords } from '../write-fault.ts';
import { membersBehind } from './group-held-up.ts';
import type { ProblemRule } from './problem-rule.ts';

export const servingRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  const alone = snapshot.filter(({ node }) => node.configuredRole !== 'BACKUP').length === 1;
  const { holding, heldUp } = membersBehind(snapshot);
  return snapshot.flatMap((status) => [
    ...(status.report?.unable ?? []).map((fault) =>
      fault.kind === 'TABLE_SILENT' && heldUp.includes(status.node.name)
        ? waiting(status, fault, holding)
        : unable(status, fault, source),
    ),
    ...refusing(status),
    ...(status === source ? (status.report?.unwritable ?? []).flatMap((fault) => unwritable(status, fault)) : []),
    // A single server needs no replication, so its state need not be visible.
    ...(alone ? [] : (status.report?.missingRights ?? []).flatMap((right) => unseen(status, right))),
  ]);
};

/** Nothing is wrong with it. */
function waiting({ node }: NodeStatus, fault: ServingFault, holding: readonly string[]): Problem {
  const who = holding.join(' and ');
  return {
    code: 'TABLE_SILENT',
    node: node.name,
    message: `${node.name} ${servingFaultInWords(fault)}: it waits for ${who}, which holds up its group, and serves no reads`,
    variable: null,
    value: null,
    cure: null,
  };
}

function unable({ node }: NodeStatus, fault: ServingFault, source: NodeStatus | undefined): Problem {
  const { name } = node;
  const { kind, table } = fault;
  const elsewhere = source !== undefined && source.node.name !== name && !lacks(source, table);
  const notMigrated = kind === 'TABLE_MISSING' && !elsewhere;
  const code: ProblemCode = notMigrated ? 'NOT_MIGRATED' : kind;
  const follows = notMigrated ? 'it can serve nothing' : 'it serves no reads';
  return {
    code,
    node: name,
    message: `${name} ${servingFaultInWords(fault)}${elsewhere && kind === 'TABLE_MISSING' ? `, though ${source.node.name} has` : ''}: ${follows}`,
    variable: null,
    value: null,
    cure: notMigrated
      ? commandLine('migrate')
      : kind === 'TABLE_MISSING'
        ? `remove what keeps the table from ${name} (replication filters), then: ${commandLine('cluster', `rejoin ${name} --discard`)}`
        : fault.cure,
  };
}

function refusing({ node, refusing }: NodeStatus): readonly Problem[] {
  const trouble = refusalTrouble(refusing);
  if (refusing === null || trouble === null) return [];
  return [
    {
      code: 'READS_REFUSED',
      node: node.name,
      message: `${node.name} ${trouble}: it is sent reads only if no other server can serve them`,
      variable: null,
      value: null,
      cure: refusing.cure,
    },
  ];
}

/** What the source cannot read either is reported already. */
function unwritable({ node, report }: NodeStatus, fault: WriteFault): readonly Problem[] {
  const { kind, table, without, cure } = fault;
  if (kind !== 'RIGHT_MISSING' && (report?.unable ?? []).some((other) => other.table === table)) return [];
  const notMigrated = kind === 'TABLE_MISSING';
  return [
    {
      code: notMigrated ? 'NOT_MIGRATED' : kind,
      node: node.name,
      message: `${node.name} ${writeFaultInWords(fault)}: ${without.join(', and ')}`,
      variable: null,
      value: null,
      cure: notMigrated ? commandLine('migrate') : cure,
    },
  ];
}

const lacks = ({ report }: NodeStatus, table: string): boolean =>
  (report?.unable ?? []).some((fault) => fault.table === table && fault.kind === 'TABLE_MISSING');

function unseen({ node, role }: NodeStatus, right: string): readonly Problem[] {
  const { name } = node;
  const known = {
    node: name,
    variable: null,
    value: null,
    cure: `GRANT ${right} ON *.* TO the account in the URL of ${name}`,
  };
  const missing: Problem = {
    ...known,
    code: 'RIGHT_MISSING',
    message: `${name} does not let the account see the state of replication: a stopped or late replica is only detected by its position`,
  };
  const doubted: Problem = {
    ...known,
    code: 'REPLICATION_UNSEEN',
    message: `it is unknown whether ${name} filters some writes of its source, so reads that must see a certain write are not sent there`,
  };
  return role === 'REPLICA' ? [missing, doubted] : [missing];
}
