# What the one-shot scripts of docker-compose.yml say to MySQL. Read by them, not run.
client_program=mysql
replication_status='SHOW REPLICA STATUS'
refusal='SET PERSIST super_read_only = ON'
identity='SELECT @@server_uuid'
forget_setup='RESET BINARY LOGS AND GTIDS'
