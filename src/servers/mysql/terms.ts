import type { ServerTerms } from '../../cluster/server-terms.ts';

const idOptions: Readonly<Record<string, string>> = { Replicate_Ignore_Server_Ids: 'IGNORE_SERVER_IDS' };

const forChannel = (channel: string): string => (channel === '' ? '' : ` FOR CHANNEL '${channel}'`);

export const mysqlTerms: ServerTerms = {
  readOnlyVariable: 'super_read_only',
  refuseWrites: 'SET PERSIST super_read_only = ON',
  leaveSource: 'STOP REPLICA; RESET REPLICA ALL',
  logRight: 'REPLICATION CLIENT',
  numberedBy: ['log_bin', 'gtid_mode'],
  followByNumber: (channel) => {
    const where = forChannel(channel);
    return `STOP REPLICA${where}; CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1${where}; START REPLICA${where}`;
  },
  withoutFilter: (channel, option) => {
    const where = forChannel(channel);
    const ids = idOptions[option];
    const change =
      ids === undefined
        ? `CHANGE REPLICATION FILTER ${option.toUpperCase()} = ()`
        : `CHANGE REPLICATION SOURCE TO ${ids} = ()`;
    const kept = ids === undefined ? `; and take ${option.toLowerCase()} out of its configuration` : '';
    return `STOP REPLICA${where}; ${change}${where}; START REPLICA${where}${kept}`;
  },
};
