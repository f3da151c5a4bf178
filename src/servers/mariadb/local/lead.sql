-- Lets a server accept writes, which are acknowledged once a replica has received them. May run again.
SET GLOBAL rpl_semi_sync_slave_enabled = 0;
SET GLOBAL rpl_semi_sync_master_enabled = {{semi_sync}};
SET GLOBAL read_only = OFF;
