-- The account that an empty data directory comes with: nobody needs it.
SET SESSION sql_log_bin = 0;
ALTER USER IF EXISTS 'root'@'localhost' ACCOUNT LOCK;
