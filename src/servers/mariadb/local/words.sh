# What the scripts of docker-compose.yml say to MariaDB. Read by them, not run.
. "$statements/../../mysql-family/local/words.sh"
client_program=mariadb
replication_status='SHOW SLAVE STATUS'
refusal='SET GLOBAL read_only = ON'
identity_question='SELECT CONCAT(@@server_id, CHAR(64))'
forget_setup='RESET MASTER'
