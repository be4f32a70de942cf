# shellcheck shell=bash
# What the scripts in this folder share. It is sourced, never run: . "$(dirname "$0")/lib.sh"
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Build folders are made here: the repository itself, unless several people share one tree.
build_root=${TIDEWIRE_BUILD_ROOT:-$root}

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
	bold='' red='' plain=''
fi

# Messages go to stderr, so that stdout stays a script's result.
say() { printf '%s\n' "${bold}$*${plain}" >&2; }
complain() { printf '%s\n' "${red}$(basename "$0"): $*${plain}" >&2; }
die() {
	complain "$@"
	exit 1
}

# usage FILE: print the comment on top of a script, which is its manual.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root for '$*': run it as root, or install sudo"
	fi
}

# build_dir KIND: where a kind of build lives.
build_dir() {
	case $1 in
	release) echo "$build_root/build" ;;
	asan | clang | fuzz) echo "$build_root/build-$1" ;;
	*) die "no such build: $1" ;;
	esac
}

build_options() {
	case $1 in
	release) echo '-Dbuildtype=release -Db_sanitize=none -Dfuzz=false' ;;
	asan) echo '-Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Dfuzz=false' ;;
	clang) echo '-Dbuildtype=debugoptimized -Db_sanitize=none -Dfuzz=false' ;;
	fuzz) echo '-Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true' ;;
	esac
}

# For C, and for the little C++ that there is.
build_compilers() {
	case $1 in
	clang | fuzz) echo clang clang++ ;;
	*) echo gcc g++ ;;
	esac
}

# build KIND [TARGET…]: configure if needed and compile. What meson and ninja say goes to stderr.
build() {
	local kind=$1 dir cc cxx reconfigure=()
	local options

	shift
	dir=$(build_dir "$kind")
	read -ra options <<<"$(build_options "$kind")"
	# Reconfiguring also finds golden families that are new since.
	[ -f "$dir/build.ninja" ] && reconfigure=(--reconfigure)
	read -r cc cxx <<<"$(build_compilers "$kind")"
	CC=$cc CXX=$cxx meson setup "${reconfigure[@]}" "${options[@]}" "$dir" "$root" >&2 || return 1
	ninja -C "$dir" "$@" >&2
}

hugepages_file=/proc/sys/vm/nr_hugepages
hugepages_taken=0

# hugepages_take N: add N 2 MB pages to the machine's pool, as far as memory allows. Whoever takes
# gives back, also when killed: trap hugepages_give_back EXIT
hugepages_take() {
	local before after

	before=$(<"$hugepages_file")
	as_root sh -c "echo $((before + $1)) > $hugepages_file" 2>/dev/null || return 1
	after=$(<"$hugepages_file")
	hugepages_taken=$((hugepages_taken + after - before))
	[ "$((after - before))" -eq "$1" ]
}

hugepages_give_back() {
	local now

	[ "$hugepages_taken" -eq 0 ] && return 0
	now=$(<"$hugepages_file")
	as_root sh -c "echo $((now - hugepages_taken)) > $hugepages_file"
	hugepages_taken=0
}
