-- In the database itself: rights on the tables that migrations will create.
ALTER DEFAULT PRIVILEGES FOR ROLE "{{admin_user}}" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{{app_user}}";
ALTER DEFAULT PRIVILEGES FOR ROLE "{{admin_user}}" GRANT SELECT, USAGE, UPDATE ON SEQUENCES TO "{{app_user}}";
