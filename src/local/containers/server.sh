#!/usr/bin/env bash
# Starts the server of one container: its name, its number, and its role (source, replica, backup).
set -euo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=client.sh
. "$here/client.sh"
serve "$@"
