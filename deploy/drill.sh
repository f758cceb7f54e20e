#!/bin/sh
# Restores an archive and what a machine needs to crawl on from their backups, and checks everything.
#
#     deploy/drill.sh COPY BACKUP NEW [SEAL…]
#
# COPY is a copy of the archive that `fangzhi copy` made (a folder or s3://…), BACKUP a folder that `fangzhi backup`
# wrote, NEW a folder that does not exist yet, SEAL a seal that you keep elsewhere. Run it once a year on another
# machine: a backup that was never restored is a hope. FANGZHI names the program.
#
# The catalogue and the frontier of NEW are files in its archive, whatever the environment and fangzhi.toml name: the
# drill never writes into the database of a crawler that is at work.
set -eu

if [ $# -lt 3 ] || [ -e "$3" ]; then
    echo "usage: $0 COPY BACKUP NEW [SEAL...]; NEW must not exist" >&2
    exit 2
fi
copy=$1 backup=$2 new=$3
shift 3
: "${FANGZHI:=fangzhi}"
archive=$new/archive

mkdir -p "$new"
full=$(cd "$new" && pwd)
FANGZHI_CATALOGUE=sqlite:///$full/archive/catalogue.sqlite
FANGZHI_FRONTIER=$full/archive/frontier.sqlite
export FANGZHI_CATALOGUE FANGZHI_FRONTIER

echo "1. archive" >&2
"$FANGZHI" copy "$copy" "$archive"

echo "2. frontier, sites, keys, configuration" >&2
for name in frontier.sqlite records.sqlite notify.sqlite; do
    if [ -f "$backup/$name" ]; then cp "$backup/$name" "$archive/$name"; fi
done
if [ -d "$backup/registry" ]; then
    mkdir -p "$archive/registry"
    find "$backup/registry" -name '*.toml' -exec cp {} "$archive/registry/" \;
fi
if [ -d "$backup/keys" ]; then cp -R "$backup/keys" "$new/keys"; fi
# Its paths are those of the old machine: look through it before you use it.
if [ -f "$backup/fangzhi.toml" ]; then cp "$backup/fangzhi.toml" "$new/fangzhi.toml.restored"; fi

echo "3. catalogue" >&2
"$FANGZHI" rebuild --archive "$archive"

echo "4. every byte" >&2
"$FANGZHI" verify --deep --archive "$archive"
for seal in "$@"; do
    "$FANGZHI" verify --seal "$seal" --archive "$archive"
done

echo "restored: $archive. The next crawl goes on from there: $FANGZHI crawl --archive $archive" >&2
