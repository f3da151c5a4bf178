-- Database and accounts, on every node by itself: nothing of this may enter the binary log, or it would be a
-- transaction that the other nodes do not have. May run again: it repairs what is there.
SET SESSION sql_log_bin = 0;
CREATE DATABASE IF NOT EXISTS orders CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS {{app_user}}@{{account_host}} IDENTIFIED BY {{app_password}};
ALTER USER {{app_user}}@{{account_host}} IDENTIFIED BY {{app_password}};
GRANT SELECT, INSERT, UPDATE, DELETE ON orders.* TO {{app_user}}@{{account_host}};
GRANT SLAVE MONITOR, BINLOG MONITOR ON *.* TO {{app_user}}@{{account_host}};
CREATE USER IF NOT EXISTS {{admin_user}}@{{account_host}} IDENTIFIED BY {{admin_password}};
ALTER USER {{admin_user}}@{{account_host}} IDENTIFIED BY {{admin_password}};
GRANT ALL PRIVILEGES ON *.* TO {{admin_user}}@{{account_host}} WITH GRANT OPTION;
CREATE USER IF NOT EXISTS {{replication_user}}@{{account_host}} IDENTIFIED BY {{replication_password}};
ALTER USER {{replication_user}}@{{account_host}} IDENTIFIED BY {{replication_password}};
GRANT REPLICATION SLAVE ON *.* TO {{replication_user}}@{{account_host}};
