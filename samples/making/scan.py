"""Clean page → what a scanner of the town hall makes of it; and the files scanners write.

Every grain of noise comes from a generator with a fixed seed.
"""

import io

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .pen import DPI, font_file

STAMP_DOTS = (620, 250)


def scanned(page, seed, skew, noise=6.0, paper=246, shadow=True):
    """Gray page with skew (degrees), paper tone, a darker edge, grain and dust."""
    chance = numpy.random.default_rng(seed)
    turned = page.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.7))
    ink = 1 - numpy.asarray(turned, dtype=numpy.float32) / 255
    height, width = ink.shape
    ground = paper + chance.normal(0, noise, ink.shape).astype(numpy.float32)
    ground -= 5 * numpy.linspace(0, 1, width, dtype=numpy.float32)[None, :] ** 2
    if shadow:
        ground[:, :14] -= 70 * numpy.linspace(1, 0, 14, dtype=numpy.float32)[None, :]
    picture = ground * (1 - ink) + (38 + chance.normal(0, noise, ink.shape).astype(numpy.float32)) * ink
    image = Image.fromarray(numpy.clip(picture, 0, 255).astype(numpy.uint8))
    _dust(image, chance, 60)
    return image


def _dust(image, chance, grains):
    draw = ImageDraw.Draw(image)
    for _ in range(grains):
        x, y = int(chance.integers(image.width)), int(chance.integers(image.height))
        size = int(chance.integers(1, 4))
        draw.ellipse((x, y, x + size, y + size), fill=int(chance.integers(90, 190)))


def black_and_white(image, threshold=150):
    return image.point(lambda level: 255 if level > threshold else 0).convert("1", dither=Image.Dither.NONE)


def back_of(image, seed, strength=0.0):
    """The empty back of a sheet; `strength` lets the front shine through, mirrored."""
    front = image.convert("L").transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2.2))
    faint = front.point(lambda level: round(255 - (255 - level) * strength))
    return scanned(faint, seed, 0.2, shadow=False)


def stamped(page, x, y, angle, lines):
    """Eingangsstempel: a turned frame with text, in the gray of blue ink."""
    wide, high = STAMP_DOTS
    stamp = Image.new("L", STAMP_DOTS, 255)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((4, 4, wide - 5, high - 5), outline=95, width=6)
    for place, (text, size) in enumerate(lines):
        font = ImageFont.truetype(font_file("sans-bold"), size, layout_engine=ImageFont.Layout.BASIC)
        draw.text((wide / 2, 60 + 70 * place), text, font=font, fill=95, anchor="mm")
    turned = stamp.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    place = (x, y, x + turned.width, y + turned.height)
    darker = numpy.minimum(numpy.asarray(page.crop(place)), numpy.asarray(turned))
    page.paste(Image.fromarray(darker), place[:2])


def jpeg(image, quality):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(DPI, DPI))
    return out.getvalue()


def png(image, dpi):
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def tiff(pages):
    """Pages as one G4 file, 300 dpi."""
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(DPI, DPI))
    return out.getvalue()


def image_pdf(images, quality):
    """An image-only PDF as scanners write it: each picture before the page that shows it."""
    bodies, kids = [], []
    for image in images:
        data = jpeg(image, quality)
        wide, high = image.width * 72 / DPI, image.height * 72 / DPI
        drawing = f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Scan Do Q".encode()
        first = len(bodies) + 1
        bodies += [
            f"<< /Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /ColorSpace /DeviceGray "
            f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n".encode() + data
            + b"\nendstream",
            f"<< /Length {len(drawing)} >>\nstream\n".encode() + drawing + b"\nendstream",
            f"<< /Type /Page /Parent {{pages}} 0 R /MediaBox [0 0 {wide:.2f} {high:.2f}] /Contents {first + 1} 0 R "
            f"/Resources << /XObject << /Scan {first} 0 R >> >> >>".encode(),
        ]
        kids.append(f"{first + 2} 0 R")
    pages = len(bodies) + 1
    bodies = [body.replace(b"{pages}", str(pages).encode()) if b"/Type /Page " in body else body for body in bodies]
    bodies.append(f"<< /Type /Pages /Count {len(images)} /Kids [{' '.join(kids)}] >>".encode())
    bodies.append(f"<< /Type /Catalog /Pages {pages} 0 R >>".encode())
    bodies.append(b"<< /Producer (Auescan 4200) /CreationDate (D:20261105081400+01'00') >>")
    return _pdf(bodies)


def _pdf(bodies):
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    last = len(places)
    out += f"trailer\n<< /Size {last + 1} /Root {last - 1} 0 R /Info {last} 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def meter_photo(seed):
    """A heat meter in a dim cellar, as a telephone takes it: the photo that comes with the mail."""
    chance = numpy.random.default_rng(seed)
    wide, high = 1280, 960
    across, down = numpy.meshgrid(numpy.linspace(-1, 1, wide), numpy.linspace(-1, 1, high))
    light = numpy.exp(-((across + 0.25) ** 2 + (down + 0.2) ** 2) / 0.9)
    wall = light[..., None] * numpy.array([176, 168, 150]) + numpy.array([30, 30, 34])
    wall += 9 * numpy.sin(40 * down + 3 * numpy.sin(5 * across))[..., None] * (numpy.sin(22 * down) > 0.93)[..., None]
    image = Image.fromarray(numpy.clip(wall, 0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 560, wide, 650), fill=(150, 92, 58))
    draw.rectangle((0, 572, wide, 590), fill=(196, 136, 98))
    draw.rounded_rectangle((410, 260, 890, 740), 46, fill=(58, 62, 68))
    draw.ellipse((440, 290, 860, 710), fill=(228, 229, 224), outline=(30, 30, 32), width=10)
    draw.rectangle((520, 420, 780, 490), fill=(20, 22, 20))
    large, small = (ImageFont.truetype(font_file("mono-bold"), size, layout_engine=ImageFont.Layout.BASIC)
                    for size in (58, 24))
    draw.text((650, 455), "0418273", font=large, fill=(214, 232, 205), anchor="mm")
    draw.text((650, 385), "Wärmezähler  kWh", font=small, fill=(40, 40, 40), anchor="mm")
    draw.text((650, 540), "Nr. 77-30914  Qn 6", font=small, fill=(40, 40, 40), anchor="mm")
    draw.ellipse((610, 590, 690, 670), outline=(60, 60, 60), width=4)
    draw.line((650, 630, 676, 612), fill=(170, 30, 30), width=6)
    soft = image.rotate(-2.5, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1.4)).crop((60, 50, 1220, 910))
    grain = numpy.asarray(soft, dtype=numpy.float32) + chance.normal(0, 7, (860, 1160, 3))
    return Image.fromarray(numpy.clip(grain, 0, 255).astype(numpy.uint8))
