//! Preorders: the board, the list, taking one, one of them with its next step, and the deposits that are held.

mod board;
mod deposits;
mod list;
mod page;
mod papers;
mod steps;
mod take;

pub use board::board;
pub use deposits::deposits;
pub use list::list;
pub use page::find;
pub use papers::{agreement, deposit_receipt, settlement};
pub use steps::step;
pub use take::{create, new};

use crate::components::Chip;
use crate::frame::long_date;
use app::preorders::Preorder;
use chrono::NaiveDate;
use domain::PreorderStatus;

/// What is due of a preorder, and how urgent it is.
fn due(p: &Preorder, today: NaiveDate) -> Chip {
    let days = |from: NaiveDate| (today - from).num_days();
    let plain = |n: i64| {
        if n == 1 {
            "1 day".to_owned()
        } else {
            format!("{n} days")
        }
    };
    let with = |text: String, tone: &str, icon: &str| Chip {
        status: text,
        tone: tone.into(),
        icon: icon.into(),
    };
    if p.called_off_at.is_some() {
        return with("Called off".into(), "neutral", "ban");
    }
    match (p.status, p.sla_date) {
        (PreorderStatus::DepositPending, _) if p.deposit_paid => {
            with("To be ordered".into(), "info", "check")
        }
        (PreorderStatus::DepositPending, _) if p.deposit_claimed => {
            with("Deposit to confirm".into(), "warn", "clock")
        }
        (PreorderStatus::DepositPending, _) => with("Deposit to take".into(), "warn", "wallet"),
        (status, Some(date)) if status.is_awaited() => match days(date) {
            late @ 1.. => with(format!("{} overdue", plain(late)), "bad", "circle-alert"),
            early if early >= -3 => with(format!("Due {}", long_date(date)), "warn", "clock"),
            _ => with(format!("Due {}", long_date(date)), "neutral", "calendar"),
        },
        (PreorderStatus::Arrived, _) => with("Tell the customer".into(), "warn", "megaphone"),
        (PreorderStatus::CustomerNotified, _) => {
            let since = p.customer_notified_date.map_or(0, days);
            let text = if since > 0 {
                format!("Told {} ago", plain(since))
            } else {
                "Told today".into()
            };
            with(text, if since > 7 { "warn" } else { "neutral" }, "clock")
        }
        (PreorderStatus::Rejected, _) => with("To be resold".into(), "warn", "tag"),
        (PreorderStatus::Resold, _) => with("To be settled".into(), "warn", "wallet"),
        (PreorderStatus::PickedUp, _) => with("To be closed".into(), "neutral", "check"),
        (status, _) => with(status.to_string(), "neutral", "check"),
    }
}

fn thing(p: &Preorder) -> String {
    let mut text: String = p
        .requested_specs
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(90)
        .collect();
    if text.len() < p.requested_specs.len() {
        text.push('…');
    }
    text
}

/// "5,140.50" and "5 140.5" as people type them.
fn plain_amount(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect()
}
