//! The doctor: one run at a time, and the report of the last.

use crate::commands::app::state;
use crate::desk::Desk;
use crate::doctor::report;
use crate::error::{CommandError, ErrorKind};
use crate::view::{DoctorRequest, Language, RecentRequests, ReportForm};
use engine::doctor::{Checkup, DoctorEvent};
use tauri::State;
use tauri::ipc::Channel;

/// Looks at every hop, telling each step; resolves when it is over. A run that goes on is stopped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn doctor_run(
    desk: State<'_, Desk>,
    request: DoctorRequest,
    on_event: Channel<DoctorEvent>,
) -> Result<(), CommandError> {
    let mut checkup = Checkup::from(request);
    if checkup.account.is_none() {
        checkup.account = state(&desk).await?.active;
    }
    let doctor = desk.doctor(checkup.account.as_deref()).await?;
    let stop = desk.checkups.begin();
    let diagnosis = doctor
        .examine(&checkup, &stop, |event| {
            if on_event.send(event).is_err() {
                tracing::info!("the page left during a checkup");
            }
        })
        .await;
    desk.checkups.keep(diagnosis);
    Ok(())
}

/// Stops the run that goes on, if there is one; its last event says so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn doctor_stop(desk: State<'_, Desk>) -> Result<(), CommandError> {
    desk.checkups.stop();
    Ok(())
}

/// The report of the last run, without anything that is private; rejects with `notFound` when there
/// was none. What is shown is what is to be copied.
#[tauri::command]
#[specta::specta]
pub(crate) async fn doctor_report(
    desk: State<'_, Desk>,
    form: ReportForm,
    language: Language,
) -> Result<String, CommandError> {
    let diagnosis = desk.checkups.last().ok_or(ErrorKind::NotFound)?;
    Ok(match form {
        ReportForm::Text => report::text(&diagnosis, language),
        ReportForm::Json => report::json(&diagnosis),
    })
}

/// The last requests, the newest first; no key is in them, and no address has its query.
#[tauri::command]
#[specta::specta]
pub(crate) async fn requests_recent(desk: State<'_, Desk>) -> Result<RecentRequests, CommandError> {
    Ok(desk.engine()?.client().network().requests().into())
}

/// Keeps what is said from now on, in memory, or forgets all of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn requests_keep_bodies(
    desk: State<'_, Desk>,
    keep: bool,
) -> Result<RecentRequests, CommandError> {
    let engine = desk.engine()?;
    let requests = engine.client().network().requests();
    requests.keep_bodies(keep);
    Ok(requests.into())
}
