//! `laufmappe serve`: examines e-invoices over HTTP until told to stop.

use super::worker::told_to_stop;
use super::{ALL_FILED, house, language};
use crate::error::Result;
use crate::examine::Examiner;
use crate::job::Language;
use crate::settings::Settings;
use crate::web::counter;
use std::net::SocketAddr;

pub async fn serve(settings: &Settings, listen: SocketAddr, tongue: Language) -> Result<u8> {
    let examiner = Examiner::new(house::sandbox(settings)?, settings.passwords()?);
    let told = told_to_stop()?;
    let (address, answering) = counter::serve(listen, examiner, house::clock(), told).await?;
    language::say(&match tongue {
        Language::De => format!("Laufmappe prüft E-Rechnungen auf http://{address} (Ende mit Strg+C)"),
        Language::En => format!("Laufmappe examines e-invoices at http://{address} (stop with Ctrl+C)"),
    });
    answering.await;
    Ok(ALL_FILED)
}
