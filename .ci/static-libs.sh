#!/bin/sh
# Makes .tools/static: the two archives that the edge module is linked with, and nothing else, so that -L on that folder
# changes no other link. Debian's libre2.a is compiled for programs and cannot go into a shared library (its
# thread-local variable is addressed from the program); so RE2 is compiled once more from Debian's own source with
# -fPIC. Debian's source lacks three generated tables; they are data only and are taken from Debian's archive.
set -eu
cd "$(dirname "$0")/.."
out=$(pwd)/.tools/static
[ -s "$out/libre2.a" ] && [ -s "$out/libstdc++.a" ] && exit 0
echo "Compiling RE2 for the edge module" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" "$work/lists/partial" "$work/cache/archives/partial" "$work/tables"
# Debian's servers as this machine names them, in the new form or the old.
if [ -f /etc/apt/sources.list.d/debian.sources ]; then
    sources=$work/source.sources
    sed -e 's/^Types:.*$/Types: deb-src/' /etc/apt/sources.list.d/debian.sources > "$sources"
else
    sources=$work/source.list
    sed -n -e 's/^deb /deb-src /p' /etc/apt/sources.list > "$sources"
fi
version=$(dpkg-query -W -f '${source:Version}' libre2-dev)
options="-o Dir::Etc::sourcelist=$sources -o Dir::Etc::sourceparts=/dev/null"
options="$options -o Dir::State::lists=$work/lists -o Dir::Cache=$work/cache -o APT::Sandbox::User=root"
apt-get $options -qq update
(cd "$work" && apt-get $options -qq source --download-only "re2=$version" && tar xf re2_*.orig.tar.*)
archive=$(g++ -print-file-name=libre2.a)
[ -f "$archive" ] || archive=/usr/lib/$(gcc -dumpmachine)/libre2.a
source=$(echo "$work"/re2-*)
mkdir -p "$source/obj/re2"
(cd "$source/obj/re2" && ar x "$archive" perl_groups.o unicode_casefold.o unicode_groups.o)
for table in perl_groups unicode_casefold unicode_groups; do
    : > "$source/re2/$table.cc"
    touch "$source/obj/re2/$table.o"
done
make -s -C "$source" obj/libre2.a CXXFLAGS='-O2 -fPIC -std=c++11 -pthread -fvisibility=hidden -w'
cp "$source/obj/libre2.a" "$out/libre2.a"
ln -sf "$(g++ -print-file-name=libstdc++.a)" "$out/libstdc++.a"
