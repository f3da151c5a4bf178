import type { ReplicationWords } from '../mysql-family/replication-rows.ts';

export const words: ReplicationWords = {
  source: 'Source',
  replica: 'Replica',
  sourceId: 'Source_UUID',
  channel: 'Channel_Name',
};
