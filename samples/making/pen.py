"""Two surfaces under one pen: PDF pages and 300 dpi gray images. Places are millimetres from the top left corner.

Layouts write to either, so a scan is the same page that could have come as a file.
"""

import io
import os

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 210, 297
POINT = 25.4 / 72
DPI = 300
DOT = 25.4 / DPI

FOLDER = "/usr/share/fonts/truetype/"
FONTS = {
    "sans": "liberation/LiberationSans-Regular.ttf",
    "sans-bold": "liberation/LiberationSans-Bold.ttf",
    "narrow": "liberation/LiberationSansNarrow-Regular.ttf",
    "serif": "liberation/LiberationSerif-Regular.ttf",
    "serif-bold": "liberation/LiberationSerif-Bold.ttf",
    "serif-italic": "liberation/LiberationSerif-Italic.ttf",
    "round": "dejavu/DejaVuSans.ttf",
    "round-bold": "dejavu/DejaVuSans-Bold.ttf",
    "mono": "liberation/LiberationMono-Regular.ttf",
    "mono-bold": "liberation/LiberationMono-Bold.ttf",
}
BLACK = (0, 0, 0)


def font_file(font):
    path = FOLDER + FONTS[font]
    if not os.path.exists(path):
        raise SystemExit(f"{path} is missing; apt install fonts-liberation fonts-dejavu-core")
    return path


class Pen:
    """What both surfaces share: wrapping and alignment."""

    def right(self, x, y, text, **style):
        size, font = style.get("size", 10), style.get("font", "sans")
        self.text(x - self.width(text, size, font), y, text, **style)

    def centre(self, x, y, text, **style):
        size, font = style.get("size", 10), style.get("font", "sans")
        self.text(x - self.width(text, size, font) / 2, y, text, **style)

    def paragraph(self, x, y, width, text, leading=4.6, **style):
        """Writes wrapped text and returns the y below it."""
        size, font = style.get("size", 10), style.get("font", "sans")
        for piece in text.split("\n"):
            line = ""
            for word in piece.split(" "):
                longer = f"{line} {word}" if line else word
                if line and self.width(longer, size, font) > width:
                    self.text(x, y, line, **style)
                    y, line = y + leading, word
                else:
                    line = longer
            self.text(x, y, line, **style)
            y += leading
        return y

    def lines(self, x, y, texts, leading=4.6, **style):
        for text in texts:
            self.text(x, y, text, **style)
            y += leading
        return y


class PdfPen(Pen):
    def __init__(self, title, author, encrypt=None):
        self.bytes = io.BytesIO()
        for font in FONTS:
            if font not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(font, font_file(font)))
        self.canvas = Canvas(self.bytes, pagesize=(WIDTH / POINT, HEIGHT / POINT), invariant=1, encrypt=encrypt,
                             initialFontName="sans", pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)

    def width(self, text, size, font):
        return pdfmetrics.stringWidth(text, font, size) * POINT

    def text(self, x, y, text, size=10, font="sans", ink=BLACK):
        self.canvas.setFont(font, size)
        self.canvas.setFillColorRGB(*ink)
        self.canvas.drawString(x / POINT, (HEIGHT - y) / POINT, text)

    def line(self, x1, y1, x2, y2, thick=0.2, ink=BLACK):
        self.canvas.setLineWidth(thick / POINT)
        self.canvas.setStrokeColorRGB(*ink)
        self.canvas.line(x1 / POINT, (HEIGHT - y1) / POINT, x2 / POINT, (HEIGHT - y2) / POINT)

    def box(self, x, y, width, height, ink=BLACK):
        self.canvas.setFillColorRGB(*ink)
        self.canvas.rect(x / POINT, (HEIGHT - y - height) / POINT, width / POINT, height / POINT, stroke=0, fill=1)

    def next_page(self):
        self.canvas.showPage()

    def finished(self):
        self.canvas.save()
        return self.bytes.getvalue()


class ImagePen(Pen):
    def __init__(self):
        self.pages = []
        self.next_page()

    def next_page(self):
        self.pages.append(Image.new("L", (round(WIDTH / DOT), round(HEIGHT / DOT)), 255))
        self.draw = ImageDraw.Draw(self.pages[-1])

    def width(self, text, size, font):
        return _image_font(font, size).getlength(text) * DOT

    def text(self, x, y, text, size=10, font="sans", ink=BLACK):
        self.draw.text((x / DOT, y / DOT), text, font=_image_font(font, size), fill=_gray(ink), anchor="ls")

    def line(self, x1, y1, x2, y2, thick=0.2, ink=BLACK):
        self.draw.line((x1 / DOT, y1 / DOT, x2 / DOT, y2 / DOT), fill=_gray(ink), width=max(1, round(thick / DOT)))

    def box(self, x, y, width, height, ink=BLACK):
        corner = (round((x + width) / DOT) - 1, round((y + height) / DOT) - 1)
        self.draw.rectangle((round(x / DOT), round(y / DOT), *corner), fill=_gray(ink))


_LOADED = {}


def _image_font(font, size):
    key = font, size
    if key not in _LOADED:
        _LOADED[key] = ImageFont.truetype(font_file(font), size * POINT / DOT, layout_engine=ImageFont.Layout.BASIC)
    return _LOADED[key]


def _gray(ink):
    red, green, blue = ink
    return round(255 * (0.299 * red + 0.587 * green + 0.114 * blue))
