# Source it; private_mariadb FOLDER [OPTION]... starts a MariaDB of its own there: own data folder, unix socket, no TCP, and writes
# FOLDER/database.yaml for `--database`. It is stopped with the shell (trap stop_mariadb EXIT).
private_mariadb() {
  local folder=$1 user=() server
  server=$(command -v mariadbd || echo /usr/sbin/mariadbd)
  [ "$(id -u)" != 0 ] || user=(--user=root)
  mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db "${user[@]}" \
    --datadir="$folder/mariadb" >"$folder/mariadb-install.log" 2>&1 || return 1
  "$server" --no-defaults "${user[@]}" --datadir="$folder/mariadb" --socket="$folder/sock" --skip-networking \
    --pid-file="$folder/mariadb.pid" --innodb-buffer-pool-size=64M --innodb-log-file-size=32M \
    --innodb-flush-log-at-trx-commit=1 "${@:2}" >"$folder/mariadb.log" 2>&1 &
  mariadb_pid=$!
  local tries
  for tries in $(seq 200); do
    mariadb --no-defaults --socket="$folder/sock" -u root -e 'CREATE DATABASE congvan CHARACTER SET utf8mb4' 2>/dev/null && break
    kill -0 "$mariadb_pid" 2>/dev/null || return 1
    read -rt 0.1 <> <(:) || :
  done
  printf 'kind: mysql\nservers: ["unix://%s/sock"]\nuser: root\nschema: congvan\n' "$folder" >"$folder/database.yaml"
}
stop_mariadb() { [ -z "${mariadb_pid:-}" ] || { kill "$mariadb_pid"; wait "$mariadb_pid"; } 2>/dev/null; }
