"""Invoice → UBL 2.1, as invoice or (type 381) as credit note; children in the order of the schema."""

import base64

from . import xml
from .model import BILLING, XRECHNUNG

NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
VAT = ["cac:TaxScheme", ["cbc:ID", "VAT"]]


def written(invoice, head=""):
    credit = invoice.type == "381"
    kind = "CreditNote" if credit else "Invoice"
    spaces = {"xmlns": f"{NAMESPACE}{kind}-2", "xmlns:cac": f"{NAMESPACE}CommonAggregateComponents-2",
              "xmlns:cbc": f"{NAMESPACE}CommonBasicComponents-2"}
    period, preceding = invoice.period, invoice.preceding
    root = [
        kind, spaces,
        ["cbc:CustomizationID", invoice.profile],
        ["cbc:ProfileID", BILLING] if invoice.profile == XRECHNUNG else None,
        ["cbc:ID", invoice.number],
        ["cbc:IssueDate", invoice.issued.isoformat()],
        None if credit else ["cbc:DueDate", invoice.due.isoformat()],
        [f"cbc:{kind}TypeCode", invoice.type],
        ["cbc:Note", invoice.note],
        ["cbc:DocumentCurrencyCode", "EUR"],
        ["cbc:BuyerReference", invoice.reference],
        period and ["cac:InvoicePeriod", ["cbc:StartDate", period[0].isoformat()],
                    ["cbc:EndDate", period[1].isoformat()]],
        ["cac:OrderReference", ["cbc:ID", invoice.order]],
        preceding and ["cac:BillingReference", ["cac:InvoiceDocumentReference", ["cbc:ID", preceding[0]],
                                                ["cbc:IssueDate", preceding[1].isoformat()]]],
        _attachment(invoice.attachment),
        ["cac:AccountingSupplierParty", _seller(invoice.seller)],
        ["cac:AccountingCustomerParty", _buyer(invoice.buyer)],
        invoice.delivered and ["cac:Delivery", ["cbc:ActualDeliveryDate", invoice.delivered.isoformat()]],
        ["cac:PaymentMeans", ["cbc:PaymentMeansCode", "58"], ["cbc:PaymentID", invoice.number],
         ["cac:PayeeFinancialAccount", ["cbc:ID", invoice.iban], ["cbc:Name", invoice.seller.name],
          ["cac:FinancialInstitutionBranch", ["cbc:ID", invoice.seller.bic]]]],
        ["cac:PaymentTerms", ["cbc:Note", invoice.terms]],
        *[_charge(charge) for charge in invoice.charges],
        _taxes(invoice),
        _totals(invoice),
        *[_line(number, line, kind) for number, line in enumerate(invoice.lines, 1)],
    ]
    return xml.document(root, head)


def _attachment(file):
    if file is None:
        return None
    content = base64.b64encode(file.content).decode()
    return ["cac:AdditionalDocumentReference", ["cbc:ID", file.number], ["cbc:DocumentDescription", file.description],
            ["cac:Attachment", ["cbc:EmbeddedDocumentBinaryObject", {"mimeCode": file.mime, "filename": file.name},
                                content]]]


def _seller(firm):
    return [
        "cac:Party", _endpoint(firm), ["cac:PartyName", ["cbc:Name", firm.name]], _address(firm),
        ["cac:PartyTaxScheme", ["cbc:CompanyID", firm.vat], VAT],
        ["cac:PartyTaxScheme", ["cbc:CompanyID", firm.tax], ["cac:TaxScheme", ["cbc:ID", "FC"]]] if firm.tax else None,
        ["cac:PartyLegalEntity", ["cbc:RegistrationName", firm.name], ["cbc:CompanyID", firm.register],
         ["cbc:CompanyLegalForm", firm.legal]],
        ["cac:Contact", ["cbc:Name", firm.contact], ["cbc:Telephone", firm.phone], ["cbc:ElectronicMail", firm.email]],
    ]


def _buyer(body):
    return ["cac:Party", _endpoint(body), _address(body), ["cac:PartyLegalEntity", ["cbc:RegistrationName", body.name]]]


def _endpoint(party):
    return ["cbc:EndpointID", {"schemeID": "EM"}, party.email]


def _address(party):
    return ["cac:PostalAddress", ["cbc:StreetName", party.street], ["cbc:CityName", party.town],
            ["cbc:PostalZone", party.zip], ["cac:Country", ["cbc:IdentificationCode", "DE"]]]


def _money(name, value):
    return [name, {"currencyID": "EUR"}, f"{value:.2f}"]


def _category(name, rate):
    return [name, ["cbc:ID", "S"], ["cbc:Percent", rate], VAT]


def _charge(charge):
    return ["cac:AllowanceCharge", ["cbc:ChargeIndicator", "true"], ["cbc:AllowanceChargeReasonCode", charge.code],
            ["cbc:AllowanceChargeReason", charge.reason], _money("cbc:Amount", charge.amount),
            _category("cac:TaxCategory", charge.rate)]


def _taxes(invoice):
    subtotals = [["cac:TaxSubtotal", _money("cbc:TaxableAmount", base), _money("cbc:TaxAmount", tax),
                  _category("cac:TaxCategory", rate)] for rate, base, tax in invoice.breakdown]
    return ["cac:TaxTotal", _money("cbc:TaxAmount", invoice.tax), *subtotals]


def _totals(invoice):
    return ["cac:LegalMonetaryTotal",
            _money("cbc:LineExtensionAmount", invoice.line_sum),
            _money("cbc:TaxExclusiveAmount", invoice.net),
            _money("cbc:TaxInclusiveAmount", invoice.total),
            _money("cbc:ChargeTotalAmount", invoice.charge_sum) if invoice.charges else None,
            _money("cbc:PayableAmount", invoice.total)]


def _line(number, line, kind):
    quantity = "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity"
    off = line.allowance
    return [
        f"cac:{kind}Line", ["cbc:ID", str(number)],
        [f"cbc:{quantity}", {"unitCode": line.unit}, line.quantity],
        _money("cbc:LineExtensionAmount", line.net),
        off and ["cac:AllowanceCharge", ["cbc:ChargeIndicator", "false"],
                 ["cbc:AllowanceChargeReasonCode", off.code], ["cbc:AllowanceChargeReason", off.reason],
                 ["cbc:MultiplierFactorNumeric", off.percent], _money("cbc:Amount", off.amount),
                 _money("cbc:BaseAmount", off.base)],
        ["cac:Item", ["cbc:Description", line.text], ["cbc:Name", line.name],
         _category("cac:ClassifiedTaxCategory", line.rate)],
        ["cac:Price", ["cbc:PriceAmount", {"currencyID": "EUR"}, line.price]],
    ]
