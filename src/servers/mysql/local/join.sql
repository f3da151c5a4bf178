-- Joins the group that the other members already form.
START GROUP_REPLICATION;
