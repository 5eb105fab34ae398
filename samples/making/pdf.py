"""Page + XML → hybrid PDF after the manner of PDF/A-3; page → PDF behind a password."""

import io

import pikepdf
from PIL import ImageCms
from reportlab.lib.pdfencrypt import StandardEncryption

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>3</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
   <xmp:CreateDate>{day}T08:15:00+01:00</xmp:CreateDate>
   <xmp:ModifyDate>{day}T08:15:00+01:00</xmp:ModifyDate>
   <xmp:CreatorTool>Faktura 7.2</xmp:CreatorTool>
   <pdf:Producer>Faktura 7.2</pdf:Producer>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>fx</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq>
{properties}    </rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
   <fx:DocumentType>INVOICE</fx:DocumentType>
   <fx:DocumentFileName>{name}</fx:DocumentFileName>
   <fx:Version>{version}</fx:Version>
   <fx:ConformanceLevel>{level}</fx:ConformanceLevel>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

PROPERTIES = (("DocumentFileName", "name of the embedded XML invoice file"), ("DocumentType", "INVOICE"),
              ("Version", "The actual version of the Factur-X XML schema"),
              ("ConformanceLevel", "The conformance level of the embedded Factur-X data"))
PROPERTY = """     <rdf:li rdf:parseType="Resource"><pdfaProperty:name>{}</pdfaProperty:name>\
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>\
<pdfaProperty:description>{}</pdfaProperty:description></rdf:li>
"""


def hybrid(page, xml, name, level, version, title, author, day):
    """The page with `xml` embedded under `name`, associated as an alternative of the page."""
    when = day.strftime("D:%Y%m%d081500+01'00'")
    pdf = pikepdf.open(io.BytesIO(page))
    file = pikepdf.Stream(pdf, xml, Type=pikepdf.Name.EmbeddedFile, Subtype=pikepdf.Name("/text/xml"),
                          Params=pikepdf.Dictionary(ModDate=when, Size=len(xml)))
    spec = pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F=name, UF=name, Desc="Rechnung als XML",
        AFRelationship=pikepdf.Name.Alternative, EF=pikepdf.Dictionary(F=file, UF=file)))
    root = pdf.Root
    root.AF = pikepdf.Array([spec])
    root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=pikepdf.Array([name, spec])))
    root.OutputIntents = pikepdf.Array([pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1, OutputConditionIdentifier="sRGB",
        Info="sRGB", DestOutputProfile=pikepdf.Stream(pdf, _colours(), N=3))])
    properties = "".join(PROPERTY.format(*row) for row in PROPERTIES)
    described = XMP.format(title=title, author=author.replace("&", "&amp;"), properties=properties, name=name,
                           version=version, level=level, day=day)
    root.Metadata = pikepdf.Stream(pdf, described.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    for key, value in (("/Title", title), ("/Author", author), ("/Creator", "Faktura 7.2"),
                       ("/Producer", "Faktura 7.2"), ("/CreationDate", when), ("/ModDate", when)):
        pdf.docinfo[key] = value
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, min_version="1.7", fix_metadata_version=False,
             object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _colours():
    """The sRGB profile of Little CMS with its moment of creation taken out."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes((7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    profile[84:100] = bytes(16)
    return bytes(profile)


def password(word):
    """RC4 with 128 bits: the newer ciphers draw random numbers, and the bytes must stay the same."""
    return StandardEncryption(word, ownerPassword=word + "-inhaber", strength=128)
