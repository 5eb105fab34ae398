"""Mails and archives, with dates, boundaries and order fixed."""

import io
import zipfile
from email.message import EmailMessage
from email.policy import SMTP


def message(sender, to, subject, date, id, body, files):
    """`files` are name, media type, bytes."""
    mail = EmailMessage(policy=SMTP)
    mail["Return-Path"] = f"<{sender.split('<')[-1].rstrip('>')}>"
    mail["From"], mail["To"], mail["Subject"], mail["Date"], mail["Message-ID"] = sender, to, subject, date, id
    mail.set_content(body, cte="quoted-printable")
    for name, media, content in files:
        main, sub = media.split("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    mail.set_boundary(f"----=_Teil_{id.strip('<>').split('@')[0]}")
    return mail.as_bytes()


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files:
            entry = zipfile.ZipInfo(name, (2026, 10, 30, 9, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            pack.writestr(entry, content)
    return out.getvalue()
