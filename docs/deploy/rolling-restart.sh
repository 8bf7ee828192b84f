#!/bin/sh
# Restart the server processes one after the other, while people work: rolling-restart.sh 8001 8002
# Each drains first (people come back to the others within seconds). The next follows only when this one is ready,
# so a release that doesn't start leaves the others running.
set -eu
[ $# -gt 0 ] || { echo "usage: $0 PORT..." >&2; exit 2; }
for port in "$@"; do
    systemctl restart "lab@$port"
    tries=0
    until curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$port/readyz"; do
        tries=$((tries + 1))
        if [ "$tries" -ge 60 ]; then
            echo "lab@$port is not ready after a minute; the rest is left as it is. See: journalctl -u lab@$port" >&2
            exit 1
        fi
        sleep 1
    done
    echo "lab@$port is ready"
done
