//! Likely duplicates, and merging two records of one customer.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Errors, link};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::customers::{self, Customer, Duplicate, MergeInto, MergePreview};
use app::{PageRequest, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{CustomerId, Phone};
use http::StatusCode;

/// templates/pages/duplicates.html
#[derive(Debug, Template)]
#[template(path = "pages/duplicates.html")]
pub struct Duplicates {
    frame: Frame,
    pairs: Vec<Pair>,
    next_href: String,
}

#[derive(Debug)]
struct Pair {
    one: Side,
    other: Side,
    why: String,
    merge_href: String,
}

#[derive(Debug)]
struct Side {
    href: String,
    name: String,
    phone: String,
}

fn phone(phone: &str) -> String {
    Phone::parse(phone).map_or_else(|_| phone.to_owned(), |p| p.international())
}

/// "same phone and name"
pub(super) fn why(pair: &Duplicate) -> String {
    let same: Vec<&str> = [
        (pair.same_phone, "phone"),
        (pair.same_email, "e-mail"),
        (pair.same_name, "name"),
    ]
    .into_iter()
    .filter_map(|(is, word)| is.then_some(word))
    .collect();
    format!("same {}", same.join(" and "))
}

fn side(id: CustomerId, name: String, business: Option<String>, number: &str) -> Side {
    Side {
        href: format!("/customers/{id}"),
        name: match business {
            Some(business) => format!("{name}, {business}"),
            None => name,
        },
        phone: phone(number),
    }
}

/// `GET /customers/duplicates`
pub async fn duplicates(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let request = PageRequest {
        limit: 50,
        cursor: Some(asked.get("cursor").to_owned()).filter(|c| !c.is_empty()),
        ..PageRequest::default()
    };
    let page = customers::duplicates(&state.shop, &visitor.actor, &request).await?;
    show(&Duplicates {
        frame: visitor.frame.titled("Likely duplicates"),
        next_href: page
            .next_cursor
            .map(|c| link("/customers/duplicates", &[("cursor", &c)]))
            .unwrap_or_default(),
        pairs: page
            .data
            .into_iter()
            .map(|pair| Pair {
                why: why(&pair),
                // The older record stays unless somebody chooses otherwise.
                merge_href: format!("/customers/{}/merge?into={}", pair.other_id, pair.id),
                one: side(pair.id, pair.full_name, pair.business_name, &pair.phone),
                other: side(
                    pair.other_id,
                    pair.other_full_name,
                    pair.other_business_name,
                    &pair.other_phone,
                ),
            })
            .collect(),
    })
}

/// templates/pages/customer_merge.html
#[derive(Debug, Template)]
#[template(path = "pages/customer_merge.html")]
pub struct Merge {
    frame: Frame,
    full_name: String,
    action: String,
    back_href: String,
    q: String,
    others: Vec<Other>,
    preview: Option<Shown>,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct Other {
    href: String,
    name: String,
    detail: String,
}

/// Both records and what becomes of them.
#[derive(Debug)]
struct Shown {
    into: CustomerId,
    button: String,
    rows: Vec<[String; 4]>,
    moves: String,
    swap_href: String,
}

/// A table of the schema as people call what is in it; `None` for what only comes along.
fn called(table: &str) -> Option<(&'static str, &'static str)> {
    Some(match table {
        "invoices" => ("invoice", "invoices"),
        "payments" => ("payment", "payments"),
        "returns" => ("return", "returns"),
        "return_requests" => ("return asked for", "returns asked for"),
        "warranties" => ("warranty", "warranties"),
        "warranty_claims" => ("claim", "claims"),
        "repair_tickets" => ("repair", "repairs"),
        "preorders" => ("preorder", "preorders"),
        "messages" => ("message", "messages"),
        _ => return None,
    })
}

fn shown(preview: MergePreview) -> Shown {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields = |c: &Customer| {
        [
            ("Name", c.full_name.clone()),
            ("Kind", c.customer_type.to_string()),
            ("Business", text(&c.business_name)),
            ("Phone", phone(&c.phone)),
            (
                "Second phone",
                c.alternate_phone.as_deref().map(phone).unwrap_or_default(),
            ),
            ("E-mail", text(&c.email)),
            ("Address", text(&c.address)),
            ("City", text(&c.city)),
            ("Region", text(&c.region)),
            ("Notes", text(&c.notes)),
        ]
    };
    let rows = fields(&preview.gone)
        .into_iter()
        .zip(fields(&preview.kept))
        .zip(fields(&preview.after))
        .map(|((gone, kept), after)| [after.0.to_owned(), gone.1, kept.1, after.1])
        .filter(|row| row[1..].iter().any(|text| !text.is_empty()))
        .collect();
    let moves: Vec<String> = preview
        .moves
        .iter()
        .filter_map(|(table, rows)| {
            let (one, many) = called(table)?;
            Some(format!("{rows} {}", if *rows == 1 { one } else { many }))
        })
        .collect();
    Shown {
        into: preview.kept.id,
        button: format!("Merge into {}", preview.kept.full_name),
        swap_href: format!("/customers/{}/merge?into={}", preview.kept.id, preview.gone.id),
        rows,
        moves: match moves.is_empty() {
            true => "No invoices, warranties, repairs, preorders or messages move.".into(),
            false => format!("These move: {}.", moves.join(", ")),
        },
    }
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    id: CustomerId,
    query: &Form,
    errors: Errors,
) -> Result<Merge, Refusal> {
    let Visitor { actor, frame } = visitor;
    let customer = customers::find(&state.shop, id).await?;
    let q = query.get("q").trim().to_owned();
    let mut errors = errors;
    let preview = match query.get("into").parse::<CustomerId>() {
        Err(_) => None,
        Ok(into) => match customers::merge_preview(&state.shop, &actor, id, into).await {
            Ok(preview) => Some(shown(preview)),
            Err(refusal) => {
                errors = Errors::from_refusal(refusal)?;
                None
            }
        },
    };
    let mut others = Vec::new();
    let href = |other: CustomerId| format!("/customers/{id}/merge?into={other}");
    if preview.is_none() && q.is_empty() {
        for pair in customers::duplicates_of(&state.shop, &actor, id).await? {
            others.push(Other {
                href: href(pair.other_id),
                detail: format!("{} · {}", phone(&pair.other_phone), why(&pair)),
                name: pair.other_full_name,
            });
        }
    } else if preview.is_none() {
        let request = PageRequest {
            limit: 20,
            q: Some(q.clone()),
            ..PageRequest::default()
        };
        for other in customers::page(&state.shop, &actor, &request).await?.data {
            if other.id != customer.id {
                others.push(Other {
                    href: href(other.id),
                    detail: phone(&other.phone),
                    name: other.full_name,
                });
            }
        }
    }
    Ok(Merge {
        frame: frame.titled("Merge the customer"),
        action: format!("/customers/{}/merge", customer.id),
        back_href: format!("/customers/{}", customer.id),
        full_name: customer.full_name,
        q,
        others,
        preview,
        form_key: form_key(),
        errors,
    })
}

/// `GET /customers/{id}/merge`, with `?q=` to find the other one and `?into=` to look at what a merge makes.
pub async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&page(&state, visitor, id, &query, Errors::default()).await?)
}

/// `POST /customers/{id}/merge`
pub async fn merge(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/customers/{id}/merge"));
    let outcome = match form.parse::<MergeInto>(&[]) {
        Ok(into) => customers::merge(&state.shop, &visitor.actor, id, into)
            .await
            .map(|c| c.id.to_string()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(kept) => Ok(redirect(
            &format!("/customers/{kept}"),
            Some(("good", "The customers are one now.")),
        )),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/customers/{id}"), None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = page(&state, visitor, id, &form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
