//! Our structure tables, written as XML Schema files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

const TYPES: &str = "urn:laufmappe:values";

/// One file for each namespace, named by its usual prefix.
pub fn write(table: &str, folder: &Path) {
    let lines: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
        .collect();
    let values: BTreeSet<&str> = lines.iter().filter(|line| line[0] == "value").map(|line| line[1]).collect();
    let usual: BTreeMap<&str, &str> = lines
        .iter()
        .filter(|line| line[0] == "elements")
        .flat_map(|line| line[2].split(' ').map(|element| (element, line[1])))
        .collect();
    let prefixes: BTreeSet<&str> = usual.keys().map(|element| element.split_once(':').unwrap().0).collect();
    let mut files: BTreeMap<&str, String> = prefixes.iter().map(|prefix| (*prefix, String::new())).collect();
    let mut types = String::new();
    for line in &lines {
        match line[0] {
            "value" => types.push_str(&value_type(line)),
            "sequence" | "choice" => {
                let prefix = line[1].split_once(':').unwrap().0;
                files.get_mut(prefix).unwrap().push_str(&group_type(line, prefix, &values));
            }
            "foreign" => {
                let (prefix, name) = line[1].split_once(':').unwrap();
                let file = files.get_mut(prefix).unwrap();
                write!(
                    file,
                    r###"<xs:complexType name="{name}"><xs:sequence><xs:any namespace="##other" processContents="lax"/></xs:sequence></xs:complexType>"###
                )
                .unwrap();
            }
            "elements" => {}
            other => panic!("{other}"),
        }
    }
    for (element, kind) in &usual {
        let (prefix, name) = element.split_once(':').unwrap();
        let kind = type_name(kind, &values);
        write!(files.get_mut(prefix).unwrap(), r#"<xs:element name="{name}" type="{kind}"/>"#).unwrap();
    }
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("values.xsd"), schema("v", TYPES, &[], &types)).unwrap();
    for (prefix, content) in &files {
        let others: Vec<&str> = prefixes.iter().copied().filter(|other| other != prefix).collect();
        std::fs::write(folder.join(format!("{prefix}.xsd")), schema(prefix, uri(prefix), &others, content))
            .unwrap();
    }
}

fn uri(prefix: &str) -> &'static str {
    laufmappe::invoice::Space::with_prefix(prefix).unwrap().uri()
}

fn schema(prefix: &str, target: &str, others: &[&str], content: &str) -> String {
    let mut head = format!(
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:v="{TYPES}" targetNamespace="{target}" elementFormDefault="qualified""#
    );
    let mut imports = String::new();
    if prefix != "v" {
        write!(head, r#" xmlns:{prefix}="{target}""#).unwrap();
        write!(imports, r#"<xs:import namespace="{TYPES}" schemaLocation="values.xsd"/>"#).unwrap();
    }
    for other in others {
        write!(head, r#" xmlns:{other}="{}""#, uri(other)).unwrap();
        // Nothing refers to the two roots; imported, they would only cost time.
        if !matches!(*other, "ubl" | "cn") {
            write!(imports, r#"<xs:import namespace="{}" schemaLocation="{other}.xsd"/>"#, uri(other)).unwrap();
        }
    }
    format!("{head}>{imports}{content}</xs:schema>")
}

/// `cac:AddressType`, or `v:amount`.
fn type_name(name: &str, values: &BTreeSet<&str>) -> String {
    if values.contains(name) { format!("v:{}", flat(name)) } else { name.to_owned() }
}

fn flat(name: &str) -> String {
    name.replace(':', ".")
}

fn value_type(line: &[&str]) -> String {
    let attributes: String =
        line.get(3).unwrap_or(&"").split('|').filter(|one| !one.is_empty()).map(attribute).collect();
    format!(
        r#"<xs:complexType name="{}"><xs:simpleContent><xs:extension base="{}">{attributes}</xs:extension></xs:simpleContent></xs:complexType>"#,
        flat(line[1]),
        simple(line[2])
    )
}

fn attribute(written: &str) -> String {
    let (written, fixed) = match written.split_once('=') {
        Some((written, fixed)) => (written, format!(r#" fixed="{fixed}""#)),
        None => (written, String::new()),
    };
    let (name, kind) = written.split_once(':').unwrap_or((written, "text"));
    let (name, usage) = match name.strip_suffix('!') {
        Some(name) => (name, r#" use="required""#),
        None => (name, ""),
    };
    if kind == "short" {
        return format!(
            r#"<xs:attribute name="{name}"{usage}><xs:simpleType><xs:restriction base="xs:token"><xs:minLength value="1"/><xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:attribute>"#
        );
    }
    format!(r#"<xs:attribute name="{name}" type="{}"{usage}{fixed}/>"#, simple(kind))
}

fn simple(word: &str) -> String {
    match word {
        "text" => "xs:token".to_owned(),
        "base64" => "xs:base64Binary".to_owned(),
        "uri" => "xs:anyURI".to_owned(),
        other => format!("xs:{other}"),
    }
}

fn group_type(line: &[&str], prefix: &str, values: &BTreeSet<&str>) -> String {
    let mut children = String::new();
    for child in line[2].split(' ') {
        let (child, other_type) = match child.split_once('=') {
            Some((name, kind)) => (name.to_owned() + count(kind), Some(kind.trim_end_matches(['?', '*', '+']))),
            None => (child.to_owned(), None),
        };
        let name = child.trim_end_matches(['?', '*', '+']);
        let (least, most) = match count(&child) {
            "?" => ("0", "1"),
            "*" => ("0", "unbounded"),
            "+" => ("1", "unbounded"),
            _ => ("1", "1"),
        };
        let what = match other_type {
            None => format!(r#"ref="{name}""#),
            Some(kind) => {
                let (own, local) = name.split_once(':').unwrap();
                assert_eq!(own, prefix, "an element of another namespace cannot have a type of its own");
                format!(r#"name="{local}" type="{}""#, type_name(kind, values))
            }
        };
        write!(children, r#"<xs:element {what} minOccurs="{least}" maxOccurs="{most}"/>"#).unwrap();
    }
    let (kind, name) = (line[0], line[1].split_once(':').unwrap().1);
    format!(r#"<xs:complexType name="{name}"><xs:{kind}>{children}</xs:{kind}></xs:complexType>"#)
}

/// `?`, `*`, `+` or nothing at the end.
fn count(child: &str) -> &str {
    &child[child.trim_end_matches(['?', '*', '+']).len()..]
}
