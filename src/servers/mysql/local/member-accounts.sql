-- What the replication account needs besides in a replication group, whose members talk to each other as this account.
SET SESSION sql_log_bin = 0;
GRANT BACKUP_ADMIN, CONNECTION_ADMIN, GROUP_REPLICATION_STREAM ON *.* TO {{replication_user}}@{{account_host}};
