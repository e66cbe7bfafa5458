//! The scan box and its page of hits.

use super::{PageResult, show};
use crate::AppState;
use crate::frame::{Frame, Visitor, redirect};
use app::search::{self, Found};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{Phone, Serial};

/// templates/pages/search.html
#[derive(Debug, Template)]
#[template(path = "pages/search.html")]
pub struct Search {
    frame: Frame,
    q: String,
    problem: String,
    results: Vec<Row>,
    offer: String,
    offer_href: String,
}

#[derive(Debug)]
struct Row {
    kind: String,
    icon: &'static str,
    title: String,
    subtitle: String,
    url: String,
}

/// What is searched for, from the query of the address.
pub fn asked(query: Option<&str>) -> String {
    let query = query.unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "q")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn icon(kind: &str) -> &'static str {
    match kind {
        "device" => "laptop",
        "item" => "package",
        "model" => "tag",
        "customer" => "user",
        "invoice" => "receipt",
        "warranty" => "shield-check",
        "preorder" => "clock",
        "ticket" => "wrench",
        _ => "clipboard-check",
    }
}

/// What to do with something that nobody knows: a code is received as a device, a name or phone becomes a customer.
fn offer(frame: &Frame, q: &str) -> (String, String) {
    let link = |path: &str, field: &str| {
        format!(
            "{path}?{}",
            serde_urlencoded::to_string([(field, q)]).unwrap_or_default()
        )
    };
    let may_add = frame.can(&Capability::EditCustomers);
    if may_add && Phone::parse(q).is_ok() {
        return (
            format!("Add a customer with {q}"),
            link("/customers/new", "phone"),
        );
    }
    let is_code = q.bytes().any(|b| b.is_ascii_digit()) && Serial::parse(q).is_ok();
    if is_code && frame.can(&Capability::ReceiveStock) {
        return (format!("Receive {q}"), link("/devices/new", "serial_number"));
    }
    if may_add && !is_code && q.chars().any(char::is_alphabetic) {
        return (
            format!("Add {q} as a customer"),
            link("/customers/new", "full_name"),
        );
    }
    (String::new(), String::new())
}

fn page(frame: Frame, q: String, found: Result<Vec<Found>, String>) -> Search {
    let (results, problem) = match found {
        Ok(found) => (found, String::new()),
        Err(problem) => (Vec::new(), problem),
    };
    let unknown = !q.is_empty() && results.is_empty() && problem.is_empty();
    let (offer, offer_href) = if unknown {
        offer(&frame, &q)
    } else {
        (String::new(), String::new())
    };
    let results = results
        .into_iter()
        .map(|f| Row {
            icon: icon(&f.kind),
            kind: f.kind,
            title: f.title,
            subtitle: f.subtitle,
            url: f.url,
        })
        .collect();
    let title = if q.is_empty() {
        "Search".to_owned()
    } else {
        format!("Found for “{q}”")
    };
    Search {
        frame: frame.titled(title),
        q,
        problem,
        results,
        offer,
        offer_href,
    }
}

async fn look(state: &AppState, visitor: &Visitor, q: &str) -> Result<Result<Vec<Found>, String>, Refusal> {
    match search::search(&state.shop, &visitor.actor, q).await {
        Ok(found) => Ok(Ok(found)),
        Err(refusal @ Refusal::Invalid(_)) => Ok(Err(refusal.sentence())),
        Err(refusal) => Err(refusal),
    }
}

/// `GET /search`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let q = asked(query.as_deref()).trim().to_owned();
    let found = look(&state, &visitor, &q).await?;
    show(&page(visitor.frame, q, found))
}

/// `GET /find`: the scan box. What is called exactly so opens at once.
pub async fn find(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let q = asked(query.as_deref()).trim().to_owned();
    let found = look(&state, &visitor, &q).await?;
    if let Ok(found) = &found {
        let exact: Vec<&Found> = found.iter().filter(|f| f.is_exact).collect();
        if let [only] = exact[..] {
            return Ok(redirect(&only.url, None));
        }
    }
    show(&page(visitor.frame, q, found))
}
