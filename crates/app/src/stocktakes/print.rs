//! A stocktake on paper and as a file.

use super::{StocktakeDetail, StocktakeLine, find, hidden, is_hidden};
use crate::export::{Column, Row};
use crate::invoices::Printed;
use crate::invoices::print::{draw, letterhead};
use crate::{Actor, Refusal, Shop};
use chrono::{DateTime, Utc};
use documents::{StocktakeReportDoc, StocktakeReportGroup, StocktakeReportRow};
use domain::{StocktakeId, StocktakeOutcome};

/// Everything of a stocktake, a row a thing.
pub async fn lines(
    shop: &Shop,
    actor: &Actor,
    id: StocktakeId,
) -> Result<(StocktakeDetail, Vec<StocktakeLine>), Refusal> {
    let detail = find(shop, actor, id).await?;
    if is_hidden(&detail.stocktake) {
        return Err(hidden(&detail.stocktake));
    }
    let lines = db::stocktakes::lines(&mut *shop.read().await?, id).await?;
    Ok((detail, lines))
}

/// Prints the report of a stocktake.
pub async fn print(shop: &Shop, actor: &Actor, id: StocktakeId) -> Result<Printed, Refusal> {
    let (detail, lines) = lines(shop, actor, id).await?;
    let settings = shop.settings().await?;
    let zone = shop.zone();
    let when = |at: DateTime<Utc>| at.with_timezone(&zone).format("%a %-d %b %Y, %H:%M").to_string();
    let head = &detail.stocktake;
    let step = |what: &str, at: Option<DateTime<Utc>>, by: &Option<String>| {
        at.map(|at| format!("{what} {} by {}", when(at), by.as_deref().unwrap_or("the system")))
    };
    let steps = [
        step("Begun", Some(head.started_at), &head.started_by_name),
        step("Submitted", head.submitted_at, &head.submitted_by_name),
        step(head.status.as_str(), head.decided_at, &head.decided_by_name),
        head.cancellation_reason.clone(),
    ];
    let f = detail.figures.unwrap_or_default();
    let figures = [
        ("Expected", f.expected),
        ("Counted", detail.counted),
        ("Found", f.found),
        ("Missing", f.missing),
        ("Wrong place", f.wrong_place),
        ("Unexpected", f.unexpected),
        ("Sold meanwhile", f.sold_meanwhile),
        ("Moved meanwhile", f.moved_meanwhile),
        ("Unknown codes", detail.unknown),
        ("Items counted", detail.items_counted),
        ("Items short", f.short),
        ("Items over", f.over),
    ];
    let groups = StocktakeOutcome::ALL
        .iter()
        .filter(|outcome| **outcome != StocktakeOutcome::Found)
        .filter_map(|outcome| {
            let rows: Vec<_> = lines
                .iter()
                .filter(|line| line.outcome == *outcome)
                .map(|line| row(line, &when))
                .collect();
            (!rows.is_empty()).then(|| StocktakeReportGroup {
                title: outcome.to_string(),
                words: outcome.meaning().into(),
                rows,
            })
        })
        .collect();
    let doc = StocktakeReportDoc {
        shop: letterhead(&settings.shop),
        number: head.stocktake_number.clone(),
        location: head.location_name.clone(),
        status: head.status.to_string(),
        steps: steps.into_iter().flatten().collect(),
        notes: head.notes.clone(),
        figures: figures
            .map(|(name, number)| (name.to_owned(), number.to_string()))
            .to_vec(),
        groups,
        created_at: shop.now(),
    };
    draw(format!("{}.pdf", head.stocktake_number), move || {
        documents::stocktake_report(&doc)
    })
    .await
}

fn row(line: &StocktakeLine, when: &impl Fn(DateTime<Utc>) -> String) -> StocktakeReportRow {
    let moved = match (&line.from_location, &line.to_location) {
        (Some(from), Some(to)) => Some(format!("{from} → {to}")),
        (None, Some(to)) => Some(format!("→ {to}")),
        (Some(from), None) => Some(from.clone()),
        (None, None) => None,
    };
    let detail = match (&line.serial_number, line.expected_quantity, line.counted_quantity) {
        (Some(serial), ..) => [Some(serial.clone()), moved]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
        (None, Some(expected), Some(counted)) => format!("{counted} counted, {expected} by the books"),
        (None, Some(expected), None) => format!("{expected} by the books"),
        _ => String::new(),
    };
    StocktakeReportRow {
        code: line.code.clone(),
        what: line.title.clone().unwrap_or_default(),
        detail,
        counted: match (&line.counted_by, line.counted_at) {
            (Some(who), Some(at)) => format!("{who}, {}", when(at)),
            _ => String::new(),
        },
    }
}

impl Row for StocktakeLine {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("outcome", |l| l.outcome.as_str().into()),
        Column::new("code", |l| (&l.code).into()),
        Column::new("serial_number", |l| l.serial_number.as_ref().into()),
        Column::new("title", |l| l.title.as_ref().into()),
        Column::new("expected_quantity", |l| l.expected_quantity.into()),
        Column::new("counted_quantity", |l| l.counted_quantity.into()),
        Column::new("counted_by", |l| l.counted_by.as_ref().into()),
        Column::new("counted_at", |l| {
            l.counted_at.map(|at| at.to_rfc3339()).as_ref().into()
        }),
        Column::new("from_location", |l| l.from_location.as_ref().into()),
        Column::new("to_location", |l| l.to_location.as_ref().into()),
    ];
}
