-- Makes a replica follow the source by GTID. Repeatable: it continues from the replica's position.
STOP SLAVE;
SET GLOBAL rpl_semi_sync_master_enabled = 0;
SET GLOBAL rpl_semi_sync_slave_enabled = {{semi_sync}};
CHANGE MASTER TO MASTER_HOST = {{source_host}}, MASTER_PORT = {{source_port}}, MASTER_USER = {{replication_user}}, MASTER_PASSWORD = {{replication_password}}, MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 1;
START SLAVE;
