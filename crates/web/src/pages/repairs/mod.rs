//! Repair tickets: the board, the list, one ticket with its history, and the form that takes a device in.

mod board;
mod intake;
mod list;
mod page;
mod papers;
mod work;

pub use board::board;
pub use intake::{create, new};
pub use list::list;
pub(super) use page::again;
pub use page::find;
pub use papers::document;
pub use work::{add_part, answer_estimate, bill, estimate, note, remove_part, status, work};

use super::bench::waited;
use crate::components::{Chip, Tab};
use app::repairs::RepairTicket;
use app::{Actor, Capability};
use chrono::{DateTime, NaiveDate, Utc};
use domain::RepairStatus;

/// Days after which a device that is Ready counts as not fetched.
const UNCOLLECTED_DAYS: &str = "14";

/// A ticket as a card of the board or of the bench.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) href: String,
    pub(super) number: String,
    pub(super) device: String,
    pub(super) issue: String,
    pub(super) who: String,
    pub(super) age: String,
    due: String,
    overdue: bool,
    technician: String,
    pub(super) chip: Chip,
}

pub(super) fn status_chip(status: RepairStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

pub(super) fn card(now: DateTime<Utc>, today: NaiveDate, t: &RepairTicket) -> Card {
    Card {
        href: format!("/repairs/{}", t.id),
        number: t.ticket_number.clone(),
        device: t.device.clone().unwrap_or_else(|| t.issue_type.clone()),
        issue: t.issue_type.clone(),
        who: t.customer_name.clone().unwrap_or_else(|| "Our own stock".into()),
        age: waited(now, t.status_since),
        due: t
            .promised_date
            .map(|d| d.format("%-d %b").to_string())
            .unwrap_or_default(),
        overdue: t.promised_date.is_some_and(|d| d < today) && t.status != RepairStatus::Ready,
        technician: t.assigned_to_name.clone().unwrap_or_default(),
        chip: status_chip(t.status),
    }
}

fn tabs(actor: &Actor, current: &str) -> Vec<Tab> {
    let mut tabs = vec![("Board", "/repairs".to_owned())];
    if actor.can(Capability::WorkRepair) {
        tabs.push(("Mine", "/repairs?mine=true".to_owned()));
    }
    tabs.extend([
        (
            "Not fetched",
            format!("/repairs/list?uncollected_days={UNCOLLECTED_DAYS}"),
        ),
        ("All tickets", "/repairs/list".to_owned()),
    ]);
    tabs.into_iter()
        .map(|(label, href)| Tab {
            label: label.into(),
            current: label == current,
            href,
            count: String::new(),
        })
        .collect()
}
