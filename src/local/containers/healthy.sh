#!/usr/bin/env bash
# Whether the server of this container can be used.
set -euo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=client.sh
. "$here/client.sh"
is_there
