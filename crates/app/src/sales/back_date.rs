//! Entering something for an earlier day: a Manager's right, with a reason, and never for a closed day (which the database
//! refuses).

use crate::{Actor, Capability, FieldError, Refusal, Tx};
use chrono::{Datelike, NaiveDate};
use domain::{InvoiceId, Text};
use serde_json::json;

/// An earlier day, allowed, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackDate {
    /// The day.
    pub(crate) day: NaiveDate,
    /// Why.
    pub(crate) reason: String,
}

/// The day that something is entered for, where it is not today. `field` points at the day, `reason_field` at the reason.
pub(crate) fn back_date(
    actor: &Actor,
    today: NaiveDate,
    day: Option<NaiveDate>,
    reason: Option<&Text<0, 500>>,
    (field, reason_field): (&str, &str),
) -> Result<Option<BackDate>, Refusal> {
    let Some(day) = day.filter(|day| *day != today) else {
        return Ok(None);
    };
    if day > today {
        return Err(Refusal::invalid(
            field,
            "This day is still to come: enter it for today, or for an earlier day.",
        ));
    }
    if day.year() < 2000 {
        return Err(Refusal::invalid(field, "Give a day from the year 2000 on."));
    }
    actor.require(Capability::BackDate)?;
    match reason.and_then(Text::non_empty) {
        Some(reason) => Ok(Some(BackDate {
            day,
            reason: reason.to_owned(),
        })),
        None => Err(Refusal::Invalid(vec![FieldError {
            pointer: reason_field.to_owned(),
            detail: "Say why this is entered for an earlier day.".into(),
        }])),
    }
}

impl BackDate {
    /// Writes down that it was done, and why.
    pub(crate) async fn audit(&self, tx: &mut Tx, action: &str, id: InvoiceId) -> Result<(), Refusal> {
        let after = json!({"date": self.day, "back_date_reason": self.reason});
        tx.audit(action, "invoices", id.get(), None, Some(after)).await
    }
}
