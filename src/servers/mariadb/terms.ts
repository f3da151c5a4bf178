import type { ServerTerms } from '../../cluster/server-terms.ts';

const idOptions: Readonly<Record<string, string>> = {
  Replicate_Ignore_Server_Ids: 'IGNORE_SERVER_IDS',
  Replicate_Do_Domain_Ids: 'DO_DOMAIN_IDS',
  Replicate_Ignore_Domain_Ids: 'IGNORE_DOMAIN_IDS',
};

const quoted = (channel: string): string => (channel === '' ? '' : ` '${channel}'`);

export const mariadbTerms: ServerTerms = {
  readOnlyVariable: 'read_only',
  refuseWrites: 'SET GLOBAL read_only = ON, and read_only = ON in its file',
  leaveSource: 'STOP SLAVE; RESET SLAVE ALL',
  logRight: 'BINLOG MONITOR',
  numberedBy: ['log_bin'],
  followByNumber: (channel) => {
    const name = quoted(channel);
    return `STOP SLAVE${name}; CHANGE MASTER${name} TO MASTER_USE_GTID = slave_pos; START SLAVE${name}`;
  },
  withoutFilter: (channel, option) => {
    const name = quoted(channel);
    const ids = idOptions[option];
    const variable = `${channel === '' ? '' : `${channel}.`}${option.toLowerCase()}`;
    const change = ids === undefined ? `SET GLOBAL ${variable} = ''` : `CHANGE MASTER${name} TO ${ids} = ()`;
    const kept = ids === undefined ? `; and take ${option.toLowerCase()} out of its configuration` : '';
    return `STOP SLAVE${name}; ${change}; START SLAVE${name}${kept}`;
  },
};
