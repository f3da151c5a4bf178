# What the scripts of docker-compose.yml say to MySQL. Read by them, not run.
. "$statements/../../mysql-family/local/words.sh"
client_program=mysql
replication_status='SHOW REPLICA STATUS'
refusal='SET PERSIST super_read_only = ON'
identity_question='SELECT @@server_uuid'
forget_setup='RESET BINARY LOGS AND GTIDS'
