# Database and accounts of one node, from the same statements as everywhere else.
# The entrypoint of the official images reads this file into its own shell at the first start of a server, and gives it
# docker_process_sql.

statements="${TIDEMARK_SERVERS:-/tidemark/servers}/$TIDEMARK_FLAVOUR/local"
. "$statements/words.sh"
set_up
