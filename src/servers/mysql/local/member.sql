-- Sets which group a server is a member of and where the others are. Repeatable while it is not in the group.
-- A member that starts is read-only until its group has made it the primary.
STOP GROUP_REPLICATION;
SET PERSIST_ONLY super_read_only = ON;
SET PERSIST group_replication_bootstrap_group = OFF;
SET PERSIST group_replication_group_name = {{group_name}};
SET PERSIST group_replication_local_address = {{local_address}};
SET PERSIST group_replication_group_seeds = {{group_seeds}};
CHANGE REPLICATION SOURCE TO SOURCE_USER = {{replication_user}}, SOURCE_PASSWORD = {{replication_password}} FOR CHANNEL 'group_replication_recovery';
