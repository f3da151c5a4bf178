-- The account that an empty data directory comes with, which is not needed.
SET SESSION sql_log_bin = 0;
ALTER USER IF EXISTS 'root'@'localhost' ACCOUNT LOCK;
-- Earlier versions let these accounts come from anywhere.
DROP USER IF EXISTS {{app_user}}@'%', {{admin_user}}@'%', {{replication_user}}@'%';
