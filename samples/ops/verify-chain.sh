#!/bin/sh
# Prüft die Hash-Kette des Journals und schreibt das Ergebnis für den Textfile-Collector des node_exporters.
# Verifies the hash chain of the ledger and writes the outcome for node_exporter's textfile collector.
#
#   verify-chain.sh /var/lib/prometheus/node-exporter            (nightly, by cron or a systemd timer)
#
# Further arguments go to laufmappe: verify-chain.sh FOLDER --settings /etc/laufmappe.toml
set -u
folder=${1:?usage: verify-chain.sh FOLDER [arguments of laufmappe]}
shift
complaint=$("${LAUFMAPPE:-laufmappe}" "$@" --lang en ledger verify 2>&1 >/dev/null)
code=$?
[ -z "$complaint" ] || printf '%s\n' "$complaint" >&2
case $code:$complaint in
    0:*) valid=1 ;;
    *'(altered)'*) valid=0 ;;
    # A ledger that cannot be reached was not checked: the old figures stay, and their age raises the alarm.
    *) exit "$code" ;;
esac
# Renamed when complete: the collector never reads half a file.
cat >"$folder/laufmappe.prom.$$" <<END
# HELP laufmappe_ledger_chain_valid Whether the hash chains of the ledger held at the last check.
# TYPE laufmappe_ledger_chain_valid gauge
laufmappe_ledger_chain_valid $valid
# HELP laufmappe_ledger_chain_checked_timestamp_seconds When they were checked.
# TYPE laufmappe_ledger_chain_checked_timestamp_seconds gauge
laufmappe_ledger_chain_checked_timestamp_seconds $(date +%s)
END
mv "$folder/laufmappe.prom.$$" "$folder/laufmappe.prom"
exit "$code"
