//! Today: the first page of Admin and Manager.

use super::{PageResult, show};
use crate::AppState;
use crate::components::{Chip, Figure, link};
use crate::frame::{Frame, Visitor};
use app::Shop;
use app::reports::dashboard::{self, Dashboard};
use app::reports::{PaceDay, StageCount};
use askama::Template;
use axum::extract::State;
use chrono::{DateTime, Datelike, Timelike, Utc};
use domain::{AssetStatus, Money};

/// templates/pages/today.html
#[derive(Debug, Template)]
#[template(path = "pages/today.html")]
pub struct Today {
    frame: Frame,
    greeting: String,
    sales: Vec<Figure>,
    pace: Option<Pace>,
    tenders: Vec<Share>,
    stages: Vec<Share>,
    stuck: Vec<Todo>,
    recent: Vec<Sale>,
}

#[derive(Debug, PartialEq, Eq)]
struct Pace {
    line: String,
    area: String,
    before: String,
    top: String,
    summary: String,
    rows: Vec<PaceRow>,
}

#[derive(Debug, PartialEq, Eq)]
struct PaceRow {
    day: u32,
    now: String,
    before: String,
}

#[derive(Debug)]
struct Share {
    label: String,
    value: String,
    part: i64,
    whole: i64,
    href: String,
}

#[derive(Debug)]
struct Todo {
    icon: &'static str,
    tone: &'static str,
    text: String,
    count: String,
    href: String,
}

#[derive(Debug)]
struct Sale {
    number: String,
    href: String,
    who: String,
    when: String,
    amount: String,
    chip: Chip,
}

/// "12 % more than last Wed", with its tone and icon.
fn against(now: Money, before: Money, day: &str) -> (String, &'static str, &'static str) {
    let (now, before) = (i128::from(now.pesewas()), i128::from(before.pesewas()));
    if before == 0 {
        return (format!("No sale last {day}"), "", "");
    }
    let percent = (now - before) * 100 / before;
    match percent {
        0 => (format!("The same as last {day}"), "", ""),
        1.. => (format!("{percent} % more than last {day}"), "good", "arrow-up"),
        _ => (
            format!("{} % less than last {day}", -percent),
            "bad",
            "arrow-down",
        ),
    }
}

fn many(count: i64, one: &str, more: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {more}")
    }
}

fn figures(d: &Dashboard, frame: &Frame) -> Vec<Figure> {
    let date = d.date.to_string();
    let paid_today = link("/invoices", &[("invoice_date", &date), ("status", "Paid")]);
    let (note, tone, icon) = against(
        d.today.total_sales,
        d.same_day_last_week.total_sales,
        &d.date.format("%a").to_string(),
    );
    let mut figures = vec![
        Figure {
            label: "Sales today".into(),
            value: d.today.total_sales.grouped(),
            money: true,
            note,
            tone: tone.into(),
            icon: icon.into(),
            href: paid_today.clone(),
        },
        Figure {
            label: "Invoices today".into(),
            value: d.today.transaction_count.to_string(),
            note: format!(
                "{} last {}",
                d.same_day_last_week.transaction_count,
                d.date.format("%a")
            ),
            href: paid_today.clone(),
            ..Figure::default()
        },
    ];
    if d.today.returned_amount.is_positive() {
        figures.push(Figure {
            label: "Returned today".into(),
            value: d.today.returned_amount.grouped(),
            money: true,
            note: format!("Sales less returns: {}", d.today.net_sales.ghs()),
            href: link("/returns", &[("return_date", &date)]),
            ..Figure::default()
        });
    }
    if frame.sees_margin() {
        let is_known = d.lines_without_cost == 0;
        figures.push(Figure {
            label: "Profit today".into(),
            value: d.profit.grouped(),
            money: true,
            note: match is_known {
                true => format!("The goods cost {}", d.cost_total.ghs()),
                false => format!("{} of unknown cost", many(d.lines_without_cost, "line", "lines")),
            },
            tone: if is_known { "" } else { "warn" }.into(),
            icon: if is_known { "" } else { "triangle-alert" }.into(),
            href: paid_today,
        });
    }
    let ready = d
        .stages
        .iter()
        .find(|s| s.status == AssetStatus::ReadyForSale)
        .map_or(0, |s| s.units);
    let reserved = d
        .stages
        .iter()
        .find(|s| s.status == AssetStatus::Reserved)
        .map_or(0, |s| s.units);
    figures.push(Figure {
        label: "Ready for sale".into(),
        value: ready.to_string(),
        note: format!("{reserved} reserved"),
        href: link("/devices", &[("status", AssetStatus::ReadyForSale.as_str())]),
        ..Figure::default()
    });
    let open = &d.open_invoices;
    figures.push(Figure {
        label: "To be paid".into(),
        value: open.receivable_balance.grouped(),
        money: true,
        note: match open.overdue_count {
            0 => many(open.receivable_count, "invoice", "invoices"),
            overdue => format!(
                "{}, {overdue} overdue",
                many(open.receivable_count, "invoice", "invoices")
            ),
        },
        tone: if open.overdue_count > 0 { "bad" } else { "" }.into(),
        icon: if open.overdue_count > 0 {
            "circle-alert"
        } else {
            ""
        }
        .into(),
        href: link("/invoices", &[("status", "Sent")]),
    });
    figures
}

/// What a month had brought by each of its days, until the last one.
fn by_day(days: &[PaceDay], last: u32) -> Vec<Money> {
    (1..=last)
        .map(|day| {
            let until = days.iter().rev().find(|d| d.invoice_date.day() <= day);
            until.map_or(Money::ZERO, |d| d.month_to_date)
        })
        .collect()
}

const WIDTH: i64 = 640;
const HEIGHT: i64 = 180;
/// Days from one end of the picture to the other.
const DAYS: i64 = 30;

fn points(amounts: &[Money], top: Money) -> Vec<String> {
    let top = i128::from(top.pesewas().max(1));
    (0..)
        .zip(amounts)
        .map(|(day, amount)| {
            let height = i128::from(amount.pesewas()) * i128::from(HEIGHT) / top;
            format!("{},{}", day * WIDTH / DAYS, i128::from(HEIGHT) - height)
        })
        .collect()
}

fn pace(d: &Dashboard) -> Option<Pace> {
    let last_of_before = d.date.with_day(1)?.pred_opt()?.day();
    let now = by_day(&d.month, d.date.day());
    let before = by_day(&d.month_before, last_of_before);
    let top = now
        .iter()
        .chain(&before)
        .max()
        .copied()
        .filter(|top| top.is_positive())?;
    let line = points(&now, top);
    let so_far = *now.last()?;
    let same_day = before
        .get(now.len() - 1)
        .or(before.last())
        .copied()
        .unwrap_or_default();
    let end = (i64::from(d.date.day()) - 1) * WIDTH / DAYS;
    let text = |amounts: &[Money], n: usize| amounts.get(n).map(|m| m.grouped()).unwrap_or_default();
    Some(Pace {
        area: format!("M0,{HEIGHT} L{} L{end},{HEIGHT} Z", line.join(" L")),
        line: line.join(" "),
        before: points(&before, top).join(" "),
        top: top.ghs(),
        summary: format!(
            "{} so far this month; {} by the same day of the month before.",
            so_far.ghs(),
            same_day.ghs()
        ),
        rows: (1..)
            .zip(0..now.len().max(before.len()))
            .map(|(day, n)| PaceRow {
                day,
                now: text(&now, n),
                before: text(&before, n),
            })
            .collect(),
    })
}

/// Whether a device does not belong in this state for long.
fn is_passing(status: AssetStatus) -> bool {
    !matches!(
        status,
        AssetStatus::ReadyForSale | AssetStatus::NotSellable | AssetStatus::Sold | AssetStatus::Scrapped
    )
}

/// A state in which something waits for more than a week.
fn stuck_stage(stage: &StageCount, now: DateTime<Utc>) -> Option<Todo> {
    let days = (now - stage.oldest_status_since).num_days();
    (days > 7 && is_passing(stage.status)).then(|| Todo {
        icon: "clock",
        tone: "warn",
        text: format!("in {}, the longest for {days} days", stage.status),
        count: stage.units.to_string(),
        href: link("/devices", &[("status", stage.status.as_str())]),
    })
}

fn stuck(d: &Dashboard, shop: &Shop, claimed: i64) -> Vec<Todo> {
    let (now, zone) = (shop.now(), shop.zone());
    let mut todos = Vec::new();
    if claimed > 0 {
        todos.push(Todo {
            icon: "banknote",
            tone: "warn",
            text: "claimed payments to confirm".into(),
            count: claimed.to_string(),
            href: "/payments/claimed".into(),
        });
    }
    if d.overdue_preorder_count > 0 {
        todos.push(Todo {
            icon: "circle-alert",
            tone: "bad",
            text: "preorders past their date".into(),
            count: d.overdue_preorder_count.to_string(),
            href: link("/preorders/list", &[("is_overdue", "true")]),
        });
    }
    if d.return_request_count > 0 {
        todos.push(Todo {
            icon: "undo-2",
            tone: "warn",
            text: "returns wait for a decision".into(),
            count: d.return_request_count.to_string(),
            href: "/returns".into(),
        });
    }
    let open = &d.open_invoices;
    if open.overdue_count > 0 {
        todos.push(Todo {
            icon: "circle-alert",
            tone: "bad",
            text: format!(
                "invoices past their due date, {} to be paid",
                open.overdue_balance.ghs()
            ),
            count: open.overdue_count.to_string(),
            href: link("/invoices", &[("status", "Sent")]),
        });
    }
    todos.extend(d.stages.iter().filter_map(|s| stuck_stage(s, now)));
    if d.low_stock_count > 0 {
        let names: Vec<&str> = d.low_stock.iter().take(3).map(|i| i.item_name.as_str()).collect();
        todos.push(Todo {
            icon: "package",
            tone: "warn",
            text: format!(
                "items below their threshold: {}{}",
                names.join(", "),
                if d.low_stock_count > 3 { " …" } else { "" }
            ),
            count: d.low_stock_count.to_string(),
            href: link("/stock", &[("low_stock", "true")]),
        });
    }
    if open.held_count > 0 {
        let until = open
            .next_hold_expires_at
            .map(|at| at.with_timezone(&zone).format("%a %-d %b, %H:%M").to_string());
        todos.push(Todo {
            icon: "clock",
            tone: "info",
            text: format!(
                "invoices hold goods of {}, the first until {}",
                open.held_amount.ghs(),
                until.unwrap_or_default()
            ),
            count: open.held_count.to_string(),
            href: link("/invoices", &[("status", "Draft")]),
        });
    }
    todos
}

/// `GET /today`
pub async fn today(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let d = dashboard::dashboard(&state.shop, &visitor.actor).await?;
    let claimed = match visitor.actor.can(app::Capability::ConfirmPayments) {
        true => app::payments::waiting(&state.shop).await?,
        false => 0,
    };
    let (now, zone) = (state.shop.now(), state.shop.zone());
    let date = d.date.to_string();
    let greeting = match now.with_timezone(&zone).hour() {
        0..=11 => "Good morning",
        12..=16 => "Good afternoon",
        _ => "Good evening",
    };
    let first_name = visitor.actor.full_name.split(' ').next().unwrap_or_default();
    let most = d
        .tender
        .iter()
        .map(|t| t.amount)
        .max()
        .unwrap_or_default()
        .pesewas();
    let tenders = (d.tender.iter())
        .map(|t| Share {
            label: match t.refunded.is_zero() {
                true => format!(
                    "{} · {}",
                    t.payment_method,
                    many(t.payment_count, "payment", "payments")
                ),
                false => format!("{} · {} given back", t.payment_method, t.refunded.ghs()),
            },
            value: t.amount.grouped(),
            part: t.amount.pesewas(),
            whole: most.max(1),
            href: link("/invoices", &[("invoice_date", &date)]),
        })
        .collect();
    let whole = d.stages.iter().map(|s| s.units).max().unwrap_or(1);
    let stages = (d.stages.iter())
        .map(|s| Share {
            label: s.status.to_string(),
            value: s.units.to_string(),
            part: s.units,
            whole,
            href: link("/devices", &[("status", s.status.as_str())]),
        })
        .collect();
    let recent = (d.recent_sales.iter())
        .map(|s| Sale {
            number: s.invoice_number.clone(),
            href: format!("/invoices/{}", s.invoice_id),
            who: s.customer_name.clone().unwrap_or_else(|| "Walk-in".into()),
            when: s.created_at.with_timezone(&zone).format("%H:%M").to_string(),
            amount: s.total_amount.grouped(),
            chip: Chip::toned(s.status.as_str(), s.status.tone()),
        })
        .collect();
    show(&Today {
        greeting: format!("{greeting}, {first_name}"),
        sales: figures(&d, &visitor.frame),
        pace: pace(&d),
        tenders,
        stages,
        stuck: stuck(&d, &state.shop, claimed),
        recent,
        frame: visitor.frame.titled("Today"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn a_day_is_compared_with_last_week() {
        let cedis = |n: i64| Money::from_pesewas(n * 100);
        assert_eq!(
            against(cedis(150), cedis(100), "Wed").0,
            "50 % more than last Wed"
        );
        assert_eq!(against(cedis(75), cedis(100), "Wed").0, "25 % less than last Wed");
        assert_eq!(against(cedis(75), cedis(0), "Wed").0, "No sale last Wed");
    }

    #[test]
    fn a_day_without_a_sale_keeps_what_its_month_has() {
        let day = |day, sum| PaceDay {
            invoice_date: NaiveDate::from_ymd_opt(2026, 1, day).expect("a day"),
            transaction_count: 1,
            total_sales: Money::from_pesewas(sum),
            returned_amount: Money::ZERO,
            month_to_date: Money::from_pesewas(sum),
            entries: 1,
        };
        let sums = by_day(&[day(2, 100), day(4, 400)], 5);
        assert_eq!(
            sums.iter().map(|m| m.pesewas()).collect::<Vec<_>>(),
            [0, 100, 100, 400, 400]
        );
        assert_eq!(
            points(&sums, Money::from_pesewas(400)),
            ["0,180", "21,135", "42,135", "64,0", "85,0"]
        );
    }
}
