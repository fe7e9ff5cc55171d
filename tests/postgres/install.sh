#!/bin/sh
# Makes sure that the tests find PostgreSQL with PostGIS: Debian's packages when root; else it says what is missing.
set -eu
if ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # no cluster of the system's own: the tests start one in a temporary folder
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/yizhan-tests.conf
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql postgresql-postgis
else
    echo "no PostgreSQL with PostGIS here: install the packages postgresql and postgis, or those tests are skipped" >&2
fi
