-- Makes a replica follow the source by GTID. Repeatable: it continues from the replica's position.
STOP REPLICA;
SET PERSIST rpl_semi_sync_source_enabled = 0;
SET PERSIST rpl_semi_sync_replica_enabled = {{semi_sync}};
CHANGE REPLICATION SOURCE TO SOURCE_HOST = {{source_host}}, SOURCE_PORT = {{source_port}}, SOURCE_USER = {{replication_user}}, SOURCE_PASSWORD = {{replication_password}}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 0, SOURCE_HEARTBEAT_PERIOD = 1;
START REPLICA;
