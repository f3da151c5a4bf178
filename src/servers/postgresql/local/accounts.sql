-- Accounts and database, before the server's first start: replicas receive them with everything else.
CREATE ROLE "{{app_user}}" LOGIN PASSWORD '{{app_password}}';
CREATE ROLE "{{admin_user}}" LOGIN SUPERUSER REPLICATION PASSWORD '{{admin_password}}';
CREATE ROLE "{{replication_user}}" LOGIN REPLICATION PASSWORD '{{replication_password}}';
-- Without it the views of replication show these accounts no rows, and no error either.
GRANT pg_monitor TO "{{app_user}}", "{{replication_user}}";
CREATE DATABASE orders OWNER "{{admin_user}}";
