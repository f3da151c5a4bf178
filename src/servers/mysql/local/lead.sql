-- Lets a server accept writes, which are acknowledged once a replica has received them. May run again.
SET PERSIST rpl_semi_sync_replica_enabled = 0;
SET PERSIST rpl_semi_sync_source_enabled = {{semi_sync}};
SET PERSIST super_read_only = OFF;
SET PERSIST read_only = OFF;
