-- Starts the group with this member alone. Only for the member that has all transactions of all the others, and only
-- when no other member is in the group: a group that is started twice is two groups.
SET GLOBAL group_replication_bootstrap_group = ON;
START GROUP_REPLICATION;
SET GLOBAL group_replication_bootstrap_group = OFF;
