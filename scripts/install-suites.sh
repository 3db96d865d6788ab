#!/usr/bin/env bash
# Installs what some test suites need beside npm, where this machine can: Debian's Redis, PostgreSQL 15 and pgBackRest,
# moto, which plays Amazon's services, and Azurite, Microsoft's emulator of Azure Storage. Always exits 0: a suite whose
# program is missing is skipped by name.
# Usage: scripts/install-suites.sh [FOLDER]; moto and Azurite go into FOLDER/bin (default .pointsman/suites).
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
  python3 -m venv "$folder" > /dev/null 2>&1 && "$folder/bin/pip" install --quiet 'moto[server,rds,s3,dynamodb,cloudformation,stepfunctions]' > /dev/null 2>&1
fi

# 240 MB that no other suite needs, so it is no dependency. Its version is what the suites were written against.
if ! command -v azurite > /dev/null && [[ ! -x $folder/bin/azurite ]] && command -v npm > /dev/null; then
  mkdir -p "$folder/bin" "$folder/azurite" && echo '{ "private": true }' > "$folder/azurite/package.json" &&
    npm install --prefix "$folder/azurite" --silent --ignore-scripts --no-audit --no-fund azurite@3.37.0 > /dev/null 2>&1 &&
    ln -sf ../azurite/node_modules/.bin/azurite "$folder/bin/azurite"
fi

for program in redis-server pgbackrest /usr/lib/postgresql/15/bin/postgres moto_server azurite aws; do
  PATH=$PATH:$folder/bin command -v "$program" > /dev/null || echo "not here, its suites are skipped: ${program##*/}"
done
exit 0
