#!/usr/bin/env bash
# The main job, told with real parts on loopback: three origins in two regions, two Envoy nodes, a traffic generator.
# Prints each command and its real output and checks the traffic at each step. On a terminal it leaves everything
# running and says what to try; otherwise it cleans up. Exit 0 only if every check held.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
bin=${SIGNALBOX_DEMO_BIN:-$root/.build/release}
here=$(mktemp -d "${TMPDIR:-/tmp}/signalbox-demo.XXXXXX")
export SIGNALBOX_STATE=$here/state.db
export SIGNALBOX_ENVOY=${SIGNALBOX_ENVOY:-$root/.tools/envoy}
export SIGNALBOX_MODULE=${SIGNALBOX_EDGE_MODULE:-$root/.tools/lib/libsignalbox_edge.so}
export PATH=$bin:$PATH
pids=()
failed=0

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi

stop() {
    for pid in "${pids[@]:-}"; do [ -z "$pid" ] || kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]:-}"; do [ -z "$pid" ] || wait "$pid" 2>/dev/null || true; done
    rm -rf "$here"
}
trap 'stop' EXIT
trap 'exit 130' INT TERM

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
run() {
    printf '%s$ %s%s\n' "$dim" "$*" "$plain"
    "$@"
}
good() { printf '  %s✓%s %s\n' "$green" "$plain" "$*"; }
bad() {
    printf '  %s✗ %s%s\n' "$red" "$*" "$plain"
    failed=1
}
# check WORDS COMMAND...: says whether the command held.
check() {
    local words=$1
    shift
    if "$@"; then good "$words"; else bad "$words"; fi
}
# until SECONDS COMMAND...: waits for a condition.
until_holds() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        read -rt 0.1 <> <(:) || true
    done
}

# The traffic generator runs in windows: each step asks what was answered since the last one began.
traffic_begin() {
    mkfifo "$here/traffic.in" 2>/dev/null || true
    edgelab load --target "$fra" --target "$hil" --host www.shop.example --paths "$here/paths" --connections 8 \
        --rate 300 --until-stdin-closes --duration 5m --tally x-edge-version <"$here/traffic.in" >"$here/traffic.json" &
    traffic=$!
    pids+=("$traffic")
    exec 7>"$here/traffic.in"
}
traffic_end() {
    exec 7>&-
    wait "$traffic" || true
}
count() { jq -r "$1 // 0" "$here/traffic.json"; }
status_of() { curl -s -o /dev/null -w '%{http_code}' --connect-to "::$1" "http://www.shop.example:$port$2"; }
header_of() { curl -s -D - -o /dev/null --connect-to "::$1" "http://www.shop.example:$port$2" | tr -d '\r' | sed -n "s/^$3: //p"; }
is() { [ "$1" = "$2" ]; }

free_port() {
    python3 - "$@" <<'PY'
import os, socket, sys
for port in range(int(os.environ.get("FROM", 18080)), 19000):
    try:
        for host in sys.argv[1:]:
            with socket.socket() as s:
                s.bind((host, port))
        print(port)
        break
    except OSError:
        pass
PY
}

port=$(free_port 127.0.0.11 127.0.0.12 127.0.0.21 127.0.0.22 127.0.0.41 127.0.0.42 127.0.0.43 127.0.0.1)
fra=127.0.0.11:$port hil=127.0.0.12:$port staging_fra=127.0.0.21:$port staging_hil=127.0.0.22:$port
server=127.0.0.1:$port
secure=$(FROM=$((port + 1)) free_port 127.0.0.11 127.0.0.12 127.0.0.21 127.0.0.22)

cat >"$here/paths" <<'PATHS'
/
/s?q=blue+shoe
/p/blue-shoe
/c/shoes
/css/shop.css
/media/hero.webp
/api/cart
/cart?utm_source=mail&item=7
PATHS
# An authority of its own, and a certificate by it for every host of the zone.
certificate() { (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 "$@" 2>"$here/openssl.log"); }
certificate -keyout "$here/authority.key" -out "$here/authority.crt" -subj "/CN=the demo's authority"
certificate -keyout "$here/shop.key" -out "$here/shop.crt" -subj /CN=shop.example -CA "$here/authority.crt" \
    -CAkey "$here/authority.key" -addext "subjectAltName=DNS:shop.example,DNS:*.shop.example"
sed -e "s/9001/$port/" -e "s|^hosts: .*|&\ntls: {certificate: $here/shop.crt, key: $here/shop.key}|" \
    "$root/.ci/demo/shop.yaml" >"$here/shop.yaml"

say "1  Three origins in two regions, a server, two Envoy nodes"
edgelab origin --origin "web-fra:fra:127.0.0.41:$port" --origin "web-hil:hil:127.0.0.42:$port" \
    --origin "images:fra:127.0.0.43:$port" >"$here/origins.log" &
pids+=($!)
run signalbox init --staging-address 127.0.0.21 --staging-address 127.0.0.22
run signalbox zone import "$here/shop.yaml" --yes >"$here/import.txt"
tail -n 3 "$here/import.txt"
signalbox serve --listen "$server" 2>"$here/serve.log" &
pids+=($!)
for node in fra1:fra:11:21 hil1:hil:12:22; do
    IFS=: read -r name region a b <<<"$node"
    (umask 077 && signalbox node create "$name" --region "$region" --output name --quiet >"$here/$name.token")
    printf '%s$ signalbox node run %s --listen 127.0.0.%s:%s --listen https://127.0.0.%s:%s --staging ...%s\n' \
        "$dim" "$name" "$a" "$port" "$a" "$secure" "$plain"
    signalbox node run "$name" --token-file "$here/$name.token" --listen "127.0.0.$a:$port" \
        --listen "https://127.0.0.$a:$secure" --staging "127.0.0.$b:$port" --staging "https://127.0.0.$b:$secure" \
        --server "http://$server" --directory "$here/$name" --concurrency 1 \
        2>"$here/$name.log" &
    pids+=($!)
done
answers() { is "$(status_of "$1" /)" 200; }
check "both nodes answer on production and staging addresses" until_holds 60 \
    eval "answers $fra && answers $hil && answers $staging_fra && answers $staging_hil"
run signalbox node list

say "2  An HTTP application of the zone; version 1 everywhere, with traffic from now on"
run signalbox app create shop --zone shop.example --purpose "the shop"
run signalbox rule add shop --if 'cf.zone.name eq "shop.example"' --use shop --yes
traffic_begin
run signalbox env assign staging shop@1 --yes
run signalbox promote shop --yes
check "production is served by shop@1" is "$(header_of "$fra" / x-edge-version)" shop@1

say "3  Version 2: close the cart to scrapers"
run signalbox version create shop --note "keep scrapers out of the cart"
signalbox version export shop@2 >"$here/v2.yaml"
python3 - "$here/v2.yaml" <<'PY'
import sys
path = sys.argv[1]
text = open(path).read()
rule = """    - ref: no-cart-scrapers
      expression: 'http.request.uri.path contains "/c" and not len(http.request.cookies["session"][0]) > 0'
      action: block
      action_parameters:
        response: {status_code: 403, content_type: text/plain, content: "please sign in"}
"""
mark = "    - ref: no-dotfiles\n"
assert mark in text
open(path, "w").write(text.replace(mark, rule + mark))
PY
run signalbox version apply shop@2 -f "$here/v2.yaml"
printf '%s$ signalbox version diff shop@1 shop@2%s\n' "$dim" "$plain"
set +e
signalbox version diff shop@1 shop@2
difference=$?
set -e
check "the diff exits 1: there is a difference" is "$difference" 1
run signalbox env assign staging shop@2 --yes

say "4  Try it on the staging address; production still has version 1"
check "staging serves shop@2" is "$(header_of "$staging_fra" / x-edge-version)" shop@2
check "production serves shop@1" is "$(header_of "$fra" / x-edge-version)" shop@1
over_tls() {
    curl -s -o /dev/null -w '%{http_code} HTTP/%{http_version} %header{x-edge-version}' --cacert "$here/authority.crt" \
        --connect-to "::$1:$secure" "https://www.shop.example:$secure/"
}
printf '%s$ signalbox staging curl https://www.shop.example:%s/ --staging 127.0.0.21:%s --cacert authority.crt%s\n' "$dim" "$secure" "$secure" "$plain"
signalbox staging curl "https://www.shop.example:$secure/" --staging "127.0.0.21:$secure" --cacert "$here/authority.crt"
check "the same over TLS: staging serves shop@2" until_holds 20 eval 'is "$(over_tls 127.0.0.21)" "200 HTTP/2 shop@2"'
check "and production shop@1, its certificate verified" until_holds 20 eval 'is "$(over_tls 127.0.0.11)" "200 HTTP/2 shop@1"'
printf '%s$ signalbox staging probe http://www.shop.example:%s/ --staging %s --against %s%s\n' "$dim" "$port" "$staging_fra" "$fra" "$plain"
signalbox staging probe "http://www.shop.example:$port/" --staging "$staging_fra" --against "$fra" || true
run signalbox trace "http://www.shop.example:$port/cart" --env staging
check "/cart without a session is closed on staging" is "$(status_of "$staging_fra" /cart)" 403
check "/cart is open in production" is "$(status_of "$fra" /cart)" 200

say "5  Promote it; every live node acknowledges"
run signalbox plan promote shop >"$here/plan.txt" || true
sum=$(sed -n 's/^plan \([0-9a-f]*\).*/\1/p' "$here/plan.txt" | tail -n 1)
run signalbox promote shop --plan "$sum" --yes
check "fra1 serves shop@2" is "$(header_of "$fra" / x-edge-version)" shop@2
check "hil1 serves shop@2" is "$(header_of "$hil" / x-edge-version)" shop@2
traffic_end
check "no request failed since version 1 was assigned ($(count .requests) requests)" is "$(count .failures.total)" 0
check "no origin or edge error" is "$(jq '[.statuses|to_entries[]|select(.key|startswith("5"))|.value]|add // 0' "$here/traffic.json")" 0

say "6  Something is wrong: the expression also closed the catalogue below /c and every style sheet"
traffic_begin
check "/c/shoes answers 403" is "$(status_of "$fra" /c/shoes)" 403
refused() { signalbox status --output json | jq -e '.traffic[] | select(.label == "shop@2" and .status_classes[3] > 100)'; }
check "the status shows it: answers of shop@2 with 4xx" until_holds 20 refused
run signalbox status
printf '%s$ signalbox trace http://www.shop.example:%s/c/shoes%s\n' "$dim" "$port" "$plain"
signalbox trace "http://www.shop.example:$port/c/shoes"

say "7  Put it back"
began=$(date +%s%N)
run signalbox rollback shop --reason "403 on the catalogue" --yes
ended=$(date +%s%N)
check "/c/shoes answers 200 again" is "$(status_of "$fra" /c/shoes)" 200
check "both nodes serve shop@1" is "$(header_of "$fra" / x-edge-version) $(header_of "$hil" / x-edge-version)" "shop@1 shop@1"
traffic_end
check "no request failed during the rollback ($(count .requests) requests)" is "$(count .failures.total)" 0
printf '  the rollback, from the command to the last acknowledgement: %d ms\n' $(((ended - began) / 1000000))
run signalbox history --last 4
run signalbox audit verify
check "the journal and the audit are whole" signalbox audit verify --quiet

. "$root/.ci/demo/images.sh"
. "$root/.ci/demo/mail.sh"

if [ $failed -ne 0 ]; then
    printf '\n%ssome checks did not hold%s; logs are in %s\n' "$red" "$plain" "$here"
    trap - EXIT
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    exit 1
fi
printf '\n%severy check held%s\n' "$green" "$plain"

if [ -t 0 ] && [ -t 1 ]; then
    # So that there is something to see; it ends by itself.
    edgelab load --target "$fra" --target "$hil" --host www.shop.example --paths "$here/paths" --connections 2 \
        --rate 20 --duration 30m --tally x-edge-version </dev/null >"$here/traffic.json" &
    pids+=($!)
    cat <<TRY

Everything is still running, with 20 requests a second for half an hour. In another terminal:

  export SIGNALBOX_STATE=$here/state.db PATH=$bin:\$PATH
  signalbox                     # the console; ? says what its keys do
  signalbox status --watch
  signalbox staging curl http://www.shop.example:$port/cart
  signalbox version edit shop@2
  curl -i --connect-to ::$fra http://www.shop.example:$port/c/shoes

Press Enter to stop it and clean up.
TRY
    read -r _
fi
