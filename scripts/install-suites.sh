#!/usr/bin/env bash
# Installs what some test suites need beside npm, where this machine can: Debian's Redis, PostgreSQL 15 and pgBackRest, and
# moto, which plays Amazon's services. Always exits 0: a suite whose program is missing is skipped by name.
# Usage: scripts/install-suites.sh [FOLDER]; moto goes into FOLDER/bin (default .pointsman/suites).
set -uo pipefail
folder=${1:-.pointsman/suites}

missing=()
command -v redis-server > /dev/null || missing+=(redis-server)
command -v pgbackrest > /dev/null || missing+=(pgbackrest)
[[ -x /usr/lib/postgresql/15/bin/postgres ]] || missing+=(postgresql-15)
if ((${#missing[@]} > 0)) && command -v apt-get > /dev/null && ((EUID == 0)); then
  # Run level 1: the packages must not start servers of their own.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  apt-get install -qq -y --no-install-recommends "${missing[@]}" > /dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends "${missing[@]}"; } > /dev/null 2>&1
fi

if ! command -v moto_server > /dev/null && [[ ! -x $folder/bin/moto_server ]] && command -v python3 > /dev/null; then
  python3 -m venv "$folder" > /dev/null 2>&1 && "$folder/bin/pip" install --quiet 'moto[server,rds,s3]' > /dev/null 2>&1
fi

for program in redis-server pgbackrest /usr/lib/postgresql/15/bin/postgres moto_server aws; do
  PATH=$PATH:$folder/bin command -v "$program" > /dev/null || echo "not here, its suites are skipped: ${program##*/}"
done
exit 0
