"""XML as a nested list: `[name, {attributes}, child, child …]`; a child is a list or a text. Nothing in, nothing out.

`None` and elements left without content vanish, so that writers need no conditions.
"""

from xml.sax.saxutils import escape, quoteattr


def document(root, head=""):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + head + _written(_pruned(root), 0)).encode()


def _pruned(node):
    if isinstance(node, str):
        return node
    name, *rest = node
    attributes = rest.pop(0) if rest and isinstance(rest[0], dict) else {}
    children = [_pruned(child) for child in rest if child is not None and child != ""]
    children = [child for child in children if child is not None]
    return [name, attributes, *children] if children else None


def _written(node, depth):
    name, attributes, *children = node
    indent = "  " * depth
    start = indent + "<" + name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items()) + ">"
    if isinstance(children[0], str):
        return f"{start}{escape(children[0])}</{name}>\n"
    inner = "".join(_written(child, depth + 1) for child in children)
    return f"{start}\n{inner}{indent}</{name}>\n"
