import type { ReplicationWords } from '../mysql-family/replication-rows.ts';

export const words: ReplicationWords = {
  source: 'Master',
  replica: 'Slave',
  sourceId: 'Master_Server_Id',
  channel: 'Connection_name',
};
