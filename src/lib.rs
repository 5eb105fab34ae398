//! Laufmappe reads, checks, routes and files what comes into a German town hall, and proves that nothing was
//! lost or doubled.
//!
//! ```text
//!   door      eyes         reader      examiner     clerk      drawers
//!  intake ─▶ recognise ─▶ extract ─▶ validate ─▶ route ─▶ filing
//!     │          │                                             │
//!   queue     ledger ◀── each step leaves an entry ────────────┘
//!     ▲
//!   worker ── settles every job: filed · divided · later · clearing
//! ```
//!
//! # The law
//!
//! | room | comes in → goes out | never |
//! |---|---|---|
//! | [`job`] | the nouns every room shares | does anything |
//! | [`error`] | kinds of failure and the one table of answers | a wrong invoice |
//! | [`store`] | bytes → hash → the same bytes | names |
//! | [`reserve`] | what must stay free → what is short | waiting |
//! | [`sandbox`] | task and bytes → answer of a confined child | knows the tasks |
//! | [`intake`] | bytes → documents, mails and archives → parts | pages |
//! | [`recognise`] | pages → words with place and confidence | meaning |
//! | [`extract`] | bytes and words → invoice or letter | judging |
//! | [`invoice`] | XML → the model of EN 16931 | judging, input/output |
//! | [`validate`] | e-invoice and day of receipt → report | input/output, clock, locale |
//! | [`route`] | content and report → decision, with its *because* | input/output, clock |
//! | [`protocol`] | report → text, JSON, HTML, VARL, reply | judging |
//! | [`filing`] | filing → receipt, one file per DMS | retries |
//! | [`ledger`] | events → entries, chained; the truth | contents |
//! | [`queue`] | jobs; a doorbell | documents |
//! | [`clearing`] | error → owner, reason and next step in plain words | deciding |
//! | [`pipeline`] | one claimed case → settled | retries, waiting |
//! | [`examine`] | one document at the counter → report | store, ledger, filing |
//! | [`reader`] | one file at the reading desk → its documents | store, ledger, filing |
//! | [`lessons`] | corrections of read pages → the memory of a tenant | changes a line |
//! | [`backup`] | what the ledgers say and name → a folder, and back, every hash compared | deletes a content |
//! | [`forecast`] | backlog and what was measured → when it is done, how many workers it takes | clock, ledger |
//! | [`worker`] | jobs → settled or later | knowledge of documents |
//! | [`metrics`] | what happens, what queue, ledger and disk say → figures for operations | ids, names |
//! | [`telemetry`] | spans and events → log lines, measured stages, traces | contents |
//! | [`settings`] | file and environment → one struct | |
//! | [`web`] [`cli`] | doors for people | business decisions |
//!
//! `tests/architecture.rs` holds who may name whom.
//!
//! # Walkthrough 1: an XRechnung
//!
//! `cli/submit.rs` reads the file; [`intake::arrive`] keeps the bytes in the [`store`] under their SHA-256 and
//! tells the kind by content; the [`ledger`] notes `received` (durable), then the [`queue`] rings. A
//! [`worker`] slot takes the job and claims the case: the claim is counted in the ledger before a byte is
//! touched. [`pipeline::process`] reads the invoice ([`extract`]), checks it ([`validate`]), decides
//! ([`route`]), notes the decision with its *because*. Everything to be filed is put into the store and listed
//! in a plan; [`filing::protocol`] says whether to store, to look first, to wait or to ask a person; the intent
//! is noted; [`filing::put`] stores, reads back and compares; the receipt is noted, the case closed, and only
//! then the message acknowledged.
//!
//! # Walkthrough 2: a batch from the scanner
//!
//! A duplex TIFF arrives. [`recognise::read`] asks a confined child: blank pages and separator sheets are told
//! first, the rest is read by OCR. The reading is kept. [`recognise::sections`] finds the documents between
//! the separators; sheets in must equal filed + separators + blanks. [`recognise::cut`] makes a PDF of each,
//! the ledger notes parts and division in one go, and each part walks the way of walkthrough 1, its words
//! already read.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")
)]

pub mod error;
pub mod job;

pub mod index;
pub mod reserve;
pub mod sandbox;
pub mod store;

pub mod extract;
pub mod filing;
pub mod intake;
pub mod invoice;
pub mod recognise;
pub mod route;
pub mod validate;

pub mod protocol;

pub mod ledger;
pub mod queue;

pub mod backup;
pub mod clearing;
pub mod examine;
pub mod forecast;
pub mod lessons;
pub mod pipeline;
pub mod reader;
pub mod worker;

pub mod metrics;
pub mod telemetry;

pub mod cli;
pub mod settings;
pub mod web;
