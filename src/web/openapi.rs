//! `GET /openapi.json`: the counter described for programs (OpenAPI 3.1), with examples that are true.

use super::counter::LARGEST_BODY;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A faultless XRechnung of our own.
const ACCEPTED: &str = include_str!("example.xml");
/// XML, but no invoice.
const REJECTED: &str = "<Rechnung>4711</Rechnung>";

pub async fn page() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], description().to_string()).into_response()
}

fn description() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Laufmappe: E-Rechnungen prüfen",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Prüft XRechnung, ZUGFeRD und andere Rechnungen nach EN 16931. Nichts wird verwahrt.",
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "servers": [{ "url": "/" }],
        "paths": {
            "/": { "post": {
                "operationId": "validateAsOfficial",
                "summary": "Prüfen wie der amtliche Prüfdienst: Bericht im Format VARL 1. Jede andere Adresse gilt ebenso; ihr letzter Teil benennt das Dokument.",
                "requestBody": body(),
                "responses": {
                    "200": report("Die Rechnung kann angenommen werden."),
                    "400": plain("Kein Inhalt, oder ein Formular (multipart) statt der Rechnung."),
                    "406": report("Die Rechnung ist abzulehnen."),
                    "408": plain("Der Inhalt kam nicht in 30 Sekunden."),
                    "413": plain(&format!("Der Inhalt ist größer als {} MiB.", LARGEST_BODY >> 20)),
                    "422": report("Die Prüfung kam zu keinem Ergebnis; die Rechnung ist von Hand zu prüfen."),
                    "500": plain("Ein Fehler des Prüfdienstes."),
                    "503": busy(plain("Zu viele Anfragen zugleich; später noch einmal.")),
                },
            }},
            "/v1/validate": { "post": {
                "operationId": "validate",
                "summary": "Prüfen; der Status sagt, ob geprüft wurde, „recommendation“, was dabei herauskam.",
                "parameters": [
                    query("date", "Tag des Eingangs; er bestimmt die Fassung der Regeln (sonst heute).", json!({ "type": "string", "format": "date" })),
                    query("format", "Gestalt der Antwort (sonst json).", json!({ "type": "string", "enum": ["json", "text", "html", "varl"], "default": "json" })),
                    query("file", "Name des Dokuments; steht so in der Antwort.", json!({ "type": "string", "maxLength": 255 })),
                ],
                "requestBody": body(),
                "responses": {
                    "200": { "description": "Geprüft.", "content": {
                        "application/json": { "schema": reference("Protocol") },
                        "text/plain": { "schema": { "type": "string" } },
                        "text/html": { "schema": { "type": "string" } },
                        "application/xml": { "schema": { "type": "string" } },
                    }},
                    "400": failure("Die Anfrage ist nicht zu verstehen, oder es fehlt der Inhalt."),
                    "408": failure("Der Inhalt kam nicht in 30 Sekunden."),
                    "413": failure(&format!("Der Inhalt ist größer als {} MiB.", LARGEST_BODY >> 20)),
                    "500": failure("Ein Fehler des Prüfdienstes."),
                    "503": busy(failure("Zu viele Anfragen zugleich; später noch einmal.")),
                },
            }},
            "/server/health": { "get": {
                "operationId": "health",
                "summary": "Ob der Prüfdienst läuft.",
                "responses": { "200": report("Status UP, Version und Speicher.") },
            }},
            "/server/config": { "get": {
                "operationId": "config",
                "summary": "Die Szenarien, nach denen geprüft wird.",
                "responses": { "200": report("Szenarien in der Gestalt der amtlichen Konfiguration.") },
            }},
            "/openapi.json": { "get": {
                "operationId": "describe",
                "summary": "Diese Beschreibung.",
                "responses": { "200": { "description": "OpenAPI 3.1", "content": { "application/json": {} } } },
            }},
        },
        "components": { "schemas": schemas() },
    })
}

fn body() -> Value {
    json!({ "required": true, "description": "Die Rechnung selbst.", "content": {
        "application/xml": { "schema": { "type": "string" }, "examples": {
            "annehmen": { "summary": "Eine XRechnung ohne Fehler", "value": ACCEPTED },
            "ablehnen": { "summary": "XML, aber keine Rechnung", "value": REJECTED },
        }},
        "application/pdf": { "schema": { "type": "string", "contentMediaType": "application/pdf" } },
    }})
}

fn report(description: &str) -> Value {
    json!({ "description": description, "content": { "application/xml": { "schema": { "type": "string" } } } })
}

fn plain(description: &str) -> Value {
    json!({ "description": description, "content": { "text/plain": { "schema": { "type": "string" } } } })
}

fn failure(description: &str) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": reference("Failure") } } })
}

fn busy(mut response: Value) -> Value {
    response["headers"] =
        json!({ "Retry-After": { "description": "Sekunden", "schema": { "type": "integer" } } });
    response
}

fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn schemas() -> Value {
    let text_or_none = json!({ "type": ["string", "null"] });
    json!({
        "Bilingual": {
            "type": "object",
            "required": ["de", "en"],
            "properties": { "de": { "type": "string" }, "en": { "type": "string" } },
        },
        "Finding": {
            "type": "object",
            "required": ["id", "severity", "location", "terms", "legal_class", "text", "expected", "found"],
            "properties": {
                "id": { "type": "string", "description": "Amtliche Regel, oder LM-… für eine eigene." },
                "severity": { "type": "string", "enum": ["fatal", "warning", "information"] },
                "location": { "type": "string", "description": "XPath mit Positionen." },
                "terms": { "type": "array", "items": { "type": "string" }, "description": "Angaben der EN 16931 (BT-10, BG-25)." },
                "legal_class": { "type": ["string", "null"], "enum": ["format", "business-rule", "content", null] },
                "text": reference("Bilingual"),
                "expected": text_or_none,
                "found": text_or_none,
            },
        },
        "Protocol": {
            "type": "object",
            "required": ["file", "sha256", "syntax", "profile", "rule_sets", "schema_valid", "findings", "recommendation"],
            "properties": {
                "file": { "type": "string" },
                "sha256": text_or_none,
                "syntax": { "type": ["string", "null"], "enum": ["ubl-invoice", "ubl-creditnote", "cii", null] },
                "profile": text_or_none,
                "rule_sets": { "type": "array", "items": { "type": "string" } },
                "schema_valid": { "type": ["boolean", "null"] },
                "findings": { "type": "array", "items": reference("Finding") },
                "recommendation": { "type": "string", "enum": ["accept", "reject"] },
            },
        },
        "Failure": {
            "type": "object",
            "required": ["error"],
            "properties": { "error": {
                "type": "object",
                "required": ["kind", "text", "next", "detail"],
                "properties": {
                    "kind": { "type": "string" },
                    "text": reference("Bilingual"),
                    "next": reference("Bilingual"),
                    "detail": { "type": "string" },
                },
            }},
        },
    })
}
