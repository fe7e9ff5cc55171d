#!/bin/sh
# Prints the Python of the bench: two engines have wheels for 3.12 and newer only. Without one it is the one given.
set -eu
for version in 3.12 3.13; do
    if "python$version" -c 'import venv' 2>/dev/null; then
        command -v "python$version"
        exit
    fi
    if command -v pyenv >/dev/null && full=$(pyenv latest "$version" 2>/dev/null) && home=$(pyenv prefix "$full" 2>/dev/null); then
        echo "$home/bin/python$version"
        exit
    fi
done
echo "$1"
