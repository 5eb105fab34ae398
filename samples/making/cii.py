"""Invoice → UN/CEFACT CII D16B, as XRechnung or as the EN 16931 profile of Factur-X; children in schema order."""

from . import xml
from .model import BILLING, XRECHNUNG

NAMESPACES = {
    "xmlns:rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "xmlns:ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "xmlns:udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "xmlns:qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}


def written(invoice):
    root = [
        "rsm:CrossIndustryInvoice", NAMESPACES,
        ["rsm:ExchangedDocumentContext",
         ["ram:BusinessProcessSpecifiedDocumentContextParameter", ["ram:ID", BILLING]]
         if invoice.profile == XRECHNUNG else None,
         ["ram:GuidelineSpecifiedDocumentContextParameter", ["ram:ID", invoice.profile]]],
        ["rsm:ExchangedDocument", ["ram:ID", invoice.number], ["ram:TypeCode", invoice.type],
         ["ram:IssueDateTime", _day(invoice.issued)], ["ram:IncludedNote", ["ram:Content", invoice.note]]],
        ["rsm:SupplyChainTradeTransaction",
         *[_line(number, line) for number, line in enumerate(invoice.lines, 1)],
         _agreement(invoice), _delivery(invoice), _settlement(invoice)],
    ]
    return xml.document(root)


def _day(value):
    return ["udt:DateTimeString", {"format": "102"}, value.strftime("%Y%m%d")]


def _line(number, line):
    off = line.allowance
    return [
        "ram:IncludedSupplyChainTradeLineItem",
        ["ram:AssociatedDocumentLineDocument", ["ram:LineID", str(number)]],
        ["ram:SpecifiedTradeProduct", ["ram:Name", line.name], ["ram:Description", line.text]],
        ["ram:SpecifiedLineTradeAgreement", ["ram:NetPriceProductTradePrice", ["ram:ChargeAmount", line.price]]],
        ["ram:SpecifiedLineTradeDelivery", ["ram:BilledQuantity", {"unitCode": line.unit}, line.quantity]],
        ["ram:SpecifiedLineTradeSettlement",
         ["ram:ApplicableTradeTax", ["ram:TypeCode", "VAT"], ["ram:CategoryCode", "S"],
          ["ram:RateApplicablePercent", line.rate]],
         off and ["ram:SpecifiedTradeAllowanceCharge", ["ram:ChargeIndicator", ["udt:Indicator", "false"]],
                  ["ram:CalculationPercent", off.percent], ["ram:BasisAmount", f"{off.base:.2f}"],
                  ["ram:ActualAmount", f"{off.amount:.2f}"], ["ram:ReasonCode", off.code], ["ram:Reason", off.reason]],
         ["ram:SpecifiedTradeSettlementLineMonetarySummation", ["ram:LineTotalAmount", f"{line.net:.2f}"]]],
    ]


def _agreement(invoice):
    return ["ram:ApplicableHeaderTradeAgreement",
            ["ram:BuyerReference", invoice.reference],
            _seller(invoice.seller), _buyer(invoice.buyer),
            ["ram:BuyerOrderReferencedDocument", ["ram:IssuerAssignedID", invoice.order]]]


def _seller(firm):
    return [
        "ram:SellerTradeParty", ["ram:Name", firm.name], ["ram:Description", firm.legal],
        ["ram:SpecifiedLegalOrganization", ["ram:ID", firm.register]],
        ["ram:DefinedTradeContact", ["ram:PersonName", firm.contact],
         ["ram:TelephoneUniversalCommunication", ["ram:CompleteNumber", firm.phone]],
         ["ram:EmailURIUniversalCommunication", ["ram:URIID", firm.email]]],
        _address(firm), _endpoint(firm),
        ["ram:SpecifiedTaxRegistration", ["ram:ID", {"schemeID": "FC"}, firm.tax]] if firm.tax else None,
        ["ram:SpecifiedTaxRegistration", ["ram:ID", {"schemeID": "VA"}, firm.vat]],
    ]


def _buyer(body):
    return ["ram:BuyerTradeParty", ["ram:Name", body.name], _address(body), _endpoint(body)]


def _address(party):
    return ["ram:PostalTradeAddress", ["ram:PostcodeCode", party.zip], ["ram:LineOne", party.street],
            ["ram:CityName", party.town], ["ram:CountryID", "DE"]]


def _endpoint(party):
    return ["ram:URIUniversalCommunication", ["ram:URIID", {"schemeID": "EM"}, party.email]]


def _delivery(invoice):
    return ["ram:ApplicableHeaderTradeDelivery",
            ["ram:ActualDeliverySupplyChainEvent", ["ram:OccurrenceDateTime", _day(invoice.delivered)]]]


def _settlement(invoice):
    period = invoice.period
    taxes = [["ram:ApplicableTradeTax", ["ram:CalculatedAmount", f"{tax:.2f}"], ["ram:TypeCode", "VAT"],
              ["ram:BasisAmount", f"{base:.2f}"], ["ram:CategoryCode", "S"], ["ram:RateApplicablePercent", rate]]
             for rate, base, tax in invoice.breakdown]
    return [
        "ram:ApplicableHeaderTradeSettlement",
        ["ram:PaymentReference", invoice.number],
        ["ram:InvoiceCurrencyCode", "EUR"],
        ["ram:SpecifiedTradeSettlementPaymentMeans", ["ram:TypeCode", "58"],
         ["ram:PayeePartyCreditorFinancialAccount", ["ram:IBANID", invoice.iban],
          ["ram:AccountName", invoice.seller.name]],
         ["ram:PayeeSpecifiedCreditorFinancialInstitution", ["ram:BICID", invoice.seller.bic]]],
        *taxes,
        period and ["ram:BillingSpecifiedPeriod", ["ram:StartDateTime", _day(period[0])],
                    ["ram:EndDateTime", _day(period[1])]],
        *[_charge(charge) for charge in invoice.charges],
        ["ram:SpecifiedTradePaymentTerms", ["ram:Description", invoice.terms],
         ["ram:DueDateDateTime", _day(invoice.due)]],
        _totals(invoice),
    ]


def _charge(charge):
    return ["ram:SpecifiedTradeAllowanceCharge", ["ram:ChargeIndicator", ["udt:Indicator", "true"]],
            ["ram:ActualAmount", f"{charge.amount:.2f}"], ["ram:ReasonCode", charge.code],
            ["ram:Reason", charge.reason],
            ["ram:CategoryTradeTax", ["ram:TypeCode", "VAT"], ["ram:CategoryCode", "S"],
             ["ram:RateApplicablePercent", charge.rate]]]


def _totals(invoice):
    return ["ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            ["ram:LineTotalAmount", f"{invoice.line_sum:.2f}"],
            ["ram:ChargeTotalAmount", f"{invoice.charge_sum:.2f}"] if invoice.charges else None,
            ["ram:TaxBasisTotalAmount", f"{invoice.net:.2f}"],
            ["ram:TaxTotalAmount", {"currencyID": "EUR"}, f"{invoice.tax:.2f}"],
            ["ram:GrandTotalAmount", f"{invoice.total:.2f}"],
            ["ram:DuePayableAmount", f"{invoice.total:.2f}"]]
