//! The targets of the settings, and the one place that knows every adapter.
//!
//! In: one target's settings. Out: its [`Adapter`]. Absent on purpose: reading files of settings.

use super::{Adapter, Folder, Login, Patience, WebDav};
use crate::error::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One filing target, as the settings write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum TargetSettings {
    Folder {
        path: PathBuf,
    },
    Webdav {
        url: String,
        user: Option<String>,
        /// Holds the password on one line; the settings themselves never do.
        password_file: Option<PathBuf>,
    },
}

/// The adapter of a target. A new kind of DMS adds its file, its settings above and its line here.
pub fn adapter(name: &str, settings: &TargetSettings) -> Result<Box<dyn Adapter>> {
    match settings {
        TargetSettings::Folder { path } => Ok(Box::new(Folder::new(name, path))),
        TargetSettings::Webdav { url, user, password_file } => {
            let login = match (user, password_file) {
                (Some(user), Some(file)) => Some(Login { user: user.clone(), password_file: file.clone() }),
                (None, None) => None,
                _ => {
                    return Err(Error::new(Kind::Settings, format!("target {name} is half configured"))
                        .hint("`user` and `password-file` belong together"));
                }
            };
            Ok(Box::new(WebDav::new(name, url, login, Patience::default())?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_an_adapter_or_say_what_is_wrong() {
        #[rustfmt::skip]
        let rows = [
            ("kind = \"folder\"\npath = \"/srv/ablage\"", None),
            ("kind = \"webdav\"\nurl = \"https://dms.example.org/ablage\"", None),
            ("kind = \"webdav\"\nurl = \"https://u:p@dms.example.org/\"", Some("carries a password")),
            ("kind = \"webdav\"\nurl = \"ftp://dms.example.org/\"", Some("neither https nor http")),
            ("kind = \"webdav\"\nurl = \"dms\"", Some("is not an address")),
            ("kind = \"webdav\"\nurl = \"https://dms.example.org/?a=b\"", Some("after ? or #")),
            ("kind = \"webdav\"\nurl = \"https://dms.example.org/\"\nuser = \"u\"", Some("half configured")),
            ("kind = \"webdav\"\nurl = \"http://dms.example.org/\"\nuser = \"u\"\npassword-file = \"/p\"", Some("in the clear")),
            ("kind = \"webdav\"\nurl = \"https://dms.example.org/\"\nuser = \"u\"\npassword-file = \"/nowhere/p\"", Some("cannot be read")),
        ];
        for (text, wrong) in rows {
            let settings: TargetSettings = toml::from_str(text).unwrap();
            let made = adapter("akte", &settings).map(|adapter| adapter.target().to_owned());
            match wrong {
                None => assert_eq!(made.unwrap(), "akte"),
                Some(wrong) => {
                    let error = made.unwrap_err();
                    assert_eq!(error.kind, Kind::Settings);
                    assert!(error.text.contains(wrong), "{error}");
                }
            }
        }
        for unknown in [
            "kind = \"ftp\"",
            "kind = \"folder\"\npaht = \"x\"",
            "path = \"x\"",
            "kind = \"folder\"\npath = \"x\"\nurl = \"y\"",
        ] {
            assert!(toml::from_str::<TargetSettings>(unknown).is_err(), "{unknown}");
        }
    }
}
