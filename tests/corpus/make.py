#!/usr/bin/env python3
"""Makes documents with truth in layouts drawn at random: as many as asked for, the same ones every time.

    python3 -m venv /tmp/corpus && /tmp/corpus/bin/pip install -r tests/corpus/requirements.txt
    /tmp/corpus/bin/python tests/corpus/make.py OUT 400              OUT/docs, OUT/truth.jsonl: scans and PDFs
    /tmp/corpus/bin/python tests/corpus/make.py OUT 1000 --clean     born-digital PDFs only, other documents
    … --from 100 --to 200    only these of them (truth is appended)

Two documents share a layout; nothing else is shared, so a layout left out is a layout never seen. Only values that
stand on the page are truth. Net and VAT total are truth also where they follow from printed VAT rows; a due date also
where it follows from the issue date and a number of days; none follows from "zahlbar sofort".
"""

import argparse
import json
import pathlib
import random
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "samples"))
from grammar import affair, letters, page, scan  # noqa: E402
from grammar.style import Style  # noqa: E402

# Of a hundred layouts.
KINDS = (["plain"] * 44 + ["utility"] * 6 + ["telco"] * 3 + ["receipt"] * 6 + ["small"] * 6 + ["reverse"] * 5 + ["stage"] * 3 + ["final"] * 4 + ["credit"] * 7
         + ["reminder"] * 3 + ["delivery"] * 3 + ["confirmation"] * 3 + ["offer"] * 2 + ["notice"] * 2 + ["application"] * 1 + ["letter"] * 2)


def document(seed, number, clean):
    """Ending, bytes and truth of the document with this number."""
    layout = number // 2
    kind = random.Random(f"{seed}/kinds/{layout}").choice(KINDS)
    style = Style(random.Random(f"{seed}/style/{layout}"), kind)
    chance = random.Random(f"{seed}/document/{number}")
    case = affair.make(chance, style, kind)
    paper = page.Paper(case, style, chance)
    if kind == "receipt":
        pdf = letters.receipt(case, style, chance, paper)
    else:
        pdf, paper = page.draw(case, style, chance)
    born = clean or chance.random() < 0.22
    if born:
        ending, content, described, stamp = "pdf", pdf, None, False
        pages = [{"kind": "content", "src": count, "rot": 0} for count in range(paper.sheet.pages)]
    else:
        ending, content, described, pages, stamp = scan.scanned(pdf, chance, duplex=chance.random() < 0.08)
    name = f"{'p' if clean else 'c'}{number:04d}"
    truth = {"id": name, "file": f"docs/{name}.{ending}", "layout": f"{'P' if clean else 'C'}{layout:03d}-{kind}", "doc_class": case.doc_class, "source": "synthetic", "scan": described, "stamp": stamp, "duplex": any(p["kind"] == "blank" for p in pages),
             "fields": paper.fields, "lines": paper.lines, "due_explicit": paper.explicit, "girocode": paper.code, "kind": "receipt" if kind == "receipt" else None, "pages": pages}
    return ending, content, truth


def main():
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("out", type=pathlib.Path)
    said.add_argument("documents", type=int)
    said.add_argument("--clean", action="store_true")
    said.add_argument("--from", dest="first", type=int, default=0)
    said.add_argument("--to", type=int)
    said.add_argument("--seed", default="laufmappe")
    asked = said.parse_args()
    seed = f"{asked.seed}/{'clean' if asked.clean else 'scan'}"
    (asked.out / "docs").mkdir(parents=True, exist_ok=True)
    with open(asked.out / "truth.jsonl", "a" if asked.first else "w", encoding="utf-8") as truths:
        for number in range(asked.first, min(asked.to or asked.documents, asked.documents)):
            _, content, truth = document(seed, number, asked.clean)
            (asked.out / truth["file"]).write_bytes(content)
            truths.write(json.dumps(truth, ensure_ascii=False) + "\n")
            truths.flush()


if __name__ == "__main__":
    main()
