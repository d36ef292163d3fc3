# Shared by tools/run and tools/test. Source it; it sets ROOT and the functions below.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Nothing outside the checkout is written but by the package manager: caches of the compiler, of npm and of fonts, and what a
# browser keeps, lie below build/. Who wants one cache for several checkouts sets CCACHE_DIR or npm_config_cache.
export CCACHE_DIR=${CCACHE_DIR:-$ROOT/build/cache/ccache} npm_config_cache=${npm_config_cache:-$ROOT/build/cache/npm}
export XDG_CACHE_HOME=$ROOT/build/cache XDG_CONFIG_HOME=$ROOT/build/cache/config
STAGES=()
stage_started=$SECONDS

say() { printf '\n== %s\n' "$*"; }

# stage NAME: closes the stage before it and notes how long that took.
stage() {
  if [ -n "${stage_name:-}" ]; then STAGES+=("$stage_name $((SECONDS - stage_started)) s"); fi
  stage_name=$1
  stage_started=$SECONDS
  [ -z "$1" ] || say "$1"
}

# packages SECTION...: the names in tools/packages.txt that are still missing here.
# `unless:COMMAND` after a name: any provider of that command will do.
missing_packages() {
  local section="" name rest
  while read -r name rest; do
    case "$name" in
      ''|'#'*) continue ;;
      '['*']') section=${name#[}; section=${section%]}; continue ;;
    esac
    case " $* " in *" $section "*) ;; *) continue ;; esac
    case "$rest" in
      unless:*) local command=${rest#unless:}; command=${command%% *}
        command -v "$command" >/dev/null && continue ;;
    esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || echo "$name"
  done < "$ROOT/tools/packages.txt"
}

# Installs what is missing of the given sections, and says what.
install_packages() {
  local missing as_root=()
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then echo "packages [$*]: all here"; return; fi
  echo "installing from Debian:" $missing
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "need root or sudo to install: $missing" >&2; exit 69; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 $missing >/dev/null
}

# build PRESET TARGETS_OR_ALL [cmake options]: configures and builds; prints only what matters.
build() {
  local preset=$1 target=$2
  shift 2
  (cd "$ROOT" && cmake --preset "$preset" "$@" >"$ROOT/build/configure-$preset.log") ||
    { cat "$ROOT/build/configure-$preset.log" >&2; return 1; }
  local log=$ROOT/build/build-$preset.log
  if cmake --build "$ROOT/build/$preset" --target "$target" -j "$(nproc)" >"$log"; then
    tail -n 1 "$log"
  else
    grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" >&2  # all but the progress: what the compilers said
    return 1
  fi
}

# The pages are built by npm from src/web into build/web; skipped when nothing changed.
build_web() {
  [ -f "$ROOT/src/web/package.json" ] || return 0
  "$ROOT/tools/build-web"
}
