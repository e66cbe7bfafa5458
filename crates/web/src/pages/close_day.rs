//! Closing days: what each comes to, and what stands against closing it.

use super::reports;
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Errors, Tab};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::closed_days::{self, ClosedDay, DayFigures};
use app::{Actor, PageRequest, Refusal};
use askama::Template;
use axum::extract::State;
use chrono::{Datelike, NaiveDate};
use domain::Money;
use http::StatusCode;

/// Its address.
pub const PATH: &str = "/reports/close-day";

/// templates/pages/close_day.html
#[derive(Debug, Template)]
#[template(path = "pages/close_day.html")]
pub struct CloseDayPage {
    frame: Frame,
    tabs: Vec<Tab>,
    against: Vec<Against>,
    open: Vec<DayRow>,
    closed: Vec<DayRow>,
    last: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct Against {
    text: String,
    href: String,
}

#[derive(Debug)]
struct DayRow {
    date: String,
    name: String,
    invoices: i64,
    sales: String,
    taken: String,
    given_back: String,
    by_method: String,
    action: &'static str,
    who: String,
}

fn grouped(text: &str) -> String {
    closed_days::amount(text).map_or_else(|| text.to_owned(), Money::grouped)
}

fn row(day: NaiveDate, figures: &DayFigures, who: String) -> DayRow {
    let month_ends = day.succ_opt().is_some_and(|next| next.month() != day.month());
    let by_method: Vec<String> = figures
        .payments
        .iter()
        .map(|(method, total)| format!("{method} {}", grouped(total)))
        .collect();
    DayRow {
        date: day.to_string(),
        name: day.format("%a %-d %b %Y").to_string(),
        invoices: figures.invoices,
        sales: grouped(&figures.sales_total),
        taken: grouped(&figures.payments_total),
        given_back: grouped(&figures.refunds_total),
        by_method: by_method.join(" · "),
        action: if month_ends {
            "Close the month"
        } else {
            "Close up to here"
        },
        who,
    }
}

async fn page(
    state: &AppState,
    actor: &Actor,
    frame: Frame,
    errors: Errors,
) -> Result<CloseDayPage, Refusal> {
    let outlook = closed_days::outlook(&state.shop).await?;
    let request = PageRequest {
        limit: 62,
        ..PageRequest::default()
    };
    let closed = app::lists::page::<ClosedDay>(&state.shop, &closed_days::LIST, &request).await?;
    let mut against: Vec<Against> = outlook
        .tills
        .into_iter()
        .map(|till| Against {
            text: format!(
                "The till of {} is open since {}.",
                till.user_name,
                till.opened_at
                    .with_timezone(&state.shop.zone())
                    .format("%a %-d %b, %H:%M")
            ),
            href: format!("/tills/{}", till.id),
        })
        .collect();
    against.extend(outlook.claimed.into_iter().map(|payment| Against {
        text: format!(
            "{} on {} is only claimed.",
            payment.amount.ghs(),
            payment.invoice_number
        ),
        href: match (payment.invoice_id, payment.preorder_id) {
            (Some(id), _) => format!("/invoices/{id}"),
            (_, Some(id)) => format!("/preorders/{id}"),
            _ => String::new(),
        },
    }));
    Ok(CloseDayPage {
        tabs: reports::tabs(actor, PATH),
        against,
        open: outlook
            .open
            .iter()
            .map(|day| row(day.day, &day.figures, String::new()))
            .collect(),
        closed: closed
            .data
            .iter()
            .map(|day| {
                row(
                    day.day,
                    &day.figures,
                    day.closed_by_name.clone().unwrap_or_default(),
                )
            })
            .collect(),
        last: outlook
            .last
            .map(|day| day.format("%a %-d %b %Y").to_string())
            .unwrap_or_default(),
        form_key: form_key(),
        errors,
        frame: frame.titled("Close a day"),
    })
}

/// `GET /reports/close-day`
pub async fn open(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&page(&state, &visitor.actor, visitor.frame, Errors::default()).await?)
}

/// `POST /reports/close-day`
pub async fn close(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(PATH);
    let outcome = match form.parse(&[]) {
        Ok(close) => closed_days::close(&state.shop, &visitor.actor, close)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => Ok(redirect(
            PATH,
            Some(("good", "The day is closed: nothing more is entered for it.")),
        )),
        Err(Refusal::Replay(_)) => Ok(redirect(PATH, None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, &visitor.actor, visitor.frame, errors).await?,
            )
        }
    }
}
