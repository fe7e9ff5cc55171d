#!/bin/sh
# What the bench measures with and beside, from Debian's packages when root; else it says what is missing.
set -u
sh tests/postgres/install.sh
missing=""
command -v wrk >/dev/null || missing="wrk"
if ! ls /usr/share/postgresql/*/extension/pgrouting.control >/dev/null 2>&1; then
    for home in /usr/lib/postgresql/*/; do
        [ -d "$home" ] && missing="$missing postgresql-$(basename "$home")-pgrouting"
    done
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    for package in $missing; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
            echo "no $package here: the table will say so" >&2
    done
else
    echo "not installed: $missing; the table will say so" >&2
fi
exit 0
