import type { LocalServer } from '../../local-servers.ts';
import { rowsOf } from '../../rows.ts';

/** A member's view of itself. */
export type MemberView = {
  readonly member: LocalServer;
  /** `OFFLINE`, `RECOVERING`, `ONLINE`, `ERROR`, as the server words it; `STRANDED` without a majority, soon an `ERROR`. */
  readonly state: string;
  readonly role: string;
  /** GTID set of what it has executed, and received for applying. */
  readonly transactions: string;
};

const view = `SELECT @@GLOBAL.gtid_executed AS executed,
  (SELECT RECEIVED_TRANSACTION_SET FROM performance_schema.replication_connection_status
    WHERE CHANNEL_NAME = 'group_replication_applier') AS received,
  (SELECT CONCAT(MEMBER_STATE, ' ', MEMBER_ROLE) FROM performance_schema.replication_group_members
    WHERE MEMBER_ID = @@server_uuid) AS place,
  (SELECT SUM(IF(MEMBER_STATE IN ('ONLINE', 'RECOVERING'), 1, -1)) > 0
    FROM performance_schema.replication_group_members) AS majority`;

export async function viewMember(member: LocalServer): Promise<MemberView> {
  const [row] = rowsOf(await member.use((connection) => connection.query(view)));
  const text = (column: string) => String(row?.[column] ?? '').replaceAll(/\s+/g, column === 'place' ? ' ' : '');
  const [place = '', role = ''] = text('place').split(' ');
  const state = place === 'ONLINE' && text('majority') !== '1' ? 'STRANDED' : place;
  const sets = [text('executed'), text('received')].filter((set) => set !== '');
  return { member, state: state === '' ? 'OFFLINE' : state, role, transactions: sets.join(',') };
}
