//! Faults on demand, so that the harness in `tests/chaos` can show that it would notice them.
//!
//! In: variables of the environment, read once. Out: whether a fault is wished here; or no return at all.
//! Absent on purpose: everything, in a release build: there each function is empty and no variable is read.
//!
//! | variable | what |
//! |---|---|
//! | `LAUFMAPPE_FAULT=no-intent,reader-aborts-on=WORD` | the named faults, all the time |
//! | `LAUFMAPPE_CRASH=after-put@MARK` | the process aborts there, once: the file `MARK` tells that it did |
//! | `LAUFMAPPE_FREEZE=before-filed@MARK` | the process stops itself there (SIGSTOP), once |

#[cfg(debug_assertions)]
pub use wishes::{chance, hand_down, reach, step, stumble, wished};

#[cfg(not(debug_assertions))]
pub use nothing::{chance, hand_down, reach, step, stumble, wished};

#[cfg(debug_assertions)]
mod wishes {
    use std::fmt::Debug;
    use std::fs::File;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    const FAULT: &str = "LAUFMAPPE_FAULT";
    /// The one fault that the confined reader is told of.
    const READER: &str = "reader-aborts-on";

    struct Wishes {
        faults: Vec<(String, Option<String>)>,
        crash: Option<(String, String)>,
        freeze: Option<(String, String)>,
    }

    fn wishes() -> &'static Wishes {
        static WISHES: OnceLock<Wishes> = OnceLock::new();
        WISHES.get_or_init(|| {
            let place = |name: &str| {
                let text = std::env::var(name).ok()?;
                text.split_once('@').map(|(place, mark)| (place.to_owned(), mark.to_owned()))
            };
            let list = std::env::var(FAULT).unwrap_or_default();
            let faults = list.split(',').map(|fault| match fault.split_once('=') {
                Some((name, word)) => (name.to_owned(), Some(word.to_owned())),
                None => (fault.to_owned(), None),
            });
            Wishes {
                faults: faults.collect(),
                crash: place("LAUFMAPPE_CRASH"),
                freeze: place("LAUFMAPPE_FREEZE"),
            }
        })
    }

    /// Is this fault wished?
    pub fn wished(fault: &str) -> bool {
        wishes().faults.iter().any(|(name, _)| name == fault)
    }

    /// Ends the process where the bytes hold the word of this fault.
    pub fn stumble(fault: &str, bytes: &[u8]) {
        for (_, word) in wishes().faults.iter().filter(|(name, _)| name == fault) {
            let word = word.as_deref().unwrap_or_default().as_bytes();
            if !word.is_empty() && bytes.windows(word.len()).any(|window| window == word) {
                std::process::abort();
            }
        }
    }

    /// The variable for a confined reader, whose environment is otherwise empty.
    pub fn hand_down() -> Option<(&'static str, String)> {
        let (name, word) = wishes().faults.iter().find(|(name, _)| name == READER)?;
        Some((FAULT, format!("{name}={}", word.as_deref().unwrap_or_default())))
    }

    /// The name of a step: the first word of an event, in small letters.
    pub fn step(event: &impl Debug) -> String {
        let text = format!("{event:?}");
        text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
    }

    /// A place of the work was reached (`before` or `after` a step).
    pub fn reach(when: &str, step: &str) {
        let here = |place: &Option<(String, String)>| {
            let (name, mark) = place.as_ref()?;
            let ours = name.strip_prefix(when)?.strip_prefix('-')? == step;
            ours.then(|| File::create_new(mark).ok())?
        };
        if here(&wishes().crash).is_some() {
            std::process::abort();
        }
        if here(&wishes().freeze).is_some() {
            let ourselves = rustix::process::getpid();
            rustix::process::kill_process(ourselves, rustix::process::Signal::STOP).ok();
        }
    }

    /// Another word every time.
    pub fn chance() -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(not(debug_assertions))]
mod nothing {
    #[inline(always)]
    pub fn wished(_: &str) -> bool {
        false
    }

    #[inline(always)]
    pub fn stumble(_: &str, _: &[u8]) {}

    #[inline(always)]
    pub fn hand_down() -> Option<(&'static str, String)> {
        None
    }

    #[inline(always)]
    pub fn step<T>(_: &T) -> String {
        String::new()
    }

    #[inline(always)]
    pub fn reach(_: &str, _: &str) {}

    #[inline(always)]
    pub fn chance() -> String {
        String::new()
    }
}
