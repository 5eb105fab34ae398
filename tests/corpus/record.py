#!/usr/bin/env python3
"""Keeps some documents of a made set as recorded readings for tests/reading.rs.

    tests/corpus/record.py TRUTH READINGS COUNT [TRUTH READINGS COUNT …]

READINGS is a folder with what was read from each document, one `recognise::Text` as JSON, named after the file
(`c0001.pdf.json`). Takes documents evenly over the set, one of each layout, short ones only, and writes
tests/corpus/readings.jsonl (a word is [text, x, y, width, height, confidence, line]) and tests/corpus/truth.jsonl.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LONGEST = 3  # pages


def recorded(truth_file, folder, count):
    layouts = {}
    for line in open(truth_file, encoding="utf-8"):
        truth = json.loads(line)
        path = os.path.join(folder, os.path.basename(truth["file"]) + ".json")
        if os.path.exists(path) and len(truth["pages"]) <= LONGEST:
            layouts.setdefault(truth["layout"], (truth, path))
    chosen = list(layouts.values())
    step = len(chosen) / count
    for number in range(count):
        truth, path = chosen[int(number * step)]
        kept = {name: truth[name] for name in ("id", "layout", "doc_class", "fields", "lines")}
        kept["lines"] = [line["total"] for line in truth["lines"]] if truth["lines"] else None
        yield kept, {"id": truth["id"], "pages": [page(page_read) for page_read in json.load(open(path, encoding="utf-8"))["pages"]]}


def page(read):
    words = [[word["text"], *(round(word[side], 1) for side in ("x", "y", "width", "height")), round(word["confidence"], 2), word["line"]] for word in read["words"]]
    codes = [{"symbology": code["symbology"], "text": code["text"], "area": [round(side, 1) for side in code["area"]]} for code in read.get("codes", ())]
    return {"number": read["number"], "kind": read["kind"], "size": [round(read["width"], 1), round(read["height"], 1)], "words": words, "codes": codes}


def main(said):
    with open(os.path.join(HERE, "truth.jsonl"), "w", encoding="utf-8") as truths, open(os.path.join(HERE, "readings.jsonl"), "w", encoding="utf-8") as readings:
        for truth_file, folder, count in zip(said[::3], said[1::3], said[2::3]):
            for truth, reading in recorded(truth_file, folder, int(count)):
                truths.write(json.dumps(truth, ensure_ascii=False) + "\n")
                readings.write(json.dumps(reading, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:]) if len(sys.argv) > 3 and len(sys.argv) % 3 == 1 else sys.exit(__doc__)
