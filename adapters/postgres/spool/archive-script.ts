import { shellQuoted } from './shell-quoted.ts';

/**
 * What a server runs for each file of its log (`archive_command`): a shell script of what every machine has, because a server runs as somebody who
 * may reach neither Node nor this project, and knows no key. It answers 0 only when the file lies durably in the spool, or lay there before with the same
 * contents: after a promotion a server archives again what is archived, and a command that refuses that stops the
 * archive for ever. Another file of the same name is refused. A file is `<spool>/<lineage>/<name>`; what was sealed into the vault since
 * leaves its checksum in `sealed/<name>`.
 */
export const archiveScript = `#!/bin/sh
# archive.sh PATH NAME SPOOL, in the server's data folder
set -eu
path=$1 name=$2
lineage=$(od -An -tu8 -N8 global/pg_control | tr -d ' ')
folder=$3/$lineage
mkdir -p "$folder/sealed"
sum=$(sha256sum < "$path")
same_or_refuse() {
  [ "$1" = "\${sum%% *}" ] && exit 0
  echo "$name is archived already, with other contents: refusing to overwrite it" >&2
  exit 1
}
if [ -f "$folder/$name" ]; then
  kept=$(sha256sum < "$folder/$name")
  same_or_refuse "\${kept%% *}"
fi
if [ -f "$folder/sealed/$name" ]; then same_or_refuse "$(cat "$folder/sealed/$name")"; fi
draft=$folder/.$name.$$
cp "$path" "$draft"
sync "$draft"
mv "$draft" "$folder/$name"
sync "$folder"
`;

/** The value of `archive_command`. */
export const archiveCommand = (spool: string): string =>
  `/bin/sh ${shellQuoted(`${spool}/archive.sh`)} "%p" "%f" ${shellQuoted(spool)}`;
