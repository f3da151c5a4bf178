# Shared by the scripts, which source it. `here` is their folder.

statements="$here/../../servers/$TIDEMARK_FLAVOUR/local"
. "$statements/words.sh"
