//! Typed reading of one table of a rule file: every key is taken once, what is left over is misspelt.
//!
//! In: TOML. Out: values of the asked type, or [`Kind::Settings`] with file, rule and key. Absent on purpose:
//! what the keys mean.

use crate::error::{Error, Kind, Result};
use rust_decimal::Decimal;
use toml::{Table, Value};

pub(super) struct Section {
    /// Where we are, for the error: `routing.toml, rule "bauamt", when`.
    place: String,
    table: Table,
    /// The keys that were asked for: the vocabulary of this table.
    known: Vec<&'static str>,
}

impl Section {
    /// A whole file.
    pub fn read(name: &str, text: &str) -> Result<Self> {
        let table = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(0, |span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
            Error::new(Kind::Settings, format!("{name}, line {line}: {}", error.message()))
        })?;
        Ok(Self::new(name.to_owned(), table))
    }

    fn new(place: String, table: Table) -> Self {
        Self { place, table, known: Vec::new() }
    }

    /// Names this table more precisely in later errors.
    pub fn called(mut self, more: &str) -> Self {
        self.place = format!("{} ({more})", self.place);
        self
    }

    pub fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
            Some(other) => Err(self.not_a(key, "a text", &other)),
        }
    }

    /// A text that must be there.
    pub fn needed(&mut self, key: &'static str) -> Result<String> {
        let text = self.text(key)?;
        text.ok_or_else(|| self.wrong(format!("{key} is missing")))
    }

    /// One text or a list of texts.
    pub fn texts(&mut self, key: &'static str) -> Result<Option<Vec<String>>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let list = match value {
            Value::Array(list) if !list.is_empty() => list,
            Value::Array(_) => return Err(self.wrong(format!("{key} is an empty list"))),
            single => vec![single],
        };
        let mut texts = Vec::new();
        for value in list {
            match value {
                Value::String(text) if !text.trim().is_empty() => texts.push(text),
                other => return Err(self.not_a(key, "a text or a list of texts", &other)),
            }
        }
        Ok(Some(texts))
    }

    pub fn flag(&mut self, key: &'static str) -> Result<Option<bool>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Boolean(flag)) => Ok(Some(flag)),
            Some(other) => Err(self.not_a(key, "true or false", &other)),
        }
    }

    /// An exact number: a text such as `"5000.00"`, or a whole number. Floats are not exact.
    pub fn number(&mut self, key: &'static str) -> Result<Option<Decimal>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Integer(whole)) => Ok(Some(Decimal::from(whole))),
            Some(Value::String(text)) => match Decimal::from_str_exact(&text) {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(self
                    .wrong(format!("{key} = {text:?} is not a number"))
                    .hint("write it with a decimal point and without separators, such as \"5000.00\"")),
            },
            Some(other) => Err(self
                .not_a(key, "an exact number", &other)
                .hint("write the number in quotes, such as \"5000.00\"")),
        }
    }

    /// A table within this one.
    pub fn section(&mut self, key: &'static str) -> Result<Option<Section>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(Self::new(format!("{}, {key}", self.place), table))),
            Some(other) => Err(self.not_a(key, "a table", &other)),
        }
    }

    /// One table or a list of tables.
    pub fn sections(&mut self, key: &'static str) -> Result<Vec<Section>> {
        let list = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(single) => vec![single],
        };
        let mut sections = Vec::new();
        for (number, value) in list.into_iter().enumerate() {
            match value {
                Value::Table(table) => {
                    let place = format!("{}, {key} {}", self.place, number + 1);
                    sections.push(Self::new(place, table));
                }
                other => return Err(self.not_a(key, "a table", &other)),
            }
        }
        Ok(sections)
    }

    /// Every key has been read by now.
    pub fn close(self) -> Result<()> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(key) => Err(self
                .wrong(format!("{key} is not known here"))
                .hint(format!("allowed are: {}", self.known.join(", ")))),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn wrong(&self, what: impl AsRef<str>) -> Error {
        Error::new(Kind::Settings, format!("{}: {}", self.place, what.as_ref()))
    }

    /// A word outside the vocabulary.
    pub fn not_allowed(
        &self,
        key: &str,
        word: &str,
        allowed: impl IntoIterator<Item = impl ToString>,
    ) -> Error {
        let allowed: Vec<String> = allowed.into_iter().map(|word| word.to_string()).collect();
        self.wrong(format!("{key} = {word:?} is not known"))
            .hint(format!("allowed are: {}", allowed.join(", ")))
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn not_a(&self, key: &str, wanted: &str, found: &Value) -> Error {
        let found = match found {
            Value::String(text) if text.trim().is_empty() => "an empty text",
            Value::String(_) => "a text",
            Value::Table(_) => "a table",
            Value::Array(_) => "a list",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::Datetime(_) => "a date",
        };
        self.wrong(format!("{key} must be {wanted}, not {found}"))
    }
}
