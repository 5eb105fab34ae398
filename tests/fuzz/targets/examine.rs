//! Any bytes: the examiner gives a report, never breaks off, and accepts nothing it calls broken.
#![no_main]

use laufmappe::validate::{Recommendation, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let report = check(bytes, jiff::civil::date(2026, 11, 21));
    assert!(report.findings.iter().all(|finding| finding.id != "LM-BROKEN-OFF"));
    if report.recommendation == Recommendation::Accept {
        assert_eq!((report.fatal(), report.schema_valid), (0, Some(true)));
    }
});
