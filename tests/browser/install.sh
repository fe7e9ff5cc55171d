#!/bin/sh
# Makes sure that the tests find a browser and Chinese letters: Debian's packages when root, else Playwright's own.
set -eu
python=$1
if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk
else
    "$python" -m playwright install chromium
fi
