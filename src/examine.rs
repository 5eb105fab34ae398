//! One document at the counter: what is it, and is it right. Nothing is kept, routed or filed.
//!
//! In: bytes and the day of receipt. Out: [`Examination`]. XML is examined as it stands, of a PDF the e-invoice
//! in it, taken out by the confined reader. Absent on purpose: reading pages, ledger, store.

use crate::clearing;
use crate::error::{Again, Error, Kind, Result};
use crate::extract;
use crate::intake;
use crate::job::{self, ContentHash};
use crate::protocol::{Heading, refusal};
use crate::recognise;
use crate::sandbox::Sandbox;
use crate::validate::{self, Report};
use jiff::civil::Date;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What examining works with.
pub struct Examiner {
    sandbox: Sandbox,
    /// Tried on encrypted PDFs.
    passwords: Vec<String>,
    /// Name of the profile to examine by, whatever an invoice asks for.
    profile: Option<String>,
    /// As many documents at a time as there are cores.
    places: Semaphore,
}

/// What came of it.
#[derive(Debug)]
pub struct Examination {
    /// SHA-256 of the bytes as they came.
    pub content: ContentHash,
    pub report: Report,
    /// The e-invoice, where there was one.
    xml: Option<Vec<u8>>,
}

impl Examination {
    /// What names the invoice to its parties; read only when somebody asks.
    pub fn heading(&self) -> Option<Heading> {
        Heading::of(self.xml.as_deref()?)
    }
}

impl Examiner {
    pub fn new(sandbox: Sandbox, passwords: Vec<String>) -> Arc<Self> {
        Self::by(None, sandbox, passwords)
    }

    /// One that examines every invoice by the profile of this name.
    pub fn by_profile(name: &str, sandbox: Sandbox, passwords: Vec<String>) -> Result<Arc<Self>> {
        let names = validate::profile_names();
        if !names.contains(&name) {
            return Err(Error::new(Kind::Usage, format!("there is no profile called {name}"))
                .hint(format!("take one of: {}", names.join(", "))));
        }
        Ok(Self::by(Some(name.to_owned()), sandbox, passwords))
    }

    fn by(profile: Option<String>, sandbox: Sandbox, passwords: Vec<String>) -> Arc<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Arc::new(Self { sandbox, passwords, profile, places: Semaphore::new(cores) })
    }

    /// Examines one document. An error means that we could not do our work; a wrong document is in the report.
    pub async fn examine(&self, name: &str, bytes: Vec<u8>, day: Date) -> Result<Examination> {
        let _place = self.places.acquire().await.map_err(|_| interrupted())?;
        let kind = intake::kind(&bytes);
        if kind == job::Kind::Pdf {
            return self.examine_pdf(name, bytes, day).await;
        }
        let profile = self.profile.clone();
        let examined = tokio::task::spawn_blocking(move || {
            let content = ContentHash::of(&bytes);
            match refusal::of(kind) {
                Some(report) => Examination { content, report, xml: None },
                None => Examination { content, report: report(profile, &bytes, day), xml: Some(bytes) },
            }
        });
        examined.await.map_err(|_| interrupted())
    }

    async fn examine_pdf(&self, name: &str, bytes: Vec<u8>, day: Date) -> Result<Examination> {
        let content = ContentHash::of(&bytes);
        let refused = |report| Ok(Examination { content, report, xml: None });
        let embedded = recognise::embedded_files(&self.sandbox, &bytes, &self.passwords).await;
        let files = match embedded {
            Ok(files) => files,
            Err(error) => return refused(unreadable(error)?),
        };
        let xml = match extract::invoice_among(name, files.iter().map(Vec::as_slice)) {
            Ok(Some(xml)) => xml.to_vec(),
            Ok(None) => return refused(refusal::no_invoice_in_pdf()),
            Err(error) => return refused(unreadable(error)?),
        };
        let profile = self.profile.clone();
        let examined = tokio::task::spawn_blocking(move || Examination {
            content,
            report: report(profile, &xml, day),
            xml: Some(xml),
        });
        examined.await.map_err(|_| interrupted())
    }
}

fn report(profile: Option<String>, xml: &[u8], day: Date) -> Report {
    let named = profile.and_then(|profile| validate::check_as(&profile, xml, day));
    named.unwrap_or_else(|| validate::check(xml, day))
}

/// What is wrong with the PDF is said in the words a clerk reads for it; what is wrong with us stays an error.
fn unreadable(error: Error) -> Result<Report> {
    match error.kind.again() {
        Again::Never => {}
        Again::Counted if error.kind != Kind::Internal => {}
        Again::Counted | Again::Later | Again::Stop => return Err(error),
    }
    let words = clearing::of(&error);
    Ok(refusal::unreadable_pdf(&words.text, &words.next))
}

fn interrupted() -> Error {
    Error::new(Kind::Internal, "the examination was interrupted")
}
