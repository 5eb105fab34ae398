//! Filing into a WebDAV folder (Apache mod_dav, Nextcloud and others). Class A by deterministic names.
//!
//! In: [`Filing`]. Out: [`Receipt`]. Absent on purpose: locks and preconditions as a mutex (no server tested
//! keeps them under a race), properties and ETags as a proof (they survive a change of the bytes).
//!
//! Every file goes to a name made of key and content first, is read back there, is then moved to its own name and
//! read back once more; racing writers carry the same bytes under the same names. The last file (`metadata.json`)
//! comes last, so that its presence means that everything is there.
//!
//! Requests for n files into a folder that is known: 1 + 4n. A later attempt asks once for each file that lies
//! there rightly.

use super::http::{self, Asked, Client, Method, Patience, RequestBuilder, Response, StatusCode, header};
use super::place::Place;
use super::protocol::Timing;
use super::{Adapter, Class, Filing, Item, Receipt, Stored};
use crate::error::{Error, Kind, Result};
use crate::job::ContentHash;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::{Host, Url};

pub struct WebDav {
    target: String,
    /// Ends with a slash.
    base: Url,
    login: Option<Login>,
    client: Client,
    patience: Patience,
    /// Folders that were there when we last filed into them, so that nobody asks for them every time.
    known: Mutex<BTreeSet<String>>,
}

/// So many folders are remembered.
const MOST_KNOWN: usize = 4_096;

/// Who we are there. The password stays in its file and is read anew for every request, so that it can be
/// changed while we run.
#[derive(Debug, Clone)]
pub struct Login {
    pub user: String,
    pub password_file: PathBuf,
}

/// What lies under a name, compared with what should.
enum Found {
    Nothing,
    Same,
    Other,
}

/// What asking for a new folder gave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    New,
    /// It was there already.
    Old,
    /// The folder above is missing.
    Homeless,
}

impl WebDav {
    pub fn new(target: &str, url: &str, login: Option<Login>, patience: Patience) -> Result<Self> {
        let base = base_of(target, url, login.is_some())?;
        let (client, known) = (http::client(patience)?, Mutex::default());
        let webdav = Self { target: target.to_owned(), base, login, client, patience, known };
        webdav.password()?;
        Ok(webdav)
    }

    fn password(&self) -> Result<Option<String>> {
        let Some(login) = &self.login else { return Ok(None) };
        let wrong = |what: &str| {
            let file = login.password_file.display();
            Error::new(Kind::Settings, format!("the password file {file} of target {} {what}", self.target))
                .hint("it holds the password on one line and is readable for this program only")
        };
        if fs::metadata(&login.password_file).is_ok_and(|found| found.len() > 1_000) {
            return Err(wrong("is too long"));
        }
        let text =
            fs::read_to_string(&login.password_file).map_err(|e| wrong(&format!("cannot be read: {e}")))?;
        let password = text.trim_end_matches(['\r', '\n']);
        if password.is_empty() || password.contains(['\r', '\n']) {
            return Err(wrong("does not hold one line"));
        }
        Ok(Some(password.to_owned()))
    }

    /// Sends one request; `dress` adds headers and body.
    async fn ask(
        &self,
        method: &'static str,
        url: &Url,
        dress: impl FnOnce(RequestBuilder) -> RequestBuilder + Send,
    ) -> Result<Response> {
        let verb = Method::from_bytes(method.as_bytes())
            .map_err(|_| Error::new(Kind::Internal, format!("{method} is no method")))?;
        let mut request = self.client.request(verb, url.clone());
        if let (Some(login), Some(password)) = (&self.login, self.password()?) {
            request = request.basic_auth(&login.user, Some(password));
        }
        http::send(dress(request), self.asked(method)).await
    }

    fn asked<'a>(&'a self, method: &'a str) -> Asked<'a> {
        Asked { target: &self.target, method }
    }

    fn refusal(&self, answer: &Response, method: &str) -> Error {
        http::refusal(answer, self.asked(method))
    }

    /// The address of a file below the base.
    fn file(&self, place: &Place, name: &str) -> Result<Url> {
        let levels = place.levels.iter().map(String::as_str);
        self.below(levels.chain([place.name.as_str(), name]))
    }

    fn below<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<Url> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => segments.pop_if_empty().extend(names),
            Err(()) => return Err(Error::new(Kind::Internal, "the base address takes no path")),
        };
        Ok(url)
    }

    /// Makes the folder of the filing, and those above it that are not known to be there.
    async fn ensure_folder(&self, place: &Place) -> Result<Made> {
        let names: Vec<&str> = place.levels.iter().map(String::as_str).chain([place.name.as_str()]).collect();
        let known = self.known_levels(&place.levels);
        let mut made = self.make_below(&names, known).await?;
        if made == Made::Homeless && known > 0 {
            // Somebody took away what we knew.
            self.known().clear();
            made = self.make_below(&names, 0).await?;
        }
        if made == Made::Homeless {
            return Err(http::unexpected(StatusCode::NOT_FOUND, self.asked("MKCOL")));
        }
        let mut known = self.known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.extend((1..=place.levels.len()).map(|depth| place.levels[..depth].join("/")));
        Ok(made)
    }

    /// So many of these levels were there when we last looked.
    fn known_levels(&self, levels: &[String]) -> usize {
        let known = self.known();
        (1..=levels.len()).rev().find(|depth| known.contains(&levels[..*depth].join("/"))).unwrap_or(0)
    }

    /// Makes what lies below the first `known` levels; answers for the last.
    async fn make_below(&self, names: &[&str], known: usize) -> Result<Made> {
        let mut made = Made::Old;
        for depth in known + 1..=names.len() {
            made = self.make(&names[..depth]).await?;
            if made == Made::Homeless {
                break;
            }
        }
        Ok(made)
    }

    async fn make(&self, names: &[&str]) -> Result<Made> {
        let url = self.below(names.iter().copied().chain([""]))?;
        let answer = self.ask("MKCOL", &url, plain).await?;
        match answer.status().as_u16() {
            201 => Ok(Made::New),
            405 => Ok(Made::Old),
            // Apache answers a lost race like this.
            403 if self.exists(&url).await? => Ok(Made::Old),
            404 | 409 => Ok(Made::Homeless),
            _ => Err(self.refusal(&answer, "MKCOL")),
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exists(&self, url: &Url) -> Result<bool> {
        let answer = self.ask("PROPFIND", url, |request| request.header("Depth", "0")).await?;
        Ok(answer.status() == StatusCode::MULTI_STATUS)
    }

    /// One file, at last read back under its own name. Answers whether it was there already; in a new folder
    /// nobody looks.
    async fn store(&self, filing: &Filing, place: &Place, item: &Item, folder: Made) -> Result<bool> {
        let part = self.file(place, &part_name(filing, item))?;
        let own = self.file(place, &item.name)?;
        if folder == Made::Old {
            match self.look(&own, item).await? {
                Found::Same => return Ok(true),
                Found::Other => return Err(self.conflict(filing)),
                Found::Nothing => {}
            }
        }
        self.upload(&part, item).await?;
        match self.look(&part, item).await? {
            Found::Same => {}
            Found::Other => return Err(self.altered(filing)),
            // Another writer of the same bytes moved it already.
            Found::Nothing => return self.expect_same(filing, &own, item).await.map(|()| false),
        }
        let to_its_name =
            |request: RequestBuilder| request.header("Destination", own.as_str()).header("Overwrite", "F");
        let answer = self.ask("MOVE", &part, to_its_name).await?;
        match answer.status().as_u16() {
            201 | 204 => self.expect_same(filing, &own, item).await?,
            404 | 409 | 412 => {
                let verdict = self.expect_same(filing, &own, item).await;
                self.forget(&part).await;
                verdict?;
            }
            _ => return Err(self.refusal(&answer, "MOVE")),
        }
        Ok(false)
    }

    async fn upload(&self, part: &Url, item: &Item) -> Result<()> {
        let with_bytes = |request: RequestBuilder| {
            request.header(header::CONTENT_TYPE, &item.media_type).body(item.bytes.clone())
        };
        let answer = self.ask("PUT", part, with_bytes).await?;
        match answer.status().as_u16() {
            201 | 204 => Ok(()),
            _ => Err(self.refusal(&answer, "PUT")),
        }
    }

    /// Removes a part that is not needed. Where that fails it stays, hidden and harmless.
    async fn forget(&self, part: &Url) {
        self.ask("DELETE", part, plain).await.ok();
    }

    async fn expect_same(&self, filing: &Filing, own: &Url, item: &Item) -> Result<()> {
        match self.look(own, item).await? {
            Found::Same => Ok(()),
            Found::Other => Err(self.conflict(filing)),
            Found::Nothing => Err(Error::new(
                Kind::Unknown,
                format!("target {} took a file of filing {} and does not show it", self.target, filing.key),
            )),
        }
    }

    /// Reads back and compares. Bytes can be spoilt on their way back: what differs is read a second time.
    async fn look(&self, url: &Url, item: &Item) -> Result<Found> {
        match self.look_once(url, item).await? {
            Found::Other => self.look_once(url, item).await,
            found => Ok(found),
        }
    }

    async fn look_once(&self, url: &Url, item: &Item) -> Result<Found> {
        let Some(response) = self.get(url, &item.media_type).await? else { return Ok(Found::Nothing) };
        match http::body(response, item.bytes.len(), self.asked("GET")).await? {
            Some(bytes) if ContentHash::of(&bytes) == item.content => Ok(Found::Same),
            Some(_) | None => Ok(Found::Other),
        }
    }

    /// The answer that carries a file; `None` where there is none.
    async fn get(&self, url: &Url, expected: &str) -> Result<Option<Response>> {
        let mut response = self.ask("GET", url, plain).await?;
        // Apache says 403 when a file is moved away between its look and its opening. It means it when it
        // says so three times.
        for _ in 1..3 {
            if response.status() == StatusCode::FORBIDDEN {
                response = self.ask("GET", url, plain).await?;
            }
        }
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            _ => return Err(self.refusal(&response, "GET")),
        }
        let media_type = response.headers().get(header::CONTENT_TYPE);
        let is_page = media_type.is_some_and(|found| found.as_bytes().starts_with(b"text/html"));
        if is_page && !expected.starts_with("text/html") {
            return Err(self.refusal(&response, "GET"));
        }
        Ok(Some(response))
    }

    fn location(&self, place: &Place) -> Result<String> {
        let levels = place.levels.iter().map(String::as_str);
        Ok(self.below(levels.chain([place.name.as_str(), ""]))?.to_string())
    }

    fn receipt(&self, filing: &Filing, place: &Place, adopted: bool) -> Result<Receipt> {
        Ok(Receipt::of(&self.target, filing, self.location(place)?, adopted))
    }

    fn conflict(&self, filing: &Filing) -> Error {
        Error::new(Kind::Conflict, format!("target {} holds something else under {}", self.target, filing.key))
            .hint("compare what lies there with the original; nothing was overwritten")
    }

    fn altered(&self, filing: &Filing) -> Error {
        let text = format!("target {} gives back other bytes than were sent for {}", self.target, filing.key);
        Error::new(Kind::Conflict, text).hint("look for a filter or virus scanner between us and the target")
    }
}

#[async_trait]
impl Adapter for WebDav {
    fn target(&self) -> &str {
        &self.target
    }

    fn class(&self) -> Class {
        Class::A
    }

    fn timing(&self) -> Timing {
        let Patience { request, .. } = self.patience;
        Timing { call: request * REQUESTS_AT_THEIR_SLOWEST, settle: request, lag: Duration::ZERO }
    }

    /// The last file first: without it the filing is not complete.
    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>> {
        let place = Place::of(filing)?;
        for item in filing.items.iter().rev() {
            match self.look(&self.file(&place, &item.name)?, item).await? {
                Found::Same => {}
                Found::Other => return Err(self.conflict(filing)),
                Found::Nothing => return Ok(None),
            }
        }
        self.receipt(filing, &place, true).map(Some)
    }

    async fn put(&self, filing: &Filing) -> Result<Receipt> {
        let place = Place::of(filing)?;
        let folder = self.ensure_folder(&place).await?;
        let mut adopted = true;
        for item in &filing.items {
            adopted &= self.store(filing, &place, item, folder).await?;
        }
        self.receipt(filing, &place, adopted)
    }

    async fn stored(&self, filing: &Filing) -> Result<Option<Stored>> {
        let place = Place::of(filing)?;
        let mut files = Vec::new();
        for item in &filing.items {
            let url = self.file(&place, &item.name)?;
            let Some(response) = self.get(&url, &item.media_type).await? else { return Ok(None) };
            let most = Stored::most_bytes(item);
            let Some(bytes) = http::body(response, most, self.asked("GET")).await? else { return Ok(None) };
            files.push((item.name.clone(), bytes));
        }
        Ok(Some(Stored { location: self.location(&place)?, files }))
    }

    async fn probe(&self) -> Result<()> {
        let answer = self.ask("PROPFIND", &self.base, |request| request.header("Depth", "0")).await?;
        match answer.status() {
            StatusCode::MULTI_STATUS => Ok(()),
            _ => Err(self.refusal(&answer, "PROPFIND")),
        }
    }
}

/// A storing that takes longer than so many requests may is broken off; the next attempt goes on where it ended.
const REQUESTS_AT_THEIR_SLOWEST: u32 = 10;

/// A request with neither headers nor body of its own.
fn plain(request: RequestBuilder) -> RequestBuilder {
    request
}

/// Made of key and content: a second attempt writes over what the first one left. It does not end in `.part`,
/// which Nextcloud keeps for itself.
fn part_name(filing: &Filing, item: &Item) -> String {
    let key: String = filing.key.as_str().chars().take(10).collect();
    format!(".{key}-{}.tmp", &item.content.hex()[..16])
}

fn base_of(target: &str, url: &str, with_password: bool) -> Result<Url> {
    let wrong = |what: &str, hint: &str| {
        Err(Error::new(Kind::Settings, format!("the address of target {target} {what}")).hint(hint))
    };
    let Ok(mut base) = Url::parse(url) else {
        return wrong(
            "is not an address",
            "write it like https://cloud.example.org/remote.php/dav/files/user/",
        );
    };
    if !matches!(base.scheme(), "https" | "http") || base.cannot_be_a_base() {
        return wrong("is neither https nor http", "WebDAV speaks HTTP");
    }
    if !base.username().is_empty() || base.password().is_some() {
        return wrong("carries a password", "use `user` and `password-file`");
    }
    if base.query().is_some() || base.fragment().is_some() {
        return wrong("has a part after ? or #", "write the folder only");
    }
    let at_home = match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if base.scheme() == "http" && with_password && !at_home {
        return wrong("would send the password in the clear", "use https");
    }
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    Ok(base)
}
