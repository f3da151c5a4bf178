# What the one-shot scripts share: read by them, not run.

quoted() {
  local value="${1//\\/\\\\}"
  printf "'%s'" "${value//\'/\'\'}"
}

on() {
  local address="$1"
  shift
  MYSQL_PWD="$TIDEMARK_ADMIN_PASSWORD" "$TIDEMARK_FLAVOUR" --no-defaults --protocol=tcp \
    --host="${address%:*}" --port="${address##*:}" --user="$TIDEMARK_ADMIN_USER" "$@"
}
