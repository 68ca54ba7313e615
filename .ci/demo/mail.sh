# shellcheck shell=bash disable=SC2154 # sourced by demo.sh, whose words and paths it uses
# Mail: a Postfix of its own on loopback, a sink behind it, and rules that forward, drop, reject and tag while it runs.

mail_programs=/usr/lib/postfix/sbin
mail_dir=$here/mail

# One message; prints what the server said to the recipient or the message, nothing when it was taken.
mail_send() { # from, to, subject
    printf 'From: %s\r\nTo: %s\r\nSubject: %s\r\n\r\nhello\r\n' "$1" "$2" "$3" >"$mail_dir/message"
    curl -sS --connect-timeout 5 --max-time 10 --mail-from "$1" --mail-rcpt "$2" --upload-file "$mail_dir/message" \
        "smtp://$mail_smtp" 2>&1 | sed -n 's/^curl: ([0-9]*) //p' || true
}
mail_arrived() { grep -lqF -- "$1" "$mail_dir"/sink/* 2>/dev/null; }
mail_count() { signalbox email stats --output json | jq -e ".[] | select(.rule == \"$1\") | .$2 == $3"; }

mail_start() {
    local owner
    mail_smtp=127.0.0.1:$(FROM=$((port + 20)) free_port 127.0.0.1)
    mail_sink=127.0.0.1:$(FROM=$((port + 40)) free_port 127.0.0.1)
    mail_server=127.0.0.1:$(FROM=$((port + 60)) free_port 127.0.0.1)
    # Postfix's users must be able to get through; what is secret in there is its owner's alone.
    chmod o+x "$here"
    mkdir -p "$mail_dir"/{etc,queue,data,log,sink}
    chmod 755 "$mail_dir" "$mail_dir"/*
    owner=postfix && chown "$owner" "$mail_dir/data"
    chown nobody "$mail_dir/sink"
    cat >"$mail_dir/etc/main.cf" <<MAIN
compatibility_level = 3.6
queue_directory = $mail_dir/queue
data_directory = $mail_dir/data
command_directory = /usr/sbin
daemon_directory = $mail_programs
maillog_file = $mail_dir/log/mail.log
maillog_file_prefixes = $mail_dir
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.shop.example
mydestination =
mynetworks =
local_recipient_maps =
alias_maps =
alias_database =
smtpd_peername_lookup = no
smtp_host_lookup = native
disable_dns_lookups = yes
relayhost = [127.0.0.1]:${mail_sink##*:}
MAIN
    {
        printf '%s inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\npickup unix n - n 1 1 pickup\n' "$mail_smtp"
        printf 'qmgr unix n - n 300 1 qmgr\ncleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\n'
        printf '%s unix - - n - 0 bounce\n' bounce defer trace
        printf 'showq unix n - n - - showq\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\ntlsmgr unix - - n 1000? 1 tlsmgr\n'
        for name in smtp relay:smtp error retry:error discard proxymap; do
            printf '%s unix - - n - - %s\n' "${name%%:*}" "${name##*:}"
        done
    } >"$mail_dir/etc/master.cf"
    printf '#!/bin/sh\nexec /usr/sbin/sendmail -C %s "$@"\n' "$mail_dir/etc" >"$mail_dir/sendmail"
    chmod 755 "$mail_dir/sendmail"
    smtp-sink -u nobody -d "$mail_dir/sink/m." "$mail_sink" 20 2>"$mail_dir/sink.log" &
    pids+=($!)
}

mail_demo() {
    local answer
    say "Mail  Rules of a domain decide about its mail, live on a Postfix"
    if [ "$(id -u)" -ne 0 ] || [ ! -x $mail_programs/master ]; then
        printf '  skipped: a Postfix can be started only by root, where it is installed\n'
        return
    fi
    local SIGNALBOX_STATE=$mail_dir/state.db PATH=$PATH:/usr/sbin
    export SIGNALBOX_STATE PATH
    mail_start
    signalbox init --quiet 2>/dev/null
    run signalbox email domain add shop.example
    /usr/sbin/postfix -c "$mail_dir/etc" check
    printf '%s$ signalbox email postfix setup --apply%s\n' "$dim" "$plain"
    signalbox email postfix setup --apply --configuration "$mail_dir/etc" --sockets "$mail_dir/queue/signalbox" |
        sed "s|$mail_dir|...|g"
    signalbox serve --listen "$mail_server" --mail-sockets "$mail_dir/queue/signalbox" \
        --mail-log "$mail_dir/log/mail.log" 2>"$mail_dir/serve.log" &
    pids+=($!)
    until_holds 10 test -S "$mail_dir/queue/signalbox/milter"
    $mail_programs/master -c "$mail_dir/etc" -s &
    pids+=($!)
    check "Postfix is up, and asks signalbox" until_holds 10 signalbox email postfix check \
        --configuration "$mail_dir/etc" --sockets "$mail_dir/queue/signalbox" --quiet

    run signalbox email destination add ops@dest.example --sendmail "$mail_dir/sendmail"
    check "its owner gets a code by mail" until_holds 10 mail_arrived "destination verify"
    signalbox email destination verify ops@dest.example \
        "$(cat "$mail_dir"/sink/* | sed -n 's/.*verify ops@dest.example //p' | tr -d '\r')"
    run signalbox email rule add shop.example --from @spam.example --reject "not here" --ref spammers
    run signalbox email rule add shop.example --if 'mail.subject contains "invoice"' --tag 'X-Topic: invoices' --ref tag
    run signalbox email rule add shop.example --to info --forward ops@dest.example
    run signalbox email rule add shop.example --to noreply --drop
    run signalbox email promote shop.example --accept-warnings --yes 2>"$mail_dir/promote.txt"
    taken() { is "$(mail_send alice@customer.example info@shop.example "a first question")" ""; }
    check "mail to info is taken" until_holds 10 taken
    check "and forwarded" until_holds 10 mail_arrived "Subject: a first question"
    mail_send alice@customer.example info@shop.example "invoice 17"
    check "one with 'invoice' in its subject gets a header on its way" until_holds 10 mail_arrived "X-Topic: invoices"
    answer=$(mail_send eve@spam.example info@shop.example "buy now")
    check "a spammer is refused while connected: ${answer:-taken}" is "${answer##*: }" 550
    mail_send alice@customer.example noreply@shop.example "dropped"
    check "mail to noreply is taken and dropped" until_holds 10 mail_count noreply dropped 1
    check "what was delivered is counted" until_holds 10 eval 'mail_count info delivered "$(mail_count_of info forwarded)"'
    check "nothing of the dropped or refused went on" eval '! mail_arrived "Subject: dropped" && ! mail_arrived "Subject: buy now"'
    run signalbox email stats --last 1h
    run signalbox email activity --last 1h --limit 3
}
mail_count_of() { signalbox email stats --output json | jq ".[] | select(.rule == \"$1\") | .$2"; }

mail_demo
