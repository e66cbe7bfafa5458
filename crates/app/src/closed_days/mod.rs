//! Closing days and months (PRODUCT.md section 7): what is dated on a closed day, or before it, is written no more.

use crate::{Actor, Capability, Refusal, Shop};
use chrono::{Datelike, Days, Months, NaiveDate};
pub use db::closed_days::{CLOSED_DAYS as LIST, ClaimedPayment, ClosedDay, DayFigures, OpenDay, OpenTill};
use domain::Money;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// The most days shown as not closed yet.
const MOST_OPEN_DAYS: u64 = 62;

/// Which day is to be closed. Days before it that are not closed yet are closed with it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseDay {
    /// The last day to be closed; not later than today.
    #[schema(example = "2026-01-14")]
    pub date: NaiveDate,
    /// Whether the whole month of that day is closed, to its last day.
    #[serde(default)]
    pub whole_month: Option<bool>,
}

/// What there is to close.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The last closed day.
    pub last: Option<NaiveDate>,
    /// Days that are not closed yet, latest first, at most two months of them.
    pub open: Vec<OpenDay>,
    /// Tills that are not closed.
    pub tills: Vec<OpenTill>,
    /// Payments that are only claimed.
    pub claimed: Vec<ClaimedPayment>,
}

/// What is not closed yet, and what stands against closing it.
pub async fn outlook(shop: &Shop) -> Result<Outlook, Refusal> {
    let today = shop.today();
    let mut conn = shop.read().await?;
    let last = db::closed_days::day_last(&mut conn).await?;
    let from = match last {
        Some(last) => last.checked_add_days(Days::new(1)),
        None => db::closed_days::day_first(&mut conn).await?,
    };
    let earliest = today.checked_sub_days(Days::new(MOST_OPEN_DAYS)).unwrap_or(today);
    let from = from.unwrap_or(today).max(earliest);
    Ok(Outlook {
        last,
        open: db::closed_days::days_open(&mut conn, from, today).await?,
        tills: db::closed_days::days_open_tills(&mut conn, today).await?,
        claimed: db::closed_days::days_claimed(&mut conn, today).await?,
    })
}

fn last_of_month(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?
        .checked_add_months(Months::new(1))?
        .checked_sub_days(Days::new(1))
}

/// Closes a day with all open days before it. Closing a closed day answers the same and does nothing.
pub async fn close(shop: &Shop, actor: &Actor, close: CloseDay) -> Result<ClosedDay, Refusal> {
    actor.require(Capability::CloseDay)?;
    if !(2000..=9999).contains(&close.date.year()) {
        return Err(Refusal::invalid("/date", "Give a day from the year 2000 on."));
    }
    let month = close.whole_month.unwrap_or(false);
    let until = match month {
        true => last_of_month(close.date).unwrap_or(close.date),
        false => close.date,
    };
    if until > shop.today() {
        let text = match month {
            true => "This month is not over: close it on its last day, or later.",
            false => "This day is still to come: close today, or a day before it.",
        };
        return Err(Refusal::invalid("/date", text));
    }
    let mut tx = shop.begin(actor).await?;
    db::closed_days::days_lock(tx.conn()).await?;
    let last = db::closed_days::day_last(tx.conn()).await?;
    if let Some(last) = last
        && last >= until
    {
        let Some(day) = db::closed_days::day_find(tx.conn(), until).await? else {
            let text = format!(
                "The books are closed up to {}, and nothing was entered before.",
                spoken(last)
            );
            return Err(Refusal::conflict("day_closed", text));
        };
        tx.commit(201, &day).await?;
        return Ok(day);
    }
    let mut against = Vec::new();
    for till in db::closed_days::days_open_tills(tx.conn(), until).await? {
        let since = till
            .opened_at
            .with_timezone(&shop.zone())
            .format("%a %-d %b, %H:%M");
        against.push(format!(
            "The till of {} is open since {since}: close it first.",
            till.user_name
        ));
    }
    for payment in db::closed_days::days_claimed(tx.conn(), until).await? {
        against.push(format!(
            "{} on {} is only claimed: confirm it first.",
            payment.amount.ghs(),
            payment.invoice_number
        ));
    }
    if !against.is_empty() {
        return Err(Refusal::conflict("day_open", against.join(" ")));
    }
    let from = match last {
        Some(last) => last.checked_add_days(Days::new(1)).unwrap_or(until),
        None => {
            let first = db::closed_days::day_first(tx.conn()).await?.unwrap_or(until);
            let month_start = until.with_day(1).filter(|_| month).unwrap_or(until);
            first.min(month_start).min(until)
        }
    };
    let days = db::closed_days::days_close(tx.conn(), from, until).await?;
    let day = db::closed_days::day_find(tx.conn(), until)
        .await?
        .ok_or_else(|| Refusal::Internal(format!("{until} was not closed")))?;
    let after = json!({"from": from, "until": until, "days": days, "figures": day.figures});
    tx.audit("day.close", "closed_days", None, None, Some(after))
        .await?;
    tx.commit(201, &day).await?;
    Ok(day)
}

/// `14 Jan 2026`
pub(crate) fn spoken(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// The amount of a day's figure, for showing.
pub fn amount(text: &str) -> Option<Money> {
    rust_decimal::Decimal::from_str_exact(text)
        .ok()
        .and_then(|d| Money::try_new(d).ok())
}
