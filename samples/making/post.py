"""The post of one morning: every file in `samples/post` with the result that is expected of it."""

import hashlib
import json

from . import cii, invoices, layouts, letters, mail, pdf, people, scan, ubl
from .layouts import Look
from .model import Attachment, terms_of, terms_on_page
from .numbers import day
from .pen import ImagePen, PdfPen

# A guessed invoice breaks none of the rules that can be asked of a page.
GUESSED = "accept"
PASSWORD = "Auenfurt2026"


def everything():
    """Name, bytes and expected result, in the order of the names."""
    planting = _planting()
    return [
        ("01-xrechnung-ubl.xml", planting, [_electronic(invoices.PLANTING, "ubl-invoice", rule="bauamt")]),
        ("02-gutschrift-ubl.xml", ubl.written(invoices.TONER_RETURN),
         [_electronic(invoices.TONER_RETURN, "ubl-credit-note", rule="gutschriften")]),
        ("03-rechnung-cii.xml", cii.written(invoices.LAMPS), [_electronic(invoices.LAMPS, "cii")]),
        ("04-zugferd-en16931.pdf", _hybrid_cleaning(), [_electronic(invoices.CLEANING, "pdf")]),
        ("05-xrechnung-in-pdf.pdf", _hybrid_software(), [_electronic(invoices.SOFTWARE, "pdf")]),
        ("06-rechnung-digital.pdf", _cupboards(),
         [_guessed(invoices.CUPBOARDS, "pdf", "BT-9", "BT-10", "BT-13", "BT-31")]),
        ("07-rechnung-scan.pdf", _van_repair(), [_guessed(invoices.VAN_REPAIR, "pdf", "BT-9", "BT-31")]),
        _batch(),
        ("09-brief.pdf", _letter_pdf(letters.CYCLE_PATH), [_letter("pdf")]),
        ("10-xrechnung-ungueltig.xml", ubl.written(invoices.PAVING), [_faulty()]),
        ("11-defekt.pdf", _broken(), [_unread("pdf", "damaged")]),
        ("12-leer.pdf", b"", [_unread("empty", "empty")]),
        ("13-mail-mit-anlagen.eml", _mail_with_annexes(),
         [_divided("mail"), _electronic(invoices.BOILER, "cii", part=1, annexes=3)]),
        ("14-doppelt.xml", planting,
         [_electronic(invoices.PLANTING, "ubl-invoice", state="clearing", rule="doppelter-eingang",
                      reason="doppelter-eingang")]),
        ("15-mail-zwei-rechnungen.eml", _mail_with_two(),
         [_divided("mail"), _electronic(invoices.WATER_OCTOBER, "ubl-invoice", part=1, annexes=1),
          _electronic(invoices.WATER_LEGIONELLA, "cii", part=2)]),
        ("16-scan.docx", _painting(), [_guessed(invoices.PAINTING, "png", "BT-9", "BT-31")]),
        ("17-passwort.pdf", _locked(), [_unread("pdf", "encrypted")]),
        ("18-archiv.zip", mail.archive([("GL-2026-0437.xml", ubl.written(invoices.TREE_CARE)),
                                        ("Einladung Begehung.pdf", _letter_pdf(letters.FLOOD_MAP))]),
         [_divided("zip"), _electronic(invoices.TREE_CARE, "ubl-invoice", part=1), _letter("pdf", part=2)]),
        ("19-zip-im-zip.zip", mail.archive([("Rechnungen.zip", mail.archive(
            [("R-26-04702.xml", ubl.written(invoices.PAPER))]))]), [_unread("zip", "forbidden")]),
        ("20-doctype.xml", _doctype(), [_unread("ubl-invoice", "forbidden")]),
        ("21-tabelle.bin", _unknown_bytes(), [_unread("unknown", "unsupported")]),
    ]


def expected_text(documents, sheets=None):
    result = {"documents": documents}
    if sheets:
        result["sheets"] = sheets
    return (json.dumps(result, ensure_ascii=False, indent=2) + "\n").encode()


def _result(kind, state, part=None, rule=None, reason=None, recommendation=None, findings=(), fields=None, annexes=0):
    return {"part": part, "kind": kind, "state": state, "rule": rule, "reason": reason,
            "recommendation": recommendation, "findings": sorted(findings), "fields": fields or {}, "annexes": annexes}


def _electronic(invoice, kind, state="filed", rule="rechnungseingang", **more):
    return _result(kind, state, rule=rule, recommendation="accept", fields=terms_of(invoice), **more)


def _guessed(invoice, kind, *terms, part=None):
    return _result(kind, "filed", part, "rechnungseingang", recommendation=GUESSED,
                   fields=terms_on_page(invoice, *terms))


def _letter(kind, part=None):
    return _result(kind, "filed", part, "posteingang", recommendation="not-applicable")


def _divided(kind):
    return _result(kind, "divided")


def _unread(kind, reason):
    return _result(kind, "clearing", reason=reason)


def _faulty():
    return _result("ubl-invoice", "clearing", rule="rechnung-fehlerhaft", reason="rechnung-fehlerhaft",
                   recommendation="reject", findings=("BR-CO-10", "BR-DE-15", "BR-DE-19"),
                   fields=terms_of(invoices.PAVING))


def _planting():
    """01: the invoice of the gardener with her measurement sheet inside."""
    pen = PdfPen("Aufmaß GL-2026-0412", people.GARDENER.name)
    letters.measured(pen, invoices.PLANTING)
    sheet = Attachment("AUFMASS-0412", "Aufmaß und Leistungsnachweis", "Aufmass-GL-2026-0412.pdf", "application/pdf",
                       pen.finished())
    return ubl.written(invoices.PLANTING.but(attachment=sheet))


def _hybrid_cleaning():
    invoice = invoices.CLEANING
    title = f"Rechnung {invoice.number}"
    pen = PdfPen(title, invoice.seller.name)
    look = Look((0.05, 0.40, 0.36), "Unterhalts-, Glas- und Sonderreinigung seit 1978", department="Gebäudewirtschaft",
                opening="für die Reinigung Ihrer Gebäude im Oktober 2026 berechnen wir Ihnen:",
                closing="Diese Rechnung enthält die Rechnungsdaten zusätzlich als XML (ZUGFeRD).")
    layouts.business(pen, invoice, look)
    return pdf.hybrid(pen.finished(), cii.written(invoice), "factur-x.xml", "EN 16931", "1.0", title,
                      invoice.seller.name, invoice.issued)


def _hybrid_software():
    invoice = invoices.SOFTWARE
    title = f"Rechnung {invoice.number}"
    pen = PdfPen(title, invoice.seller.name)
    look = Look((0.33, 0.16, 0.45), "Fachverfahren für Städte und Gemeinden", department="Hauptamt",
                greeting="Guten Tag,", opening="für Pflege und Betrieb Ihrer Verfahren berechnen wir Ihnen:",
                closing="Maßgeblich ist die eingebettete XRechnung.")
    layouts.business(pen, invoice, look)
    return pdf.hybrid(pen.finished(), cii.written(invoice), "xrechnung.xml", "XRECHNUNG", "3.0", title,
                      invoice.seller.name, invoice.issued)


def _cupboards():
    pen = PdfPen("Rechnung 2026-318", people.JOINER.name)
    look = Look((0.45, 0.25, 0.08), "Möbel · Innenausbau · Schuleinrichtungen", department="Schul- und Sportamt",
                opening="für die Einrichtung der Grundschule am Stadtgraben gemäß unserem Angebot vom 17.08.2026 "
                        "berechnen wir Ihnen:",
                closing="Die gelieferte Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.")
    layouts.business(pen, invoices.CUPBOARDS, look)
    return pen.finished()


def _van_repair():
    pen = ImagePen()
    look = Look(claim="Meisterwerkstatt für Pkw und Transporter · HU/AU im Haus", department="Bauhof",
                opening="Fahrzeug: AUE-ST 614, Transporter Bj. 2018, Kilometerstand 148.206",
                closing="Auf unsere Arbeiten geben wir zwei Jahre Gewähr. Vielen Dank für Ihren Auftrag!")
    layouts.workshop(pen, invoices.VAN_REPAIR, look)
    page = pen.pages[0]
    scan.stamped(page, 1330, 2560, 4, (("Stadt Auenfurt", 50), ("EINGEGANGEN", 56), ("05. Nov. 2026", 50)))
    return scan.image_pdf([scan.scanned(page, seed=7, skew=0.7, noise=4)], quality=52)


def _batch():
    """08: twelve sides of six sheets, scanned on both sides."""
    sheets = []
    sheets += _separator("LAUFMAPPE:1;office=rechnung", "Rechnungen · Sachgebiet Rechnungswesen", 81)
    railing = ImagePen()
    layouts.long_list(railing, invoices.RAILING, Look(
        department="Schul- und Sportamt",
        opening="Schulzentrum Uferweg, Außentreppe und Zaunanlage: Wir berechnen die ausgeführten Arbeiten wie folgt.",
        closing="Bitte geben Sie bei Zahlung die Rechnungsnummer an."))
    sheets += [scan.scanned(railing.pages[0], 82, -0.3), scan.scanned(railing.pages[1], 83, 0.3)]
    sheets += _separator("LAUFMAPPE:1;office=rechnung", "Rechnungen · Sachgebiet Rechnungswesen", 84)
    wreaths = ImagePen()
    layouts.shop(wreaths, invoices.WREATHS, Look(claim="Floristik · Trauerschmuck · Dekoration", department="Hauptamt",
                 opening="Wir lieferten Ihnen und berechnen:", closing="Herzlichen Dank!"))
    sheets += [scan.scanned(wreaths.pages[0], 85, 0.45), scan.back_of(wreaths.pages[0], 86, strength=0.45)]
    sheets += _separator("LAUFMAPPE:1;office=posteingang;class=letter", "Briefe · Poststelle", 87)
    letter = ImagePen()
    letters.citizen(letter, letters.SPORTS_HALL)
    sheets += [scan.scanned(letter.pages[0], 88, -0.5), scan.back_of(letter.pages[0], 89)]
    documents = [
        _divided("tiff"),
        _guessed(invoices.RAILING, "pdf", "BT-9", "BT-10", "BT-13", "BT-31", part=1),
        _guessed(invoices.WREATHS, "pdf", "BT-9", "BT-31", part=2),
        _letter("pdf", part=3),
    ]
    content = scan.tiff([scan.black_and_white(sheet) for sheet in sheets])
    return "08-stapel-duplex.tif", content, documents, {"pages_in": 12, "filed": 4, "separators": 3, "blanks": 5}


def _separator(payload, words, seed):
    pen = ImagePen()
    letters.separator(pen, payload, words)
    return [scan.scanned(pen.pages[0], seed, 0.25), scan.back_of(pen.pages[0], seed + 100)]


def _letter_pdf(letter):
    pen = PdfPen(letter.subject, letter.sender[0])
    letters.citizen(pen, letter)
    return pen.finished()


def _broken():
    """11: an upload that broke off within the first picture, before any page was told."""
    pen = ImagePen()
    layouts.shop(pen, invoices.LUNCHES, Look(claim="Frisch gekocht für Schule und Kita", department="Schulamt"))
    whole = scan.image_pdf([scan.scanned(pen.pages[0], seed=11, skew=-0.4, noise=2)], quality=40)
    return whole[:len(whole) * 2 // 5]


def _mail_with_annexes():
    invoice = invoices.BOILER
    rows = (("27.10.2026", "Kaczmarek", "7:00", "15:30", "8,0", "Pumpe ausgebaut, Leitung gespült"),
            ("28.10.2026", "Kaczmarek", "7:00", "11:00", "4,0", "neue Pumpe eingebaut"),
            ("30.10.2026", "Yilmaz", "8:00", "11:30", "3,5", "Probelauf, Zähler abgelesen"))
    pen = PdfPen("Stundenzettel 2026-1187", invoice.seller.name)
    letters.timesheet(pen, invoice.seller, rows)
    body = ("Sehr geehrte Damen und Herren,\n\nanbei unsere Rechnung GT26-11052 als XRechnung, dazu der "
            "Stundenzettel und ein Foto\nvom Zählerstand der Heizzentrale.\n\nMit freundlichen Grüßen\n"
            "Kerstin Vollrath\n\n-- \nGebäudetechnik Ahornsen GmbH · Kesselstraße 60 · 59993 Ahornsen\n")
    files = [("GT26-11052.xml", "application/xml", cii.written(invoice)),
             ("Stundenzettel-2026-1187.pdf", "application/pdf", pen.finished()),
             ("IMG_20261030_1121.jpg", "image/jpeg", scan.jpeg(scan.meter_photo(13), 80))]
    return mail.message("Kerstin Vollrath <rechnungen@gt-ahornsen.example>", "rechnung@stadt-auenfurt.example",
                        "Rechnung GT26-11052, Grundschule am Stadtgraben", "Thu, 05 Nov 2026 09:42:10 +0100",
                        "<20261105084210.7F2A@mail.gt-ahornsen.example>", body, files)


def _mail_with_two():
    body = ("Guten Tag,\n\nim Anhang finden Sie zwei Rechnungen (WL-26-2041 und WL-26-2042).\n\n"
            "Wasserlabor Thomsdorf GmbH\n")
    files = [("WL-26-2041.xml", "application/xml", ubl.written(invoices.WATER_OCTOBER)),
             ("WL-26-2042.xml", "text/xml", cii.written(invoices.WATER_LEGIONELLA))]
    return mail.message("Wasserlabor Thomsdorf <rechnung@wasserlabor-thomsdorf.example>",
                        "rechnung@stadtwerke-auenfurt.example", "Rechnungen WL-26-2041 und WL-26-2042",
                        "Wed, 04 Nov 2026 16:05:33 +0100", "<20261104150533.0B61@mx.wasserlabor-thomsdorf.example>",
                        body, files)


def _painting():
    pen = ImagePen()
    layouts.shop(pen, invoices.PAINTING, Look(
        claim="Innenanstriche · Fassaden · Bodenbeläge", department="Gebäudewirtschaft",
        opening="Für die Malerarbeiten im Rathaus erlauben wir uns zu berechnen:", closing="Zahlung ohne Abzug."))
    page = scan.scanned(pen.pages[0], seed=16, skew=0.2, noise=0, shadow=False)
    small = page.resize((page.width * 2 // 3, page.height * 2 // 3))
    return scan.png(small.quantize(16).convert("L"), 200)


def _locked():
    pen = PdfPen("Kontoauszug", people.OFFICE_SUPPLY.name, encrypt=pdf.password(PASSWORD))
    credit = invoices.TONER_RETURN
    letters.account_statement(pen, people.OFFICE_SUPPLY, people.TOWN, (
        ("28.09.2026", "Rechnung R-26-04410", 4 * credit.total),
        (day(credit.issued), f"Gutschrift {credit.number}", -credit.total)))
    return pen.finished()


def _doctype():
    head = ('<!DOCTYPE Invoice [\n  <!ENTITY firma "Bürobedarf Wessling &#38;#38; Kranz OHG">\n'
            '  <!ENTITY liste SYSTEM "file:///etc/hostname">\n]>\n')
    text = ubl.written(invoices.PAPER, head).decode()
    return text.replace("Bürobedarf Wessling &amp; Kranz OHG</cbc:Name>", "&firma;&liste;</cbc:Name>", 1).encode()


def _unknown_bytes():
    blocks = (hashlib.sha256(f"Tabelle {number}".encode()).digest() for number in range(200))
    return b"\x00\x91" + b"".join(blocks)
