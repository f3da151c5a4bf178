# What the one-shot scripts of docker-compose.yml say to MariaDB. Read by them, not run.
client_program=mariadb
replication_status='SHOW SLAVE STATUS'
refusal='SET GLOBAL read_only = ON'
identity='SELECT CONCAT(@@server_id, CHAR(64))'
forget_setup='RESET MASTER'
