/**
 * Forms a replication group from its members.
 *
 *   one is ONLINE                   the others join it
 *   none is, all can be reached     the member that has every transaction of the others starts the group, the others join
 *   none is, one cannot be reached  nothing: it may hold transactions that no reachable member has
 *
 * A member has what it has executed and what it has received for applying. Members deliver in one order, so one
 * of them has everything that any of them has; if none has, something wrote outside the group, and a person must decide.
 * A group that is started from less would give new transactions the numbers of the lost ones.
 */
import type { GroupRequest, LocalServer } from '../../local-servers.ts';
import { runAll } from '../../mysql-family/local/family-local.ts';
import { loadStatements } from '../../mysql-family/local/sql-file.ts';
import { rowsOf } from '../../rows.ts';
import { type MemberView, viewMember } from './group-member.ts';

const patienceMs = 90_000;

/** Resolves to the name of the primary once all members that run are ONLINE, or to `null` when the group cannot start. */
export async function formGroup(request: GroupRequest, folder: URL): Promise<string | null> {
  const { members, away, clock, signal } = request;
  const deadlineMs = clock.monotonic() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const views = await Promise.all(members.map(viewMember));
    const primary = views.find(({ state, role }) => state === 'ONLINE' && role === 'PRIMARY');
    if (primary !== undefined && views.every(({ state }) => state === 'ONLINE')) return primary.member.name;
    const outside = views.filter(({ state }) => state === 'OFFLINE' || state === 'ERROR');
    let refusal: unknown = null;
    if (primary !== undefined) {
      refusal = await inTurn(
        outside.map(({ member }) => member),
        (member) => join(request, member, folder),
      );
    } else if (outside.length === views.length) {
      if (away.length > 0) return null;
      const first = await mostAdvanced(views);
      refusal = await inTurn([first], (member) => bootstrap(request, member, folder));
    }
    if (clock.monotonic() > deadlineMs) {
      const states = views.map(({ member, state }) => `${member.name} is ${state}`).join(', ');
      throw new Error(`The group does not come together: ${states}`, { cause: refusal });
    }
    await clock.sleep(100);
  }
}

/**
 * One at a time: members that join at the same moment get in each other's way, and then wait for seconds. A join is
 * refused while the group still counts the member's previous incarnation, and the cure is to retry: returns the last refusal.
 */
async function inTurn(members: readonly LocalServer[], act: (member: LocalServer) => Promise<void>): Promise<unknown> {
  let refusal: unknown = null;
  for (const member of members) {
    await act(member).catch((error: unknown) => {
      refusal = error;
    });
  }
  return refusal;
}

async function join(request: GroupRequest, member: LocalServer, folder: URL): Promise<void> {
  const statements = [...(await introduction(request, member, folder)), ...(await loadStatements(folder, 'join', {}))];
  await member.use((connection) => runAll(connection, statements));
}

async function bootstrap(request: GroupRequest, member: LocalServer, folder: URL): Promise<void> {
  // The others must not find their way back while this one starts anew.
  for (const other of request.members) {
    const statements = await introduction(request, other, folder);
    await other.use((connection) => runAll(connection, statements));
  }
  const statements = await loadStatements(folder, 'bootstrap', {});
  await member.use((connection) => runAll(connection, statements));
}

function introduction({ groupName, members, accounts }: GroupRequest, member: LocalServer, folder: URL) {
  return loadStatements(folder, 'member', {
    replication_user: accounts.replication.user,
    replication_password: accounts.replication.password,
    group_name: groupName,
    local_address: `${member.host}:${member.port}`,
    group_seeds: members.map(({ host, port }) => `${host}:${port}`).join(','),
  });
}

/** The member whose transactions include those of every other. The server compares: it knows its own sets best. */
async function mostAdvanced(views: readonly MemberView[]): Promise<LocalServer> {
  for (const candidate of views) {
    const lacks = views.map(({ transactions }) => `GTID_SUBSET('${transactions}', '${candidate.transactions}')`);
    const sql = `SELECT ${lacks.join(' AND ')} AS hasAll`;
    const [row] = rowsOf(await candidate.member.use((connection) => connection.query(sql)));
    if (Number(row?.hasAll) === 1) return candidate.member;
  }
  const held = views.map(({ member, transactions }) => `\n  ${member.name}: ${transactions}`).join('');
  throw new Error(`No member has the transactions of all the others, so none may start the group:${held}`);
}
