# Shared by the one-shot scripts, which source it. `here` is their folder.

statements="$here/../../servers/$TIDEMARK_FLAVOUR/local"
. "$statements/words.sh"

quoted() {
  local value="${1//\\/\\\\}"
  printf "'%s'" "${value//\'/\'\'}"
}

on() {
  local address="$1"
  shift
  MYSQL_PWD="$TIDEMARK_ADMIN_PASSWORD" "$client_program" --no-defaults --protocol=tcp \
    --host="${address%:*}" --port="${address##*:}" --user="$TIDEMARK_ADMIN_USER" "$@"
}
