"""Paper: millimetres from the top left corner, fonts, lines, pages.

In: drawing calls. Out: the bytes of a PDF. Absent on purpose: what is drawn.
"""

import io
import os

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

POINT = 25.4 / 72
TRUETYPE = "/usr/share/fonts/truetype/"
OUTLINES, METRICS = "/usr/share/fonts/X11/Type1/", "/usr/share/fonts/type1/urw-base35/"
FAMILIES = {
    **{name: tuple(f"liberation/{name}-{cut}.ttf" for cut in ("Regular", "Bold", "Italic")) for name in ("LiberationSans", "LiberationSerif", "LiberationMono", "LiberationSansNarrow")},
    "DejaVuSans": ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "dejavu/DejaVuSans-Oblique.ttf"),
    "DejaVuSerif": ("dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSerif-Bold.ttf", "dejavu/DejaVuSerif-Italic.ttf"),
    "DejaVuSansCondensed": ("dejavu/DejaVuSansCondensed.ttf", "dejavu/DejaVuSansCondensed-Bold.ttf", "dejavu/DejaVuSansCondensed-Oblique.ttf"),
    "DejaVuSerifCondensed": ("dejavu/DejaVuSerifCondensed.ttf", "dejavu/DejaVuSerifCondensed-Bold.ttf", "dejavu/DejaVuSerifCondensed-Italic.ttf"),
    "URWBookman": ("URWBookman-Light", "URWBookman-Demi", "URWBookman-LightItalic"), "URWGothic": ("URWGothic-Book", "URWGothic-Demi", "URWGothic-BookOblique"),
    "C059": ("C059-Roman", "C059-Bold", "C059-Italic"), "P052": ("P052-Roman", "P052-Bold", "P052-Italic"), "NimbusSans": ("NimbusSans-Regular", "NimbusSans-Bold", "NimbusSans-Italic"),
    "Z003": ("Z003-MediumItalic",) * 3,
}


def face(family, cut=0):
    """The name of a registered font: 0 upright, 1 bold, 2 italic."""
    name = f"{family}-{cut}"
    if name not in pdfmetrics.getRegisteredFontNames():
        file = FAMILIES[family][cut]
        if file.endswith(".ttf"):
            pdfmetrics.registerFont(TTFont(name, TRUETYPE + file))
        else:
            pdfmetrics.registerTypeFace(type1(file))
            pdfmetrics.registerFont(pdfmetrics.Font(name, type1(file).name, "WinAnsiEncoding"))
    return name


def type1(file, known={}):
    if file not in known:
        known[file] = pdfmetrics.EmbeddedType1Face(f"{METRICS}{file}.afm", f"{OUTLINES}{file}.pfb")
    return known[file]


class Sheet:
    def __init__(self, style, size=(210, 297)):
        self.style, self.wide, self.high = style, *size
        self.bytes = io.BytesIO()
        self.canvas = Canvas(self.bytes, pagesize=(self.wide / POINT, self.high / POINT), invariant=1, pageCompression=1)
        self.y, self.pages, self.bottom = 20, 1, self.high - 32
        self.at_end = lambda: None
        self.at_start = lambda: None

    def width(self, text, size=None, bold=0, font=None):
        return pdfmetrics.stringWidth(text, face(font or self.style.font, bold), size or self.style.size) * POINT

    def text(self, x, y, text, size=None, bold=0, ink=None, font=None):
        self.canvas.setFont(face(font or self.style.font, bold), size or self.style.size)
        self.canvas.setFillColorRGB(*(ink or self.style.ink))
        self.canvas.drawString(x / POINT, (self.high - y) / POINT, text)

    def right(self, x, y, text, size=None, bold=0, ink=None, font=None):
        self.text(x - self.width(text, size, bold, font), y, text, size, bold, ink, font)

    def centre(self, x, y, text, size=None, bold=0, ink=None, font=None):
        self.text(x - self.width(text, size, bold, font) / 2, y, text, size, bold, ink, font)

    def wrapped(self, text, width, size=None, bold=0):
        for piece in text.split("\n"):
            line = ""
            for word in piece.split(" "):
                longer = f"{line} {word}" if line else word
                if line and self.width(longer, size, bold) > width:
                    yield line
                    line = word
                else:
                    line = longer
            yield line

    def paragraph(self, text, width=None, size=None, bold=0, x=None):
        """At the running height; breaks pages."""
        style = self.style
        x = style.left if x is None else x
        for line in self.wrapped(text, width or self.edge - x, size, bold):
            self.need(style.leading)
            self.text(x, self.y, line, size, bold)
            self.y += style.leading * (size or style.size) / style.size

    @property
    def edge(self):
        return self.style.right - (48 if self.style.head == "sidebar" else 0)

    def line(self, x1, y1, x2, y2, thick=0.2, ink=(0, 0, 0), dots=False):
        self.canvas.setDash([1, 2] if dots else [])
        self.canvas.setLineWidth(thick / POINT)
        self.canvas.setStrokeColorRGB(*ink)
        self.canvas.line(x1 / POINT, (self.high - y1) / POINT, x2 / POINT, (self.high - y2) / POINT)
        self.canvas.setDash([])

    def box(self, x, y, width, height, ink=None, stroke=None):
        if ink:
            self.canvas.setFillColorRGB(*ink)
        if stroke:
            self.canvas.setLineWidth(0.2 / POINT)
            self.canvas.setStrokeColorRGB(*stroke)
        self.canvas.rect(x / POINT, (self.high - y - height) / POINT, width / POINT, height / POINT, stroke=int(bool(stroke)), fill=int(bool(ink)))

    def picture(self, image, x, y, width):
        from reportlab.lib.utils import ImageReader
        self.canvas.drawImage(ImageReader(image), x / POINT, (self.high - y - width) / POINT, width / POINT, width / POINT)

    def need(self, height):
        if self.y + height > self.bottom:
            self.next_page()
            return True
        return False

    def next_page(self):
        self.at_end()
        self.canvas.showPage()
        self.pages += 1
        self.y = 25
        self.at_start()

    def finished(self):
        self.at_end()
        self.canvas.save()
        return self.bytes.getvalue()
