"""Clean pages → what a scanner makes of them.

In: a PDF and chance. Out: the bytes of a file (PDF, TIFF, JPEG) and what was done to it. Every grain of noise comes from a
generator with a fixed seed. Needs `pdftoppm` (poppler).
"""

import io
import subprocess
import time

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .sheet import FAMILIES, TRUETYPE

# Least and most: skew in degrees, blur in dots, noise in gray levels, specks; share of black on white.
PROFILES = {"clean": (0.35, (0, 0.4), (1, 5), 20, 0.5), "office": (0.9, (0.2, 0.8), (3, 9), 80, 0.45), "poor": (1.9, (0.5, 1.1), (6, 16), 260, 0.35), "fax": (1.0, (0.2, 0.7), (2, 8), 500, 1.0)}


def scanned(pdf, chance, duplex=False):
    """(file ending, bytes, description, pages: (kind, source, turned))"""
    profile = chance.choice(("clean", "clean", "office", "office", "office", "poor", "fax"))
    most_skew, blurs, noises, specks, bilevel_share = PROFILES[profile]
    bilevel = chance.random() < bilevel_share
    dpi = 200 if profile == "fax" or chance.random() < 0.3 else 300
    grains = numpy.random.default_rng(chance.getrandbits(60))
    pages, kinds = [], []
    stamp = chance.random() < 0.25
    holes = chance.random() < 0.3
    turn_all = chance.choice((90, 180, 270)) if chance.random() < 0.05 else 0
    for number, image in enumerate(rasters(pdf, dpi)):
        if stamp and number == 0:
            stamped(image, chance, dpi)
        if number == 0 and chance.random() < 0.12:
            scribbled(image, chance, dpi)
        image = worn(image, chance, grains, dpi, chance.uniform(-most_skew, most_skew), chance.uniform(*blurs), chance.uniform(*noises), chance.randint(0, specks), holes, pages[-1] if pages and chance.random() < 0.1 else None)
        turn = turn_all or (180 if number and chance.random() < 0.03 else 0)
        pages.append(image.transpose({90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}[turn]) if turn else image)
        kinds.append({"kind": "content", "src": number, "rot": turn})
        if duplex:
            back = Image.new("L", image.size, 255)
            pages.append(worn(back, chance, grains, dpi, 0, 0.5, chance.uniform(*noises), 20, holes, image if chance.random() < 0.5 else None))
            kinds.append({"kind": "blank", "src": None, "rot": 0})
    if bilevel:
        threshold = chance.randint(152, 195)
        pages = [page.point(lambda level: 255 if level > threshold else 0).convert("1", dither=Image.Dither.NONE) for page in pages]
    ending, content = written(pages, bilevel, dpi, chance)
    return ending, content, {"profile": profile, "dpi": dpi, "mode": "bilevel" if bilevel else "gray", "container": ending}, kinds, stamp


def rasters(pdf, dpi):
    out = subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout
    place = 0
    while place < len(out):
        head = out[place:place + 40].split(b"\n", 3)
        wide, high = map(int, head[1].split())
        start = place + len(b"\n".join(head[:3])) + 1
        yield Image.frombytes("L", (wide, high), out[start:start + wide * high])
        place = start + wide * high


def worn(image, chance, grains, dpi, skew, blur, noise, specks, holes, behind):
    if abs(skew) > 0.05:
        image = image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)
    if blur > 0.1:
        image = image.filter(ImageFilter.GaussianBlur(blur * dpi / 300))
    paper, black = chance.uniform(228, 254), chance.uniform(10, 75)
    grey = numpy.asarray(image, dtype=numpy.float32) / 255
    if behind is not None and behind.size == image.size:
        shine = numpy.asarray(behind.convert("L").transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2)), dtype=numpy.float32) / 255
        grey = grey * (1 - chance.uniform(0.05, 0.16) * (1 - shine))
    grey = black + (paper - black) * grey + grains.standard_normal(grey.shape, dtype=numpy.float32) * noise
    if chance.random() < 0.3:
        grey -= chance.uniform(5, 25) * numpy.linspace(0, 1, grey.shape[1], dtype=numpy.float32)[None, :] ** 2
    if chance.random() < 0.12:
        grey[:, : int(dpi * chance.uniform(0.03, 0.12))] -= 140
    image = Image.fromarray(numpy.clip(grey, 0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(specks):
        x, y, size = int(grains.integers(image.width)), int(grains.integers(image.height)), int(grains.integers(0, 3))
        draw.ellipse((x, y, x + size, y + size), fill=int(grains.integers(20, 170)))
    if holes:
        x = int(dpi * 0.47)
        for y in (image.height // 2 - int(dpi * 1.57), image.height // 2 + int(dpi * 1.57)):
            draw.ellipse((x - dpi // 9, y - dpi // 9, x + dpi // 9, y + dpi // 9), fill=chance.choice((20, 60, 215)))
    return image


def letters(name, cut, size):
    return ImageFont.truetype(TRUETYPE + FAMILIES[name][cut], size, layout_engine=ImageFont.Layout.BASIC)


def stamped(image, chance, dpi):
    """A stamp of receipt, mostly in free space: a date that is not the invoice's."""
    wide, high = int(dpi * chance.uniform(1.5, 2.4)), int(dpi * chance.uniform(0.6, 1.1))
    stamp = Image.new("L", (wide, high), 255)
    draw = ImageDraw.Draw(stamp)
    ink = chance.randint(60, 130)
    if chance.random() < 0.7:
        draw.rectangle((3, 3, wide - 4, high - 4), outline=ink, width=max(2, dpi // 60))
    month = chance.choice(("JAN.", "FEB.", "MRZ.", "APR.", "MAI", "JUNI", "JULI", "AUG.", "SEP.", "OKT.", "NOV.", "DEZ."))
    rows = [chance.choice(("EINGEGANGEN", "Eingang", "Posteingang", "EINGANG", "Rathaus Eingang", "Erhalten am")), chance.choice((f"{chance.randint(1, 28):02d}. {month} 20{chance.randint(23, 26)}", f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.20{chance.randint(23, 26)}")), chance.choice(("Anl. ____", "Abt.", "Kämmerei", "sachl. richtig"))]
    for row, text in enumerate(rows):
        draw.text((wide / 2, high * (row + 0.6) / 3.2), text, font=letters("LiberationSans", 1, int(high / (3.4 if row == 1 else 5))), fill=ink, anchor="mm")
    stamp = stamp.rotate(chance.uniform(-9, 9), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    grey = numpy.asarray(image)
    best = None
    for _ in range(12):
        x, y = chance.randint(0, max(1, image.width - stamp.width)), chance.randint(0, max(1, int(image.height * 0.6) - stamp.height))
        ink_there = int((grey[y:y + stamp.height, x:x + stamp.width] < 128).sum())
        if best is None or ink_there < best[0]:
            best = (ink_there, x, y)
        if chance.random() < 0.08:
            break
    _, x, y = best
    area = (x, y, x + stamp.width, y + stamp.height)
    image.paste(Image.fromarray(numpy.minimum(numpy.asarray(image.crop(area)), numpy.asarray(stamp)[: image.height - y, : image.width - x])), (x, y))


def scribbled(image, chance, dpi):
    """A note by hand in the margin, and perhaps a tick."""
    draw = ImageDraw.Draw(image)
    face = letters("DejaVuSerif", 2, int(dpi * 0.14))
    text = chance.choice(("o.k. Mü", "bez. 12.3.", "sachl. richtig  K.", "Kst 4711", "gebucht", "geprüft: Ba.", "HHSt. 1.2345.678"))
    x, y = int(image.width * chance.uniform(0.45, 0.75)), int(image.height * chance.uniform(0.55, 0.88))
    draw.text((x, y), text, font=face, fill=90)
    draw.line((x - dpi // 3, y, x - dpi // 4, y + dpi // 8, x - dpi // 12, y - dpi // 6), fill=80, width=max(2, dpi // 90))


def written(pages, bilevel, dpi, chance):
    out = io.BytesIO()
    form = chance.choice(("pdf", "pdf", "pdf", "tif", "jpg") if len(pages) == 1 and not bilevel else ("pdf", "pdf", "tif"))
    when = time.gmtime(1_790_000_000)
    if form == "jpg":
        pages[0].save(out, "JPEG", quality=chance.randint(45, 85), dpi=(dpi, dpi))
    elif form == "tif":
        pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4" if bilevel else "tiff_lzw" if len(pages) > 1 else "jpeg", dpi=(dpi, dpi))
    else:
        pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, creationDate=when, modDate=when, **({} if bilevel else {"quality": chance.randint(45, 85)}))
    return form, out.getvalue()
