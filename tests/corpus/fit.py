#!/usr/bin/env python3
"""Measures how sure guessed values really are, and writes rules/reading/certainty.tsv.

    laufmappe read --format jsonl OUT/docs/* > ANSWERS     (OUT from make.py; any program that writes these lines will do)
    tests/corpus/fit.py --write OUT/truth.jsonl=ANSWERS [OTHER/truth.jsonl=ANSWERS …]
    cargo test --lib certainty && cargo test --test reading

Without --write nothing is changed. --check TRUTH=ANSWERS tells how the new table does on documents it was not fitted on.
The answers may come from a program with any table: only marks are used, and `prior-NN` is a mark.

For each term a logistic model over marks (weights held small, those of a ladder such as `prior-NN` never below zero).
The sum from which a value is *sure* is set apart for text layers and for scans, on sums foretold with the layout left out
(ten folds of layouts). A sum means the same share of right values whatever the term, so all terms are counted together:
the lowest sum above which at most WRONG of the values were wrong, and not more than LIMIT with 95 % certainty (Wilson).
A term whose own values above it were wrong more often than OF_ONE_TERM gets a higher one of its own, or none.
"""

import argparse
import collections
import json
import math
import os
import re
import sys
from decimal import Decimal, InvalidOperation

WRONG, LIMIT = 0.003, 0.01
FEWEST = 60           # sure values a term needs before any of them can be sure
PROOFS = {"giro", "code"}   # rare and none the worse for it
OF_ONE_TERM = 0.0075  # of the sure values of one term may be wrong
SHRINK = 0.6          # of weights, per value; larger is more careful
FOLDS = 10
LADDERS = (("prior-50", "prior-60", "prior-70", "prior-80", "prior-90", "prior-95", "prior-97", "prior-98"),
           ("word-60", "word-75", "word-85", "word-90", "word-93", "word-95", "word-96"),
           ("page-75", "page-85", "page-90", "page-93", "page-95"))
STEPS = {step for ladder in LADDERS for step in ladder}
NAMES = {"BT-1": "invoice_number", "BT-2": "issue_date", "BT-5": "currency", "BT-9": "due_date", "BT-10": "buyer_reference", "BT-13": "order_number", "BT-27": "seller_name", "BT-31": "seller_vat_id",
         "BT-32": "seller_tax_number", "BT-44": "buyer_name", "BT-84": "iban", "BT-86": "bic", "BT-109": "net_total", "BT-110": "vat_total", "BT-112": "gross_total", "BT-115": "amount_due"}
NEEDED = ("BT-1", "BT-2", "BT-27", "BT-112", "BT-84", "BT-109", "BT-110", "BT-31", "BT-9")
HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "..", "..", "rules", "reading", "certainty.tsv")

Value = collections.namedtuple("Value", "term marks right layout document source given")


# ---- what is right


def amount(text):
    text = re.sub(r"\s|€|EUR", "", str(text)).replace("\u2212", "-")
    text = text.replace(".", "").replace(",", ".") if re.search(r",\d{1,2}$", text) else text.replace(",", "")
    try:
        return f"{Decimal(text):.2f}"
    except InvalidOperation:
        return "x" + text


def plain(name, value):
    """A value as the scorer compares it; None for none."""
    if value in (None, "", []):
        return None
    if name in ("net_total", "vat_total", "gross_total", "amount_due"):
        return amount(value)
    text = re.sub(r"\s+", "", str(value)).upper()
    if name in ("seller_name", "buyer_name"):
        text = re.sub(r"[^0-9A-ZÄÖÜẞß]", "", text.replace("ß", "SS"))
    if name == "seller_tax_number":
        text = re.sub(r"\D", "", text)
    if name in ("iban", "bic", "seller_vat_id"):
        text = re.sub(r"[^A-Z0-9]", "", text)
    return text[:8] if name == "bic" else text


def share(row):
    rate = row.get("rate", row.get("BT-119"))
    tax = row.get("amount", row.get("BT-117"))
    bare = lambda value: value.get("value") if isinstance(value, dict) else value
    try:
        return f"{float(str(bare(rate)).replace(',', '.').replace('%', '')):g}", amount(bare(tax))
    except ValueError:
        return None


def values(pairs):
    """Every guessed value of every invoice, right or wrong."""
    for pair in pairs:
        truth_file, answers_file = pair.split("=", 1)
        answers = {}
        for line in open(answers_file, encoding="utf-8"):
            answer = json.loads(line)
            answers.setdefault(os.path.basename(answer["file"]), answer)
        for line in open(truth_file, encoding="utf-8"):
            truth = json.loads(line)
            answer = answers.get(os.path.basename(truth["file"]))
            if answer is None or truth["doc_class"] not in ("invoice", "credit_note"):
                continue
            yield from of_document(truth, answer, truth_file)


def of_document(truth, answer, source):
    def value(term, field, right):
        return Value(term, frozenset(field.get("marks", ())), right, truth["layout"], truth["id"], source, field.get("confidence", 0))

    fields = answer["fields"]
    for term, name in NAMES.items():
        if term in fields and "confidence" in fields[term]:
            known = plain(name, truth["fields"].get(name))
            yield value(term, fields[term], known is not None and plain(name, fields[term].get("value")) == known)
    rates = {share(row) for row in truth["fields"].get("vat_breakdown", ())}
    for row in fields.get("BG-23", ()):
        if isinstance(row, dict) and "marks" in row.get("BT-117", {}):
            yield value("BG-23", row["BT-117"], share(row) in rates)
    totals = collections.Counter(amount(line["total"]) for line in truth.get("lines") or ())
    for line in answer.get("lines", ()):
        if "marks" in line.get("BT-131", {}) and truth.get("lines"):
            told = amount(line["BT-131"]["value"])
            yield value("BT-131", line["BT-131"], totals[told] > 0)
            totals[told] -= 1


# ---- the model


def features(value):
    """Marks; one of a ladder stands for all below it."""
    met = set(value.marks)
    for ladder in LADDERS:
        reached = [count for count, step in enumerate(ladder) if step in value.marks]
        met.update(ladder[: max(reached) + 1] if reached else ())
    return sorted(met)


def fitted(rows):
    """start, {mark: weight} of the logistic model; rows are (features, right)."""
    marks = sorted({mark for met, _ in rows for mark in met})
    place = {mark: count for count, mark in enumerate(marks)}
    groups = collections.Counter((tuple(sorted(place[mark] for mark in met)), right) for met, right in rows)
    weights, start = [0.0] * len(marks), 2.0
    # Newton's step for one weight at a time, a few rounds over all of them: small, sure to end, and without a library.
    for _ in range(40):
        moved = 0.0
        sums = {met: start + sum(weights[mark] for mark in met) for met, _ in groups}
        members = collections.defaultdict(list)
        for (met, right), count in groups.items():
            for mark in met:
                members[mark].append((met, right, count))
        for mark in (None, *range(len(marks))):
            gradient = curve = 0.0
            for met, right, count in (((met, right, count) for (met, right), count in groups.items()) if mark is None else members[mark]):
                share_right = 1 / (1 + math.exp(-max(-30, min(30, sums[met]))))
                gradient += count * (right - share_right)
                curve += count * share_right * (1 - share_right)
            held = 0.01 if mark is None else SHRINK
            now = start if mark is None else weights[mark]
            step = max(-1.0, min(1.0, (gradient - held * now) / (curve + held)))
            after = now + step
            if mark is not None and marks[mark] in STEPS:
                after = max(0.0, after)
            step = after - now
            moved = max(moved, abs(step))
            if mark is None:
                start = after
                for met in sums:
                    sums[met] += step
            else:
                weights[mark] = after
                for met in sums:
                    if mark in met:
                        sums[met] += step
        if moved < 1e-3:
            break
    return start, dict(zip(marks, weights))


def total(model, met):
    start, weights = model
    return start + sum(weights.get(mark, 0.0) for mark in set(met))


def foretold(rows):
    """For each value the sum that a model gives which never saw its layout."""
    layouts = sorted({value.layout for value in rows})
    fold = {layout: count % FOLDS for count, layout in enumerate(layouts)}
    sums = []
    for part in range(FOLDS):
        seen = [(features(value), value.right) for value in rows if fold[value.layout] != part]
        if not seen:
            continue
        model = fitted(seen)
        met = collections.Counter(mark for marks, _ in seen for mark in marks)
        for value in rows:
            if fold[value.layout] == part:
                known = all(met[mark] >= 20 or mark in PROOFS for mark in features(value))
                sums.append((total(model, features(value)), known, value))
    return sums


def wilson(wrong, count):
    """The upper bound of a share, 95 % one-sided."""
    if not count:
        return 1.0
    z, p = 1.645, wrong / count
    middle = p + z * z / (2 * count)
    return (middle + z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))) / (1 + z * z / count)


def is_scan(value):
    return "layer" not in value.marks


def is_sure(entry, sure):
    score, known, value = entry
    least = sure[is_scan(value)]
    return known and least is not None and score >= least


def by_sum(sums, scan):
    """(sum, values, wrong ones) from the highest sum down, each counted with all above it."""
    ordered = sorted((entry for entry in sums if entry[1] and is_scan(entry[2]) == scan), key=lambda entry: -entry[0])
    wrong = 0
    for position, (score, _, value) in enumerate(ordered):
        wrong += not value.right
        if position + 1 == len(ordered) or ordered[position + 1][0] < score - 1e-9:
            yield score, position + 1, wrong


def common_sure(sums, wrong_share, scan):
    """The lowest sum above which hardly a value of any term is wrong; None if there is none."""
    best = None
    for score, count, wrong in by_sum(sums, scan):
        if count >= FEWEST and wrong <= wrong_share * count and wilson(wrong, count) <= LIMIT:
            best = score
    return best


def sure_from(sums, common, scan):
    """The lowest sum from the common one on above which hardly a value of this term is wrong; None if there is none."""
    best = None
    for score, count, wrong in by_sum(sums, scan):
        if common is not None and score >= common and count >= FEWEST and wrong <= OF_ONE_TERM * count:
            best = score
    return best


def measured(rows, wrong_share):
    """term → (model, marks met, sure, foretold sums)"""
    by_term = collections.defaultdict(list)
    for value in rows:
        by_term[value.term].append(value)
    terms = sorted(by_term, key=lambda term: (term[:2], int(term[3:])))
    sums = {term: foretold(by_term[term]) for term in terms}
    # Line totals are many and prove each other; they would drown the header.
    header = [entry for term in terms if term != "BT-131" for entry in sums[term]]
    common = {scan: common_sure(header, wrong_share, scan) for scan in (False, True)}
    table = {}
    for term in terms:
        model = fitted([(features(value), value.right) for value in by_term[term]])
        met = collections.Counter(mark for value in by_term[term] for mark in features(value))
        table[term] = model, met, tuple(sure_from(sums[term], common[scan], scan) for scan in (False, True)), sums[term]
    return table


# ---- what is told


def write(table, path):
    with open(path, "w", encoding="utf-8") as out:
        out.write("# How sure guessed values are: term, mark, weight, values counted. Written by tests/corpus/fit.py; read by src/extract/guess/certainty.rs.\n")
        for term, ((start, weights), met, sure, sums) in table.items():
            out.write(f"{term}\tstart\t{start:.3f}\t{len(sums)}\n")
            for mark, weight in sorted(weights.items()):
                out.write(f"{term}\t{mark}\t{weight:.3f}\t{met[mark]}\n")
            for scan, name in ((False, "sure-layer"), (True, "sure-scan")):
                if sure[scan] is not None:
                    often = sum(is_sure(entry, sure) and is_scan(entry[2]) == scan for entry in sums)
                    out.write(f"{term}\t{name}\t{sure[scan]:.3f}\t{often}\n")


def told(title, scored, table):
    """scored: term → [(sum, known, value)]"""
    print(f"\n{title}\n{'term':8}{'given':>7}{'right':>7}{'share':>8}{'sure':>7}{'of it wrong':>13}{'at most':>9}{'scans':>9}{'sure':>7}{'of it wrong':>13}")
    documents = collections.defaultdict(lambda: [0, 0])
    whole = [0, 0]
    for term in table:
        entries = scored.get(term, [])
        sure = [entry[2] for entry in entries if is_sure(entry, table[term][2])]
        wrong = [value for value in sure if not value.right]
        right = sum(value.right for *_, value in entries)
        scans = [value for value in sure if is_scan(value)]
        line = f"{term:8}{len(entries):7}{right:7}{right / max(1, len(entries)):8.3f}{len(sure):7}{len(wrong):13}{wilson(len(wrong), len(sure)):9.4f}"
        print(f"{line}{sum(is_scan(value) for *_, value in entries):9}{len(scans):7}{sum(not value.right for value in scans):13}")
        whole[0] += len(sure)
        whole[1] += len(wrong)
        for value in sure:
            if term in NEEDED:
                documents[value.source, value.document][not value.right] += 1
    spoilt = sum(bad > 0 for _, bad in documents.values())
    print(f"sure {whole[0]}, wrong {whole[1]} = {whole[1] / max(1, whole[0]):.4f}; documents with a sure and wrong needed value: {spoilt}")
    by_source = collections.Counter(source for (source, _), (_, bad) in documents.items() if bad)
    for source, bad in by_source.items():
        print(f"  of them {bad} in {source}")
    shares = collections.defaultdict(lambda: [0, 0])
    for entries in scored.values():
        for score, known, value in entries:
            confidence = 1 / (1 + math.exp(-score))
            shares[min(int(confidence * 10), 9)][0] += value.right
            shares[min(int(confidence * 10), 9)][1] += 1
    print("calibration: " + "  ".join(f"{bin / 10:.1f}: {right}/{count} = {right / count:.3f}" for bin, (right, count) in sorted(shares.items())))


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("pairs", nargs="+", metavar="TRUTH=ANSWERS")
    asked.add_argument("--check", action="append", default=[], metavar="TRUTH=ANSWERS")
    asked.add_argument("--write", action="store_true")
    asked.add_argument("--wrong", type=float, default=WRONG, help="share of sure values that may be wrong (default %(default)s)")
    asked.add_argument("--errors", action="store_true", help="lists sure and wrong values, with their marks")
    said = asked.parse_args()
    rows = list(values(said.pairs))
    table = measured(rows, said.wrong)
    told("with the layout left out", {term: entry[3] for term, entry in table.items()}, table)
    for pair in said.check:
        scored = collections.defaultdict(list)
        for value in values([pair]):
            if value.term in table:
                model, met, *_ = table[value.term]
                known = all(met[mark] >= 20 or mark in PROOFS for mark in features(value))
                scored[value.term].append((total(model, features(value)), known, value))
        told(f"check: {pair.split('=')[0]}", scored, table)
        if said.errors:
            errors(scored, table)
    if said.errors:
        errors({term: entry[3] for term, entry in table.items()}, table)
    if said.write:
        write(table, TABLE)
        print(f"\nwrote {os.path.normpath(TABLE)}")


def errors(scored, table):
    for term, entries in scored.items():
        for entry in entries:
            value = entry[2]
            if is_sure(entry, table[term][2]) and not value.right:
                print("sure and wrong:", term, value.document, value.layout, " ".join(sorted(value.marks)))


if __name__ == "__main__":
    sys.exit(main())
