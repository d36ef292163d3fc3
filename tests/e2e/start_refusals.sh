#!/usr/bin/env bash
# What a command says of a database it must not work on, and that it changes nothing then.
#   start_refusals.sh CONGVAN
set -uo pipefail
congvan=$1
folder=$(mktemp -d)
. "$(dirname "$0")/../support/private_mariadb.sh"
trap 'stop_mariadb; rm -rf "$folder"' EXIT
passed=0 failed=0
check() { if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $2"; fi; }
# refused CODE WORDS WHAT -- COMMAND: it ends with CODE and says WORDS on standard error.
refused() {
  local code=$1 words=$2 what=$3
  shift 4
  "$@" >"$folder/out.txt" 2>"$folder/err.txt"
  local got=$?
  [ $got = "$code" ] && grep -qF "$words" "$folder/err.txt"
  check $? "$what: exit code $got, $(cat "$folder/err.txt")"
}

# The doctor only reads: a schema that is older or newer is refused, and left alone.
data=$folder/data
"$congvan" init --data "$data" >/dev/null; check $? "init"
doctor=("$congvan" doctor --config "$data/congvan.yaml")
"${doctor[@]}" >/dev/null; check $? "the doctor of a new folder"
database=$data/db/congvan.sqlite
sql() { python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as base:
    for one in sys.argv[2].split(";"):
        for row in base.execute(one): print(*row)' "$database" "$1"; }
last=$(sql "SELECT rowid FROM schema_steps ORDER BY file DESC, step DESC LIMIT 1")
sql "CREATE TABLE kept AS SELECT * FROM schema_steps WHERE rowid = $last; DELETE FROM schema_steps WHERE rowid = $last"
steps=$(sql "SELECT count(*) FROM schema_steps")
refused 77 schema_outdated "an older schema" -- "${doctor[@]}"
[ "$(sql "SELECT count(*) FROM schema_steps")" = "$steps" ]; check $? "the doctor migrated"
sql "INSERT INTO schema_steps SELECT * FROM kept; DROP TABLE kept"
sql "INSERT INTO schema_steps SELECT '9999-later', step, checksum, applied_at FROM schema_steps LIMIT 1"
refused 77 schema_newer "a newer schema" -- "${doctor[@]}"
mv "$data/db" "$data/elsewhere"; mkdir "$data/db"
refused 66 input_unreadable "no database" -- "${doctor[@]}"
[ -z "$(ls -A "$data/db")" ]; check $? "the doctor made a database"

# A folder that lost a part is not filled up with something new.
rmdir "$data/db" && mv "$data/elsewhere" "$data/db"; sql "DELETE FROM schema_steps WHERE file = '9999-later'"
"${doctor[@]}" >/dev/null; check $? "the doctor of the folder as it was"
serve=("$congvan" serve --config "$data/congvan.yaml")
mv "$data/keys/records.note" "$folder/records.note"
refused 66 log_key_missing "a log's key is gone" -- timeout 60 "${serve[@]}"
[ ! -e "$data/keys/records.note" ]; check $? "a new key was made"
mv "$folder/records.note" "$data/keys/"
sed -i 's#^public_url: .*#public_url: "http://127.0.0.1:9999"#' "$data/congvan.yaml"
refused 77 log_key_changed "another public address" -- timeout 60 "${serve[@]}"
sed -i 's#^public_url: .*#public_url: "http://127.0.0.1:8080"#' "$data/congvan.yaml"
for part in blobs log/records; do
  mv "$data/$part" "$folder/part"
  refused 66 "$data/$part" "no $part" -- "${doctor[@]}"
  mv "$folder/part" "$data/$part"
done
"${doctor[@]}" >/dev/null; check $? "the doctor of the folder as it was, again"

# What is wrong in a configuration is said with its file.
for text in '' '[1]' 'nonsense: 1' $'a:\n\tb: 1'; do
  printf '%s' "$text" >"$folder/odd.yaml"
  refused 65 "$folder/odd.yaml" "configuration '$text'" -- "$congvan" doctor --config "$folder/odd.yaml"
done
refused 64 usage_unknown_word "a word too many" -- "$congvan" doctor "$data/congvan.yaml"
refused 64 "ca-key" "a key that is not offered" -- "$congvan" init --data "$folder/none" --ca-key ed25519

# A MariaDB that does not keep what it says it kept.
port=$((20000 + RANDOM % 20000))
private_mariadb "$folder" --log-bin --binlog-format=ROW --sync-binlog=1 --skip-networking=0 --bind-address=127.0.0.1 --port=$port || { cat "$folder"/mariadb*.log; echo "$passed passed, 1 failed, 0 skipped"; exit 1; }
settings() { printf 'province: Tinh Mau\npublic_url: "http://127.0.0.1:8080"\ndata: "%s"\ndatabase:\n%s\n' "$data" "$(sed 's/^/  /' "$1")" >"$folder/congvan.yaml"; }
settings "$folder/database.yaml"
migrate=("$congvan" migrate --config "$folder/congvan.yaml")
server() { mariadb --no-defaults --socket="$folder/sock" -u root -N -e "$1"; }
tables() { server "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'congvan'"; }
server "SET GLOBAL innodb_flush_log_at_trx_commit = 2"
refused 77 innodb_flush_log_at_trx_commit=1 "a redo log that is not flushed" -- "${migrate[@]}"
server "SET GLOBAL innodb_flush_log_at_trx_commit = 1; SET GLOBAL sync_binlog = 0"
refused 77 sync_binlog=1 "a binary log that is not synced" -- "${migrate[@]}"
server "SET GLOBAL sync_binlog = 1; SET GLOBAL binlog_format = STATEMENT"
refused 77 binlog_format=ROW "a binary log of statements" -- "${migrate[@]}"
server "SET GLOBAL binlog_format = ROW"
[ "$(tables)" = 0 ]; check $? "a refused server was written to"
"${migrate[@]}" >/dev/null; check $? "the same server with the right settings"

sed 's#unix://[^"]*#tcp://192.0.2.1:3306#' "$folder/database.yaml" >"$folder/far.yaml"
settings "$folder/far.yaml"
refused 77 database_tls_required "another machine without TLS" -- "${migrate[@]}"

# Whoever names an authority wants TLS, and this server has none: an account and a password are not sent in the clear instead.
server "CREATE USER far@'127.0.0.1', far@localhost; GRANT ALL ON congvan.* TO far@'127.0.0.1'; GRANT ALL ON congvan.* TO far@localhost"
[ "$(server "SELECT @@have_ssl")" != YES ]; check $? "the server has TLS"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out "$folder/ca.pem" -days 2 -subj /CN=CA 2>/dev/null
printf 'kind: mysql\nservers: ["tcp://127.0.0.1:%s"]\nuser: far\nschema: congvan\n' $port >"$folder/plain.yaml"
settings "$folder/plain.yaml"
"${migrate[@]}" >/dev/null; check $? "the same server in the clear, on this machine"
printf 'tls_ca: "%s"\n' "$folder/ca.pem" | cat "$folder/plain.yaml" - >"$folder/tls.yaml"
settings "$folder/tls.yaml"
refused 69 database_tls_unavailable "a server that speaks no TLS" -- "${migrate[@]}"
[ "$(wc -l <"$folder/err.txt")" = 1 ]; check $? "it is said in one line"

sed 's#unix://[^"]*#unix:///nowhere#' "$folder/database.yaml" >"$folder/gone.yaml"
settings "$folder/gone.yaml"
refused 69 storage_unavailable "no server" -- "${migrate[@]}"
printf 'user: nobody\n' | cat - <(grep -v '^user' "$folder/database.yaml") >"$folder/stranger.yaml"
settings "$folder/stranger.yaml"
refused 70 "Access denied" "an account that may not" -- "${migrate[@]}"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
