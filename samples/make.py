#!/usr/bin/env python3
"""Makes every file in samples/post and samples/expected; the same bytes every time.

    python3 -m venv /tmp/samples && /tmp/samples/bin/pip install -r samples/requirements.txt
    /tmp/samples/bin/python samples/make.py            writes them
    /tmp/samples/bin/python samples/make.py --check    makes them again and compares; exit 1 if anything differs
"""

import hashlib
import pathlib
import sys

sys.dont_write_bytecode = True
from making import post  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def made():
    """Path below samples/ → bytes."""
    files = {}
    for name, content, documents, *sheets in post.everything():
        files[f"post/{name}"] = content
        files[f"expected/{name}.json"] = post.expected_text(documents, *sheets)
    return files


def write(files):
    for folder in ("post", "expected"):
        (HERE / folder).mkdir(exist_ok=True)
        for stale in sorted((HERE / folder).iterdir()):
            if f"{folder}/{stale.name}" not in files:
                stale.unlink()
    for path, content in files.items():
        (HERE / path).write_bytes(content)
        print(f"{len(content):>9}  {hashlib.sha256(content).hexdigest()[:16]}  {path}")


def check(files):
    wrong = [path for path, content in files.items()
             if not (HERE / path).is_file() or (HERE / path).read_bytes() != content]
    lying = [f"{folder}/{file.name}" for folder in ("post", "expected") for file in (HERE / folder).iterdir()]
    wrong += [f"{path} (nobody makes this)" for path in lying if path not in files]
    for path in wrong:
        print("differs:", path)
    print(f"{len(files)} files, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(check(made()))
    if sys.argv[1:]:
        sys.exit(__doc__)
    write(made())
